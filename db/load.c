#include "db/load.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "db/fold.h"
#include "db/pack.h"
#include "db/plan.h"
#include "db/store_impl.h"

/* Of one shard, before it goes to the file. */
#define BLOCK_BYTES (64L * 1024)

/* Changes of one block, at most. */
#define BLOCK_CHANGES (BLOCK_BYTES / PACK_BYTES_LEAST + 1)

struct block {
	off_t at;
	size_t len;
};

struct pile {
	struct buf waiting;   /* not in the file yet */
	struct block *blocks; /* in the file, in order */
	size_t blocks_n, blocks_room;
	uint64_t changes;
};

struct load {
	struct store *st;
	bool rehearsal;
	int fd; /* -1: none yet */
	off_t end;
	uint64_t n;
	struct pile piles[SHARDS];
};

struct load *
load_new(struct store *st, bool rehearsal)
{
	struct load *l = mem_new(1, sizeof(*l));

	l->st = st;
	l->rehearsal = rehearsal;
	l->fd = -1;
	for (size_t i = 0; i < SHARDS; i++)
		buf_init(&l->piles[i].waiting, BLOCK_BYTES);
	return l;
}

/* Empties it. */
static void
clear(struct load *l)
{
	for (size_t i = 0; i < SHARDS; i++) {
		buf_reset(&l->piles[i].waiting);
		free(l->piles[i].blocks);
		l->piles[i] = (struct pile){ .waiting = l->piles[i].waiting };
	}
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
	l->end = 0;
	l->n = 0;
}

void
load_free(struct load *l)
{
	if (l == NULL)
		return;
	clear(l);
	for (size_t i = 0; i < SHARDS; i++)
		buf_done(&l->piles[i].waiting);
	free(l);
}

uint64_t
load_count(const struct load *l)
{
	return l->n;
}

/* What is in it are people's addresses: it has no name, and goes with us. */
static bool
open_spool(struct load *l, struct error *err)
{
	if (l->fd < 0)
		l->fd = file_temporary(err);
	return l->fd >= 0;
}

static bool
flush(struct load *l, struct pile *p, struct error *err)
{
	struct block *b;

	if (!open_spool(l, err))
		return false;
	if (!file_pwrite_all(l->fd, p->waiting.p, p->waiting.len, l->end)) {
		error_errno(err, "cannot write the spool of %lld bytes",
		    (long long)l->end);
		return false;
	}
	if (p->blocks_n == p->blocks_room) {
		p->blocks_room = p->blocks_room * 2 + 16;
		p->blocks =
		    mem_resize(p->blocks, p->blocks_room, sizeof(*p->blocks));
	}
	b = &p->blocks[p->blocks_n++];
	*b = (struct block){ l->end, p->waiting.len };
	l->end += (off_t)p->waiting.len;
	buf_reset(&p->waiting);
	return true;
}

bool
load_add(struct load *l, const struct change *change, uint64_t tag,
    struct error *err)
{
	uint8_t hash[VALUE_HASH_BYTES];
	struct change c = *change;
	struct pile *p;

	if (!change_clean(&c, err))
		return false;
	store_hash(l->st, &c.value, hash);
	p = &l->piles[shard_of(hash)];
	if (p->waiting.len + PACK_BYTES_MAX > BLOCK_BYTES && !flush(l, p, err))
		return false;
	pack_change(&c, tag, &p->waiting);
	p->changes++;
	l->n++;
	return true;
}

/* What comes next of a pile, up to a slice. */
struct cursor {
	struct pile *pile;
	size_t block;
	bool waiting; /* has been taken */
};

static bool
take_block(struct load *l, struct cursor *at, struct buf *out,
    struct error *err)
{
	const struct block *b = &at->pile->blocks[at->block++];
	char *bytes = buf_grow(out, b->len);

	if (bytes == NULL || !file_pread_all(l->fd, bytes, b->len, b->at)) {
		error_errno(err, "cannot read the spool back");
		return false;
	}
	buf_grown(out, b->len);
	return true;
}

static size_t
count(struct span packed)
{
	size_t n = 0, size;

	while ((size = pack_size(packed)) > 0) {
		packed.p += size;
		packed.len -= size;
		n++;
	}
	return n;
}

