/*
 * load - many changes at once, millions of them: an import, an undo.
 *
 * Changes are spooled by shard, in a file that nobody else sees, and then
 * committed slice by slice: what a slice changes is all or nothing, durable
 * and found by lookups before it is told. A shard that was small beside its
 * slice is built at its final size beside the one that serves, and swapped
 * in. Other changes and all lookups go on between and meanwhile. What was
 * committed before a failure stays; adds with if_new may be given again.
 *
 * Not thread safe: one load, one thread. Large ones use another of their own.
 */
#ifndef DB_LOAD_H
#define DB_LOAD_H

#include "db/store.h"

struct load;

/*
 * rehearsal: nothing is written, load_commit() tells what would be done. st
 * may be opened only to look then.
 */
struct load *load_new(struct store *st, bool rehearsal);
void load_free(struct load *l);

/*
 * Takes a change; a guard and most_a_day are not heeded. tag is the
 * caller's. ERROR_INVALID: it is no change, and what was added before stays;
 * ERROR_IO: no room in TMPDIR or /var/tmp, which may be told some hundred
 * changes later, or by load_commit(), and ends the load.
 */
bool load_add(struct load *l, const struct change *c, uint64_t tag,
    struct error *err) MUST_CHECK;

/* How many were added. */
uint64_t load_count(const struct load *l);

/* Told of each change when it is durable; in no order, one at a time, by any
 * thread. */
typedef void load_fn(uint64_t tag, const struct change_result *result,
    void *arg);

/* Commits them all; afterwards the load is empty. */
bool load_commit(struct load *l, load_fn *fn, void *arg,
    struct error *err) MUST_CHECK;

#endif
