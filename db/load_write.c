/*
 * load_write - the writer's part of a load: a slice becomes one batch of the
 * journal and, where it is large for its shard, a new file of the index. The
 * queue stands still for one slice; between two of them others are served.
 */
#include "db/store_impl.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "db/batch.h"
#include "db/pack.h"

struct loading {
	const struct slice *slice;
	struct change_result *results;
	uint8_t (*hashes)[VALUE_HASH_BYTES]; /* heap, of each change */
	size_t shard;
	bool contacts; /* some name one, which is of another shard */
};

/* What needs nobody to lead. */
static bool
look_through(struct store *st, struct loading *l, struct error *err)
{
	struct span rest = l->slice->packed;

	l->hashes = mem_new(l->slice->n, sizeof(*l->hashes));
	for (size_t i = 0; i < l->slice->n; i++) {
		struct value v;
		bool named;

		if (!pack_peek(&rest, &v, &named, err))
			return false;
		store_hash(st, &v, l->hashes[i]);
		l->contacts = l->contacts || named;
		if (i == 0)
			l->shard = shard_of(l->hashes[i]);
		if (shard_of(l->hashes[i]) == l->shard)
			continue;
		error_set(err, ERROR_INVALID,
		    "a slice is of one shard, not of %02zx and %02zx", l->shard,
		    shard_of(l->hashes[i]));
		return false;
	}
	if (rest.len == 0)
		return true;
	error_set(err, ERROR_INVALID, "a slice has more than its %zu changes",
	    l->slice->n);
	return false;
}

static bool
fill(struct batch *b, const struct loading *l, struct error *err)
{
	struct span rest = l->slice->packed;
	uint64_t tag;

	for (size_t i = 0; i < l->slice->n; i++) {
		struct change c;

		if (!pack_next(&rest, &c, &tag, err))
			return false;
		if (l->slice->by != NULL)
			(void)span_copy(span_of(l->slice->by), c.by,
			    sizeof(c.by));
		if (!batch_add_hashed(b, &c, l->hashes[i], &l->results[i], err))
			return false;
	}
	return true;
}

/* The leader's: into the journal. */
static bool
write_down(struct batch *b, const struct loading *l, struct error *err)
{
	struct store *st = b->st;
	struct journal_pos at;

	if (!writer_reserve(st, &at, err))
		return false;
	b->at = at;
	batch_begin(b);
	overlay_reserve(&b->records, l->slice->n);
	if (!fill(b, l, err))
		return false;
	batch_end(b);
	if (b->events > 0 && !journal_append(st->journal, buf_span(&b->lines),
				 &st->poisoned, err))
		return false;
	if (b->events > 0)
		st->now = b->after;
	st->untended += b->events;
	return true;
}

static void
merge(struct batch *b, const struct loading *l)
{
	if (b->events > 0)
		index_merge(b->st, l->shard, &b->records, l->slice->expected,
		    &b->after);
}

/* Nobody else leads until all of it is in the index. */
static bool
write_alone(struct store *st, void *arg, struct error *err)
{
	const struct loading *l = arg;
	struct batch b;
	bool ok;

	index_heal(st);
	batch_init(&b, st, (struct journal_pos){ 0 }, clock_now());
	ok = write_down(&b, l, err);
	if (ok)
		merge(&b, l);
	if (ok && index_count(&b.records, l->shard) < b.records.n)
		index_commit(st, &b.records);
	batch_done(&b);
	return ok;
}

static bool
write_in_turn(struct store *st, const struct loading *l, struct error *err)
{
	struct batch b;
	bool ok;

	batch_init(&b, st, (struct journal_pos){ 0 }, clock_now());
	writer_begin_slice(st);
	ok = write_down(&b, l, err);
	writer_land_slice(st);
	if (ok)
		merge(&b, l);
	writer_end_slice(st);
	batch_done(&b);
	return ok;
}

static bool
tend(struct store *st, void *unused, struct error *err)
{
	(void)unused;
	(void)err;
	index_tend(st);
	st->untended = 0;
	return true;
}

bool
writer_load(struct store *st, const struct slice *slice,
    struct change_result *results, struct error *err)
{
	struct loading l = { .slice = slice, .results = results };
	bool ok;

	if (slice->n == 0)
		return writer_alone(st, tend, NULL, err);
	ok = writer_may(st, err) && look_through(st, &l, err) &&
	     (l.contacts ? writer_alone(st, write_alone, &l, err)
			 : write_in_turn(st, &l, err));
	free(l.hashes);
	return ok;
}
