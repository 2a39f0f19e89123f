/*
 * gauges - numbers of the list that cost seconds to find out, because all of
 * it has to be read: found by a thread of its own, for metrics. Thread safe.
 */
#ifndef WEB_GAUGES_H
#define WEB_GAUGES_H

#include "conf/conf.h"
#include "db/store.h"

struct gauges;

/* conf and store are borrowed until gauges_stop(). NULL: ERROR_IO. */
struct gauges *gauges_start(const struct conf *conf, struct store *store,
    struct error *err) MUST_CHECK;

/* Waits for what has begun. NULL is fine. */
void gauges_stop(struct gauges *g);

/* Appends metrics: those that were found last; none the first time. New ones
 * are found after that, but the thread rests twenty times as long as it has
 * worked: nobody can make it read the list all day. */
void gauges_give(struct gauges *g, struct buf *out);

#endif
