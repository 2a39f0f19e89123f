/*
 * screen - may these be contacted? For a whole list of them, before a
 * campaign: hundreds of thousands a second, for most are not on the list.
 * Memory use does not grow with the list. Not thread safe; several may be at
 * work beside each other.
 */
#ifndef POLICY_SCREEN_H
#define POLICY_SCREEN_H

#include "conf/conf.h"
#include "db/query.h"

struct screen;

/*
 * stream "": a reason for any stream counts; else only what blocks that one,
 * as the configuration says, or, if it has no such stream, every source.
 * conf and store are borrowed.
 */
struct screen *screen_new(const struct conf *conf, struct store *store,
    const char *stream, int64_t now);
void screen_free(struct screen *s);

/* The oldest reason that blocks; NULL: it may be contacted. Both borrowed for
 * the call. False: stop. */
typedef bool screen_fn(const struct value *asked, const struct reason_row *row,
    void *arg);

/* How many values are best given at once. */
#define SCREEN_BATCH 4096

/*
 * Tells of each value, in their order; an address is looked up with its
 * domain, all domains above and the phones that it may reach. False: not known,
 * so don't send; err names the value.
 */
bool screen_values(struct screen *s, const struct value *values, size_t n,
    screen_fn *fn, void *arg, struct error *err) MUST_CHECK;

#endif
