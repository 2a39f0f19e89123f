#include "policy/undo.h"

#include "policy/bulk.h"

/* Changes of one batch. */
#define BATCH 5000

const struct name undone_names[] = {
	{ UNDO_LIFTED, "lifted" },
	{ UNDO_KEPT, "kept: abuse or lead, needs --force" },
	{ UNDO_CONTACT, "kept: of a contact, unblock that" },
	{ UNDO_GONE, "was gone already" },
	{ 0, NULL },
};

struct work {
	struct bulk bulk;
	const struct undo *undo;
	undo_fn *fn;
	void *arg;
	bool ok;
	struct error *err;
};

static void
tell(const struct change *c, uint64_t tag, const struct change_result *result,
    void *arg)
{
	struct work *w = arg;

	(void)tag;
	w->fn(c,
	    w->undo->rehearsal || result->lifted > 0 ? UNDO_LIFTED : UNDO_GONE,
	    w->arg);
}

static bool
take_back(const struct reason_row *row, void *arg)
{
	struct work *w = arg;
	struct change c = { .op = CHANGE_REMOVE,
		.value = row->value,
		.source = row->reason->source,
		.began = row->reason->since,
		/* Only where it is needed: it lifts what blocks put, too. */
		.force =
		    w->undo->force && source_is_wish(row->reason->source) };

	(void)span_copy(span_of(row->last->stream), c.stream, sizeof(c.stream));
	(void)span_copy(span_of(w->undo->by), c.by, sizeof(c.by));
	(void)span_copy(span_of(w->undo->why), c.why, sizeof(c.why));
	if (row->reason->contact != 0)
		w->fn(&c, UNDO_CONTACT, w->arg);
	else if (source_is_wish(c.source) && !c.force)
		w->fn(&c, UNDO_KEPT, w->arg);
	else
		w->ok = bulk_add(&w->bulk, &c, 0, w->err);
	return w->ok;
}

bool
undo(struct store *st, const struct undo *u, int64_t now, undo_fn *fn,
    void *arg, struct error *err)
{
	struct work w = { .bulk = { .st = u->rehearsal ? NULL : st,
			      .most = BATCH,
			      .fn = tell },
		.undo = u,
		.fn = fn,
		.arg = arg,
		.ok = true,
		.err = err };
	struct filter f = u->filter;

	f.limit = 0;
	f.after[0] = '\0';
	w.bulk.arg = &w;
	bulk_begin(&w.bulk);
	w.ok = query_list(st, &f, now, take_back, &w, err) && w.ok &&
	       bulk_flush(&w.bulk, err);
	bulk_done(&w.bulk);
	return w.ok;
}
