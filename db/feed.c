/*
 * feed - the journal for those who follow it, from where they have come to.
 */
#include "db/store_impl.h"

struct feed {
	struct store_place from;
	uint64_t end; /* number of the last event */
	store_feed_fn *fn;
	void *arg;
	bool began;
	bool lost; /* what is at the place is not what came behind it */
};

bool
store_end(struct store *st, struct store_place *out, struct error *err)
{
	*out = (struct store_place){ 0 };
	for (size_t i = 0; i < SHARDS; i++) {
		struct applied a;

		if (!index_applied(st, i, &a, err))
			return false;
		if (a.lsn > out->lsn)
			*out = (struct store_place){ a.lsn, a.pos };
	}
	return true;
}

static bool
pass(const struct event *ev, struct journal_pos at, struct journal_pos next,
    uint32_t crc, void *arg)
{
	const struct store_place behind = { ev->lsn, next };
	struct feed *f = arg;

	(void)at;
	(void)crc;
	if (!f->began && ev->lsn != f->from.lsn + 1 && f->from.lsn > 0 &&
	    f->from.pos.segment != 0) {
		f->lost = true;
		return false;
	}
	f->began = true;
	/* A batch that is being written may still be cut off. */
	if (ev->lsn > f->end)
		return false;
	return ev->lsn <= f->from.lsn || f->fn(ev, &behind, f->arg);
}

bool
store_feed(struct store *st, const struct store_place *from, store_feed_fn *fn,
    void *arg, struct error *err)
{
	struct feed f = { .from = *from, .fn = fn, .arg = arg };
	struct store_place end;
	bool ok;

	if (!store_end(st, &end, err))
		return false;
	if (end.lsn < from->lsn) {
		error_set(err, ERROR_INVALID,
		    "the journal ends with event %llu, before %llu: was an "
		    "older one restored?",
		    (unsigned long long)end.lsn, (unsigned long long)from->lsn);
		return false;
	}
	if (end.lsn == from->lsn)
		return true;
	f.end = end.lsn;
	ok = journal_walk(st->journal, f.from.pos, pass, &f, err);
	/* There are further ones: where none was found is no place of it. */
	if (f.began && !f.lost)
		return ok;
	f.from.pos = (struct journal_pos){ 0 };
	f.began = f.lost = false;
	return journal_walk(st->journal, f.from.pos, pass, &f, err);
}
