/*
 * index_build - the index out of the journal: catching up, rebuilding. Only
 * the writer's thread.
 */
#include "db/store_impl.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "db/fold.h"

struct folding {
	struct store *st;
	const struct fold_plan *plan;
	uint64_t last; /* nothing behind this lsn is wanted */
	uint64_t seen; /* the lsn that was read last */
	struct overlay *out;
	struct error *err;
	bool ok;
};

/* The record as it stands before this event. */
static struct record *
record_before(struct folding *f, const struct event *ev)
{
	struct record *rec, old;
	bool fresh, found;

	rec = overlay_need(f->out, ev->hash, &fresh);
	/* Of its first event the shard may have no more than that it is a
	 * member, after a crash in the middle of a commit. */
	if (!fresh || f->plan->anew || ev->prev.segment == 0)
		return rec;
	f->ok = index_get(f->st, ev->hash, &old, &found, f->err);
	if (f->ok && found)
		*rec = old;
	return f->ok ? rec : NULL;
}

static bool
fold_one(const struct event *ev, struct journal_pos at, struct journal_pos next,
    uint32_t crc, void *arg)
{
	struct folding *f = arg;
	const struct fold_plan *plan = f->plan;
	size_t number = shard_of(ev->hash);
	struct record *rec;

	(void)next;
	(void)crc;
	if (ev->lsn > f->last)
		return false;
	f->seen = ev->lsn;
	if (number < plan->first || number >= plan->end ||
	    ev->lsn <= plan->done[number].lsn ||
	    ev->lsn > plan->upto[number].lsn)
		return true;
	rec = record_before(f, ev);
	if (rec == NULL)
		return false;
	fold(rec, ev, at);
	fold_forget(rec, &ev->dot);
	return true;
}

bool
index_fold(struct store *st, const struct fold_plan *plan, struct overlay *out,
    struct error *err)
{
	struct folding f = { .st = st,
		.plan = plan,
		.out = out,
		.err = err,
		.ok = true };

	for (size_t i = plan->first; i < plan->end; i++)
		if (plan->upto[i].lsn > plan->done[i].lsn &&
		    plan->upto[i].lsn > f.last)
			f.last = plan->upto[i].lsn;
	if (f.last == 0)
		return true;
	if (!journal_walk(st->journal, plan->from, fold_one, &f, err) || !f.ok)
		return false;
	if (f.seen == f.last)
		return true;
	error_set(err, ERROR_CORRUPT,
	    "the journal ends with event %" PRIu64 " instead of %" PRIu64,
	    f.seen, f.last);
	return false;
}

/* Makes one shard anew of the overlay. */
static bool
build(struct store *st, size_t number, const struct overlay *all,
    struct error *err)
{
	const struct making how = { .expected = index_count(all, number),
		.anew = true,
		.changed = all,
		.applied = &st->now };

	if (!index_make(st, number, &how, err))
		return false;
	st->slots[number].applied = st->now;
	return true;
}

/* Rebuilds those of the shards first to end that `which` names. */
static bool
rebuild_some(struct store *st, size_t first, size_t end, const bool *which,
    struct error *err)
{
	const struct applied nothing[SHARDS] = { 0 };
	struct applied now[SHARDS];
	const struct fold_plan plan = { .first = first,
		.end = end,
		.done = nothing,
		.upto = now,
		.anew = true };
	struct overlay all = { 0 };
	bool ok;

	for (size_t i = 0; i < SHARDS; i++)
		now[i] = which[i] ? st->now : (struct applied){ 0 };
	ok = index_fold(st, &plan, &all, err);
	for (size_t i = first; ok && i < end; i++)
		if (which[i])
			ok = build(st, i, &all, err);
	overlay_done(&all);
	return ok;
}

/* Rebuilds the shards that `which` names, up to where the writer stands. */
static bool
rebuild(struct store *st, const bool *which, struct error *err)
{
	for (size_t i = 0; i < SHARDS; i += FOLD_SHARDS) {
		bool any = false;

		for (size_t k = i; k < i + FOLD_SHARDS; k++)
			any = any || which[k];
		if (any && !rebuild_some(st, i, i + FOLD_SHARDS, which, err))
			return false;
	}
	return true;
}

bool
index_rebuild(struct store *st, struct error *err)
{
	bool all[SHARDS];

	memset(all, true, sizeof(all));
	return rebuild(st, all, err);
}

/* Where the shard farthest behind stands. */
static struct journal_pos
lowest(const struct store *st)
{
	const struct applied *low = NULL;

	for (size_t i = 0; i < SHARDS; i++)
		if (st->slots[i].shard != NULL &&
		    (low == NULL || st->slots[i].applied.lsn < low->lsn))
			low = &st->slots[i].applied;
	return low != NULL ? low->pos : (struct journal_pos){ 0 };
}

/* Folds what is missing into those that are open. */
static bool
fold_missing(struct store *st, struct error *err)
{
	struct applied done[SHARDS], now[SHARDS];
	struct fold_plan plan = { .end = SHARDS, .done = done, .upto = now };
	struct overlay all = { 0 };
	bool ok;

	for (size_t i = 0; i < SHARDS; i++) {
		done[i] = st->slots[i].applied;
		now[i] = st->now;
	}
	plan.from = lowest(st);
	ok = index_fold(st, &plan, &all, err);
	if (ok && all.n > 0)
		index_commit(st, &all);
	overlay_done(&all);
	return ok;
}

bool
index_catch_up(struct store *st, size_t *rebuilt, struct error *err)
{
	bool closed[SHARDS];

	*rebuilt = 0;
	for (size_t i = 0; i < SHARDS; i++) {
		closed[i] = st->slots[i].shard == NULL;
		*rebuilt += closed[i];
	}
	if (!rebuild(st, closed, err))
		return false;
	while (!fold_missing(st, err)) {
		/* One may be found damaged on the way: each once. */
		if (!index_is_damaged(st) || ++*rebuilt > SHARDS)
			return false;
		index_heal(st);
	}
	return true;
}

void
index_replace(struct store *st, size_t number)
{
	struct slot *slot = &st->slots[number];
	bool which[SHARDS] = { 0 };
	struct error ignored;

	which[number] = true;
	pthread_rwlock_wrlock(&slot->lock);
	shard_close(slot->shard);
	slot->shard = NULL;
	pthread_rwlock_unlock(&slot->lock);
	if (!rebuild(st, which, &ignored))
		slot->applied = (struct applied){ 0 };
}

void
index_heal(struct store *st)
{
	for (size_t i = 0; i < SHARDS; i++)
		if (atomic_exchange(&st->slots[i].damaged, false))
			index_replace(st, i);
}
