/*
 * load_write - the writer's part of a load: a slice becomes one batch of the
 * journal and, where it is large for its shard, a new file of the index. The
 * queue stands still for one slice; between two of them others are served.
 */
#include "db/store_impl.h"

#include <string.h>

#include "base/clock.h"
#include "db/batch.h"
#include "db/pack.h"

struct loading {
	const struct slice *slice;
	struct change_result *results;
};

static bool
fill(struct batch *b, const struct loading *l, size_t *shard, struct error *err)
{
	struct span rest = l->slice->packed;
	uint64_t tag;

	*shard = SHARDS;

	for (size_t i = 0; i < l->slice->n; i++) {
		uint8_t hash[VALUE_HASH_BYTES];
		struct change c;

		if (!pack_next(&rest, &c, &tag, err))
			return false;
		if (l->slice->by != NULL)
			(void)span_copy(span_of(l->slice->by), c.by,
			    sizeof(c.by));
		store_hash(b->st, &c.value, hash);
		if (*shard == SHARDS)
			*shard = shard_of(hash);
		if (shard_of(hash) != *shard) {
			error_set(err, ERROR_INVALID,
			    "a slice is of one shard, not of %02zx and %02zx",
			    *shard, shard_of(hash));
			return false;
		}
		if (!batch_add_hashed(b, &c, hash, &l->results[i], err))
			return false;
	}
	if (rest.len == 0)
		return true;
	error_set(err, ERROR_INVALID, "a slice has more than its %zu changes",
	    l->slice->n);
	return false;
}

static bool
write_slice(struct store *st, void *arg, struct error *err)
{
	const struct loading *l = arg;
	struct journal_pos at;
	struct batch b;
	size_t shard;
	bool ok;

	if (l->slice->n == 0) {
		index_tend(st);
		st->untended = 0;
		return true;
	}
	if (!writer_reserve(st, &at, err))
		return false;
	index_heal(st);
	batch_init(&b, st, at, clock_now());
	batch_begin(&b);
	ok = fill(&b, l, &shard, err);
	if (ok && b.events > 0) {
		batch_end(&b);
		ok = journal_append(st->journal, buf_span(&b.lines),
		    &st->poisoned, err);
		if (ok) {
			st->now = b.after;
			index_merge(st, shard, &b.records, l->slice->expected);
			st->untended += b.events;
		}
	}
	batch_done(&b);
	return ok;
}

bool
writer_load(struct store *st, const struct slice *slice,
    struct change_result *results, struct error *err)
{
	struct loading l = { slice, results };

	return writer_alone(st, write_slice, &l, err);
}
