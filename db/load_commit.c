/*
 * load_commit - what is spooled goes to the writer, pile by pile, each slice
 * after slice. Of a large load two piles at a time: the lines of the one are
 * written while the index of the other is built.
 */
#include "db/load_impl.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "db/fold.h"
#include "db/plan.h"

/* Changes of one block, at most. */
#define BLOCK_CHANGES (BLOCK_BYTES / PACK_BYTES_LEAST + 1)

/* Below so many a second thread is not worth its start. */
#define TOGETHER_LEAST 10000

struct commit {
	struct load *load;
	load_fn *fn;
	void *arg;
	pthread_mutex_t lock; /* of all below, and while fn is told */
	size_t next;          /* pile that nobody has taken */
	bool failed;          /* err says why */
	struct error err;
};

/* Who commits: this thread, or the one beside it. */
struct worker {
	struct commit *commit;
	struct client *client;         /* its own; NULL: we write ourselves */
	struct change_result *results; /* heap, of a slice */
	struct buf packed;
};

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
write_slice(struct worker *w, const struct slice *slice, struct error *err)
{
	struct load *l = w->commit->load;

	if (l->rehearsal)
		return slice->n == 0 || rehearse(l, slice, w->results, err);
	if (w->client != NULL)
		return client_load(w->client, slice, w->results, err);
	return writer_load(l->st, slice, w->results, err);
}

static void
tell(const struct worker *w, const struct slice *slice)
{
	struct commit *c = w->commit;
	struct span rest = slice->packed;

	pthread_mutex_lock(&c->lock);
	for (size_t i = 0; i < slice->n; i++) {
		size_t size = pack_size(rest);

		c->fn(pack_tag(rest), &w->results[i], c->arg);
		rest.p += size;
		rest.len -= size;
	}
	pthread_mutex_unlock(&c->lock);
}

static bool
commit_pile(struct worker *w, struct pile *p, struct error *err)
{
	struct cursor at = { .pile = p };
	struct slice slice = { .expected = p->changes };
	bool ok;

	while ((ok = next_slice(w->commit->load, &at, &w->packed, &slice.n,
		    err)) &&
	       slice.n > 0) {
		slice.packed = buf_span(&w->packed);
		ok = write_slice(w, &slice, err);
		if (!ok)
			break;
		tell(w, &slice);
		/* What comes now finds room for all of it. */
		slice.expected = 0;
	}
	return ok;
}

/* Takes the next pile with something in it; NULL: there is none, or no more
 * sense in it. */
static struct pile *
next_pile(struct commit *c)
{
	struct pile *found = NULL;

	pthread_mutex_lock(&c->lock);
	while (found == NULL && !c->failed && c->next < SHARDS) {
		struct pile *p = &c->load->piles[c->next++];

		if (p->changes > 0)
			found = p;
	}
	pthread_mutex_unlock(&c->lock);
	return found;
}

static void
fail(struct commit *c, const struct error *err)
{
	pthread_mutex_lock(&c->lock);
	/* What came first is why. */
	if (!c->failed)
		c->err = *err;
	c->failed = true;
	pthread_mutex_unlock(&c->lock);
}

static void *
work(void *arg)
{
	struct worker *w = arg;
	struct error err;
	struct pile *p;

	buf_init(&w->packed, LIMIT_SLICE_BYTES);
	w->results = mem_new(LIMIT_SLICE_CHANGES, sizeof(*w->results));
	while ((p = next_pile(w->commit)) != NULL)
		if (!commit_pile(w, p, &err))
			fail(w->commit, &err);
	free(w->results);
	buf_done(&w->packed);
	return NULL;
}

static void
work_together(struct commit *c)
{
	struct store *st = c->load->st;
	struct worker mine = { .commit = c, .client = st->client };
	struct worker other = { .commit = c };
	pthread_t thread;
	bool two = c->load->n >= TOGETHER_LEAST;

	if (two && st->client != NULL)
		other.client = client_new(st->dir, 0);
	two = two && pthread_create(&thread, NULL, work, &other) == 0;
	(void)work(&mine);
	if (two)
		pthread_join(thread, NULL);
	client_close(other.client);
}

bool
load_commit(struct load *l, load_fn *fn, void *arg, struct error *err)
{
	struct commit c = { .load = l, .fn = fn, .arg = arg };
	struct worker last = { .commit = &c, .client = l->st->client };
	const struct slice end = { 0 };
	bool ok = load_spool(l, err);

	if (ok) {
		pthread_mutex_init(&c.lock, NULL);
		work_together(&c);
		pthread_mutex_destroy(&c.lock);
		ok = !c.failed;
		if (!ok)
			*err = c.err;
	}
	if (ok && l->n > 0)
		ok = write_slice(&last, &end, err);
	load_clear(l);
	return ok;
}
