/*
 * walk - all values in a fixed order, and the newest time.
 */
#include "db/store_impl.h"

#include <stdlib.h>
#include <string.h>

/* The records of one shard, in the order of their hashes. */
static bool
walk_shard(struct store *st, size_t number, const uint8_t *after, store_fn *fn,
    void *arg, bool *stopped, struct error *err)
{
	struct applied ignored;
	uint8_t *hashes = NULL;
	bool ok, found;
	size_t n = 0;

	ok = index_hashes(st, number, &hashes, &n, &ignored, err);
	for (size_t i = 0; ok && !*stopped && i < n; i++) {
		const uint8_t *hash = hashes + i * VALUE_HASH_BYTES;
		struct record rec;

		if (after != NULL && memcmp(hash, after, VALUE_HASH_BYTES) <= 0)
			continue;
		ok = index_get(st, hash, &rec, &found, err);
		if (!ok || !found)
			continue;
		*stopped = !fn(hash, &rec, arg);
		record_done(&rec);
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
store_walk_since(struct store *st, int64_t since, store_event_fn *fn, void *arg,
    struct error *err)
{
	struct events e = { fn, arg };
	struct journal_pos from;

	return journal_seek(st->journal, since, &from, err) &&
	       journal_walk(st->journal, from, pass_event, &e, err);
}

bool
store_walk_events(struct store *st, store_event_fn *fn, void *arg,
    struct error *err)
{
	return store_walk_since(st, 0, fn, arg, err);
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
