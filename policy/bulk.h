/*
 * bulk - many changes, committed in batches: each is all or none. What was
 * committed before a failure stays.
 */
#ifndef POLICY_BULK_H
#define POLICY_BULK_H

#include "db/store.h"

/* What became of one change; borrowed for the call. tag: the caller's. */
typedef void bulk_fn(const struct change *c, uint64_t tag,
    const struct change_result *result, void *arg);

struct bulk {
	struct store *st; /* NULL: a rehearsal, nothing is written */
	size_t most;      /* changes of one batch */
	bulk_fn *fn;
	void *arg;
	struct change *changes; /* heap, most of them */
	struct change_result *results;
	uint64_t *tags;
	size_t n; /* waiting */
};

/* The caller has set the first four; fn is told each change when it is
 * durable, in order. */
void bulk_begin(struct bulk *b);

/* Commits when a batch is full. */
bool bulk_add(struct bulk *b, const struct change *c, uint64_t tag,
    struct error *err) MUST_CHECK;

/* Commits what waits. */
bool bulk_flush(struct bulk *b, struct error *err) MUST_CHECK;

/* Forgets what waits. */
void bulk_done(struct bulk *b);

#endif
