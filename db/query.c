/*
 * query - events by filters: of one value, or of all.
 */
#include "db/query_impl.h"

#include "db/contact.h"
#include "db/privacy.h"

bool
query_is_possible(struct store *st, const struct filter *f, struct error *err)
{
	enum privacy privacy;

	if (f->search[0] == '\0')
		return true;
	if (!store_privacy(st, &privacy, err))
		return false;
	if (privacy == PRIVACY_PLAIN)
		return true;
	error_set(err, ERROR_INVALID,
	    "this store keeps hashes, no text that could be searched for "
	    "'%.60s': give the whole value to check, show or history",
	    f->search);
	return false;
}

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

struct scanning {
	const struct filter *filter;
	bool newest_first;
	query_event_fn *fn;
	void *arg;
	uint64_t n;
	uint64_t seen; /* number of the event that was looked at last */
	bool stopped;
};

static bool
scan_event(const struct event *ev, void *arg)
{
	struct scanning *s = arg;
	const struct filter *f = s->filter;
	int64_t until = f->until != 0 ? f->until : INT64_MAX;

	/* Times never fall: nothing behind it matches. */
	if (s->newest_first ? ev->at < f->since : ev->at >= until)
		return false;
	s->seen = ev->lsn;
	/* A link is told once, at the value's end; a contact's history chooses
	 * for itself. */
	if ((!s->newest_first && ev->other_kind != 0 &&
		ev->value.kind == KIND_CONTACT) ||
	    !event_matches(f, ev))
		return true;
	s->n++;
	s->stopped = !s->fn(ev, s->arg) || s->n == f->limit;
	return !s->stopped;
}

/* Back along the chain of one value. */
static bool
history_of(struct scanning *s, struct store *st, const struct value *v,
    uint64_t last, struct error *err)
{
	bool found, go_on = true;
	struct journal_pos pos;
	struct record rec;

	if (!store_get(st, v, &rec, &found, err))
		return false;
	if (!found)
		return true;
	pos = rec.head;
	record_done(&rec);
	while (go_on && pos.segment != 0) {
		struct event ev;

		if (!store_event(st, pos, &ev, err))
			return false;
		pos = ev.prev;
		go_on = ev.lsn > last || scan_event(&ev, s);
		event_done(&ev);
	}
	return true;
}

bool
history_walk(struct store *st, const struct value *v, const struct filter *f,
    uint64_t *next, query_event_fn *fn, void *arg, struct error *err)
{
	struct scanning s = { .filter = f,
		.newest_first = history_goes_back(v, f),
		.fn = fn,
		.arg = arg };
	bool ok;

	if (v != NULL)
		ok = history_of(&s, st, v, *next, err);
	else if (f->contact[0] != '\0')
		ok =
		    contact_history(st, f->contact, *next, scan_event, &s, err);
	else
		ok = store_walk_since(st, f->since, *next, scan_event, &s, err);
	if (s.newest_first)
		*next = s.stopped ? s.seen - 1 : 0;
	else if (s.seen >= *next)
		*next = s.seen + 1;
	return ok;
}

bool
query_history(struct store *st, const struct value *v, const struct filter *f,
    query_event_fn *fn, void *arg, struct error *err)
{
	struct history_place place;

	return query_is_possible(st, f, err) &&
	       history_read_place(v, f, &place, err) &&
	       history_walk(st, v, f, &place.event, fn, arg, err);
}
