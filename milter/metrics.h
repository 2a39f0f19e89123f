/*
 * metrics - what the daemon counts, for a monitoring system. Thread safe; on
 * the way of mail it takes no lock and some tens of nanoseconds.
 */
#ifndef MILTER_METRICS_H
#define MILTER_METRICS_H

#include "base/buf.h"
#include "policy/decide.h"
#include "policy/engine.h"

/* A recipient was looked up, in so many nanoseconds. */
void metrics_lookup(int64_t ns);

/* What came of it. */
void metrics_verdict(const char *stream, enum verdict_action action);

/* It could not be told; accept: the mail goes on. */
void metrics_on_error(bool accept);

/* What a report said of its recipients. */
void metrics_lesson(const struct lesson *l);

/* Appends all of it (base/metrics.h). */
void metrics_give(struct buf *out);

#endif
