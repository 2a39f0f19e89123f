#include "policy/expire.h"

#include "policy/bulk.h"

/* Values between two pauses, and changes of one batch. */
#define PIECE 1000

struct walk {
	struct bulk bulk;
	int64_t now;
	expire_pause_fn *pause;
	void *arg;
	uint64_t seen;
	uint64_t *lifted;
	bool ok;
	struct error *err;
};

static void
count(const struct change *c, uint64_t tag, const struct change_result *result,
    void *arg)
{
	struct walk *w = arg;

	(void)c;
	(void)tag;
	*w->lifted += result->lifted;
}

/* The record has no words: its last event knows the value. */
static bool
clean(struct walk *w, const struct record *rec)
{
	struct change c = { .op = CHANGE_EXPIRE,
		.by = "suppressd",
		.why = "its time is over" };
	struct event ev;

	if (!store_event(w->bulk.st, rec->head, &ev, w->err))
		return false;
	c.value = ev.value;
	event_done(&ev);
	return bulk_add(&w->bulk, &c, 0, w->err);
}

static bool
look(const uint8_t hash[VALUE_HASH_BYTES], const struct record *rec, void *arg)
{
	struct walk *w = arg;

	(void)hash;
	if (record_live(rec, w->now, NULL, 0) < rec->reasons_n)
		w->ok = clean(w, rec);
	return w->ok && (++w->seen % PIECE != 0 || w->pause(w->arg));
}

bool
expire(struct store *st, int64_t now, expire_pause_fn *pause, void *arg,
    uint64_t *lifted, struct error *err)
{
	struct walk w = { .bulk = { .st = st, .most = PIECE, .fn = count },
		.now = now,
		.pause = pause,
		.arg = arg,
		.lifted = lifted,
		.ok = true,
		.err = err };

	*lifted = 0;
	w.bulk.arg = &w;
	bulk_begin(&w.bulk);
	w.ok = store_walk(st, NULL, look, &w, err) && w.ok &&
	       bulk_flush(&w.bulk, err);
	bulk_done(&w.bulk);
	return w.ok;
}