static bool
has_room(const struct buf *slice, size_t n)
{
	return slice->len + BLOCK_BYTES <= LIMIT_SLICE_BYTES &&
	       n + BLOCK_CHANGES <= LIMIT_SLICE_CHANGES;
}

/* The next slice in out, empty at the end. */
static bool
next_slice(struct load *l, struct cursor *at, struct buf *out, size_t *n,
    struct error *err)
{
	size_t from;

	buf_reset(out);
	for (*n = 0; !at->waiting && has_room(out, *n);
	     *n += count((struct span){ out->p + from, out->len - from })) {
		from = out->len;
		if (at->block < at->pile->blocks_n) {
			if (!take_block(l, at, out, err))
				return false;
			continue;
		}
		at->waiting = true;
		buf_add_span(out, buf_span(&at->pile->waiting));
	}
	return true;
}

/* What a change would do, on a record of its value. */
static bool
rehearse_one(struct store *st, struct overlay *seen, const struct change *c,
    int64_t now, struct change_result *result, struct error *err)
{
	const struct journal_pos somewhere = { 1, 0 };
	uint8_t hash[VALUE_HASH_BYTES];
	struct event ev = { 0 };
	struct record *rec, old;
	bool fresh, found;

	*result = (struct change_result){ 0 };
	store_hash(st, &c->value, hash);
	rec = overlay_need(seen, hash, &fresh);
	if (fresh && !index_get(st, hash, &old, &found, err))
		return false;
	if (fresh && found)
		*rec = old;
	result->changed = plan(rec, c, now, now, &ev, result);
	ev.dot.seq = seen->n;
	if (result->changed)
		fold(rec, &ev, somewhere);
	event_done(&ev);
	return true;
}

static bool
rehearse(struct load *l, const struct slice *slice,
    struct change_result *results, struct error *err)
{
	struct span rest = slice->packed;
	struct overlay seen = { 0 };
	int64_t now = clock_now();
	bool ok = true;

	for (size_t i = 0; ok && i < slice->n; i++) {
		struct change c;
		uint64_t tag;

		ok = pack_next(&rest, &c, &tag, err) &&
		     rehearse_one(l->st, &seen, &c, now, &results[i], err);
	}
	overlay_done(&seen);
	return ok;
}

static bool
write_slice(struct load *l, const struct slice *slice,
    struct change_result *results, struct error *err)
{
	if (l->rehearsal)
		return slice->n == 0 || rehearse(l, slice, results, err);
	if (l->st->client != NULL)
		return client_load(l->st->client, slice, results, err);
	return writer_load(l->st, slice, results, err);
}

static void
tell(const struct slice *slice, const struct change_result *results,
    load_fn *fn, void *arg)
{
	struct span rest = slice->packed;

	for (size_t i = 0; i < slice->n; i++) {
		size_t size = pack_size(rest);

		fn(pack_tag(rest), &results[i], arg);
		rest.p += size;
		rest.len -= size;
	}
}

static bool
commit_pile(struct load *l, struct pile *p, load_fn *fn, void *arg,
    struct error *err)
{
	struct cursor at = { .pile = p };
	struct slice slice = { .expected = p->changes };
	struct change_result *results =
	    mem_new(LIMIT_SLICE_CHANGES, sizeof(*results));
	struct buf packed;
	bool ok;

	buf_init(&packed, LIMIT_SLICE_BYTES);
	while (
	    (ok = next_slice(l, &at, &packed, &slice.n, err)) && slice.n > 0) {
		slice.packed = buf_span(&packed);
		ok = write_slice(l, &slice, results, err);
		if (!ok)
			break;
		tell(&slice, results, fn, arg);
		/* What comes now finds room for all of it. */
		slice.expected = 0;
	}
	buf_done(&packed);
	free(results);
	return ok;
}

bool
load_commit(struct load *l, load_fn *fn, void *arg, struct error *err)
{
	const struct slice end = { 0 };
	bool ok = true;

	for (size_t i = 0; ok && i < SHARDS; i++)
		if (l->piles[i].changes > 0)
			ok = commit_pile(l, &l->piles[i], fn, arg, err);
	if (ok && l->n > 0)
		ok = write_slice(l, &end, NULL, err);
	clear(l);
	return ok;
}
