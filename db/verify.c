/*
 * verify - is the index what the journal says? Beside a writer, too: a shard
 * that moves on while it is being compared is compared again.
 */
#include "db/store_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

#define TRIES_MAX 20

struct verify {
	struct store *st;
	void (*tell)(const char *, void *);
	void *arg;
	struct store_totals *totals;
	int64_t now;
};

/* What one comparison of a shard found. */
struct comparison {
	uint64_t faults;
	uint64_t values;
	uint64_t suppressed;
	char first[300];
};

static void
fault(struct comparison *c, const uint8_t *hash, const char *what)
{
	char hex[2 * VALUE_HASH_BYTES + 1];

	hash_hex(hash, VALUE_HASH_BYTES, hex);
	if (c->faults++ == 0)
		snprintf(c->first, sizeof(c->first), "index, value %s: %s", hex,
		    what);
}

static bool
same_head(const struct record *a, const struct record *b)
{
	return a->head.segment == b->head.segment &&
	       a->head.offset == b->head.offset;
}

/* Every value of the index against the fold. */
static bool
compare_values(struct verify *v, const struct overlay *want,
    const uint8_t *hashes, size_t n, struct comparison *c, struct error *err)
{
	for (size_t i = 0; i < n; i++) {
		const uint8_t *hash = hashes + i * VALUE_HASH_BYTES;
		const struct record *right = overlay_find(want, hash);
		struct record rec;
		bool found;

		if (!index_get(v->st, hash, &rec, &found, err))
			return false;
		c->values++;
		if (!found || right == NULL) {
			fault(c, hash, "the journal does not know it");
			continue;
		}
		c->suppressed += record_live(&rec, v->now, NULL, 0) > 0;
		if (!record_equal(&rec, right) || !same_head(&rec, right))
			fault(c, hash, "differs from what the journal says");
		record_done(&rec);
	}
	return true;
}

/* *same false: the shard moved on meanwhile. */
static bool
compare(struct verify *v, size_t number, struct overlay *all,
    struct applied *done, struct comparison *c, bool *same, struct error *err)
{
	struct applied before, after, upto[SHARDS] = { 0 };
	const struct fold_plan plan = { .from = done[number].pos,
		.first = number,
		.end = number + 1,
		.done = done,
		.upto = upto,
		.anew = true };
	uint8_t *hashes = NULL, *again = NULL;
	size_t n = 0, again_n;
	bool ok;

	*c = (struct comparison){ 0 };
	if (!index_hashes(v->st, number, &hashes, &n, &before, err))
		return false;
	/* Fold what has come since, for this shard alone. */
	upto[number] = before;
	ok = index_fold(v->st, &plan, all, err);
	done[number] = before;
	ok = ok && compare_values(v, all, hashes, n, c, err);
	if (ok && index_count(all, number) != n) {
		c->faults++;
		snprintf(c->first, sizeof(c->first),
		    "index, shard %02zx: "
		    "%zu values instead of %zu",
		    number, n, index_count(all, number));
	}
	ok = ok && index_hashes(v->st, number, &again, &again_n, &after, err);
	*same = ok && after.lsn == before.lsn;
	free(again);
	free(hashes);
	return ok;
}

static bool
verify_shard(struct verify *v, size_t number, struct overlay *all,
    struct applied *done, struct error *err)
{
	struct comparison c;
	bool same = false;

	for (int i = 0; i < TRIES_MAX && !same; i++) {
		if (compare(v, number, all, done, &c, &same, err))
			continue;
		v->totals->faults++;
		error_prefix(err, "index, shard %02zx", number);
		v->tell(err->text, v->arg);
		return true;
	}
	if (!same) {
		error_set(err, ERROR_BUSY,
		    "shard %02zx changes too fast to "
		    "be verified; try again",
		    number);
		return false;
	}
	v->totals->faults += c.faults;
	v->totals->values += c.values;
	v->totals->suppressed += c.suppressed;
	if (c.faults > 0)
		v->tell(c.first, v->arg);
	return true;
}

/* Some shards in one pass over the journal: bounds the memory. */
static bool
verify_some(struct verify *v, size_t first, struct error *err)
{
	struct applied done[SHARDS] = { 0 }, upto[SHARDS] = { 0 };
	const struct fold_plan plan = { .first = first,
		.end = first + FOLD_SHARDS,
		.done = done,
		.upto = upto,
		.anew = true };
	struct overlay all = { 0 };
	bool ok;

	/* A shard that can't say where it stands is told of below. */
	for (size_t i = plan.first; i < plan.end; i++)
		if (!index_applied(v->st, i, &upto[i], err))
			upto[i] = (struct applied){ 0 };
	ok = index_fold(v->st, &plan, &all, err);
	memcpy(done, upto, sizeof(done));
	for (size_t i = plan.first; ok && i < plan.end; i++)
		ok = verify_shard(v, i, &all, done, err);
	overlay_done(&all);
	return ok;
}

bool
store_verify(struct store *st, void (*tell)(const char *, void *), void *arg,
    struct store_totals *totals, struct error *err)
{
	struct verify v = { .st = st,
		.tell = tell,
		.arg = arg,
		.totals = totals,
		.now = clock_now() };

	*totals = (struct store_totals){ 0 };
	if (!journal_verify(st->journal, tell, arg, &totals->events,
		&totals->faults, err))
		return false;
	/* A journal that is damaged can't tell what the index should be. */
	for (size_t i = 0; totals->faults == 0 && i < SHARDS; i += FOLD_SHARDS)
		if (!verify_some(&v, i, err))
			return false;
	return true;
}
