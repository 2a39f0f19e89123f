/*
 * query - events by filters: of one value, or of all.
 */
#include "db/query_impl.h"

static bool
event_matches(const struct filter *f, const struct event *ev)
{
	return (f->kind == 0 || ev->value.kind == f->kind) &&
	       (f->source == 0 || ev->source == f->source) &&
	       (f->stream[0] == '\0' || strcmp(ev->stream, f->stream) == 0) &&
	       (f->by[0] == '\0' || strcmp(ev->by, f->by) == 0) &&
	       ev->at >= f->since && (f->until == 0 || ev->at < f->until) &&
	       (query_contains(ev->value.text, f->search) ||
		   query_contains(ev->why, f->search));
}

/* Back along the chain of one value. */
static bool
history_of(struct store *st, const struct value *v, const struct filter *f,
    query_event_fn *fn, void *arg, struct error *err)
{
	struct journal_pos pos;
	struct record rec;
	uint64_t n = 0;
	bool found;

	if (!store_get(st, v, &rec, &found, err))
		return false;
	if (!found)
		return true;
	pos = rec.head;
	record_done(&rec);
	while (pos.segment != 0) {
		bool go_on = true;
		struct event ev;

		if (!store_event(st, pos, &ev, err))
			return false;
		pos = ev.prev;
		if (event_matches(f, &ev)) {
			n++;
			go_on = fn(&ev, arg) && n != f->limit;
		}
		event_done(&ev);
		if (!go_on)
			break;
	}
	return true;
}

struct scanning {
	const struct filter *filter;
	query_event_fn *fn;
	void *arg;
	uint64_t n;
};

static bool
scan_event(const struct event *ev, void *arg)
{
	struct scanning *s = arg;

	/* Times never fall: nothing behind it matches. */
	if (s->filter->until != 0 && ev->at >= s->filter->until)
		return false;
	/* A link is told once, at the value's end. */
	if ((ev->other_kind != 0 && ev->value.kind == KIND_CONTACT) ||
	    !event_matches(s->filter, ev))
		return true;
	s->n++;
	return s->fn(ev, s->arg) && s->n != s->filter->limit;
}

bool
query_history(struct store *st, const struct value *v, const struct filter *f,
    query_event_fn *fn, void *arg, struct error *err)
{
	struct scanning s = { f, fn, arg, 0 };

	if (v != NULL)
		return history_of(st, v, f, fn, arg, err);
	return store_walk_since(st, f->since, scan_event, &s, err);
}
