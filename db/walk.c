/*
 * walk - all values in a fixed order, and the newest time.
 */
#include "db/store_impl.h"

#include <stdlib.h>
#include <string.h>

/* Records that are read while the shard is locked once. */
#define RECORDS_AT_ONCE 256

/* Some records in a row. */
static bool
walk_some(struct store *st, size_t number, const uint8_t *hashes, size_t n,
    store_fn *fn, void *arg, bool *stopped, struct error *err)
{
	struct record recs[RECORDS_AT_ONCE];
	bool found[RECORDS_AT_ONCE];

	if (!index_get_all(st, number, hashes, n, recs, found, err))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!found[i])
			continue;
		if (!*stopped)
			*stopped =
			    !fn(hashes + i * VALUE_HASH_BYTES, &recs[i], arg);
		record_done(&recs[i]);
	}
	return true;
}

/* The records of one shard, in the order of their hashes. */
static bool
walk_shard(struct store *st, size_t number, const uint8_t *after, store_fn *fn,
    void *arg, bool *stopped, struct error *err)
{
	struct applied ignored;
	uint8_t *hashes = NULL;
	size_t n = 0, at = 0, some;
	bool ok;

	ok = index_hashes(st, number, &hashes, &n, &ignored, err);
	while (ok && after != NULL && at < n &&
	       memcmp(hashes + at * VALUE_HASH_BYTES, after,
		   VALUE_HASH_BYTES) <= 0)
		at++;
	for (; ok && !*stopped && at < n; at += some) {
		some = n - at < RECORDS_AT_ONCE ? n - at : RECORDS_AT_ONCE;
		ok = walk_some(st, number, hashes + at * VALUE_HASH_BYTES, some,
		    fn, arg, stopped, err);
	}
	free(hashes);
	return ok;
}

bool
store_walk(struct store *st, const uint8_t *after, store_fn *fn, void *arg,
    struct error *err)
{
	bool stopped = false;

	for (size_t i = after != NULL ? shard_of(after) : 0;
	     i < SHARDS && !stopped; i++)
		if (!walk_shard(st, i, after, fn, arg, &stopped, err))
			return false;
	return true;
}

struct events {
	store_event_fn *fn;
	void *arg;
};

static bool
pass_event(const struct event *ev, struct journal_pos at,
    struct journal_pos next, uint32_t crc, void *arg)
{
	const struct events *e = arg;

	(void)at;
	(void)next;
	(void)crc;
	return e->fn(ev, e->arg);
}

bool
store_walk_since(struct store *st, int64_t since, uint64_t lsn,
    store_event_fn *fn, void *arg, struct error *err)
{
	struct events e = { fn, arg };
	struct journal_pos from;

	return journal_seek(st->journal, since, lsn, &from, err) &&
	       journal_walk(st->journal, from, pass_event, &e, err);
}

bool
store_walk_events(struct store *st, store_event_fn *fn, void *arg,
    struct error *err)
{
	return store_walk_since(st, 0, 0, fn, arg, err);
}

bool
store_last_time(struct store *st, int64_t *at, struct error *err)
{
	*at = 0;
	for (size_t i = 0; i < SHARDS; i++) {
		struct applied a;

		if (!index_applied(st, i, &a, err))
			return false;
		if (a.at > *at)
			*at = a.at;
	}
	return true;
}
