/*
 * activity - events and refusals as one history.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "db/contact.h"
#include "db/query_impl.h"

const struct name activity_type_names[] = {
	{ ACTIVITY_EVENT, "event" },
	{ ACTIVITY_REFUSAL, "refusal" },
	{ 0, NULL },
};

struct merge {
	const struct filter *filter;
	bool newest_first;
	query_activity_fn *fn;
	void *arg;
	uint64_t n; /* told */
	bool stopped;
	struct history_place place;       /* event: the next one */
	struct refusals_reader *refusals; /* NULL: not wanted */
	struct refusal next;
	bool has_next;
};

static bool
matches(const struct filter *f, const struct refusal *r)
{
	const char *texts[] = { r->recipient, r->value, r->sender, r->login };
	struct error ignored;
	struct value v;

	if (f->kind != 0 && (!value_parse(span_of(r->value), &v, &ignored) ||
				v.kind != f->kind))
		return false;
	if ((f->source != 0 && r->source != f->source) ||
	    (f->stream[0] != '\0' && strcmp(r->stream, f->stream) != 0) ||
	    (f->by[0] != '\0' && strcmp(r->login, f->by) != 0 &&
		strcmp(r->sender, f->by) != 0))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (strcasestr(texts[i], f->search) != NULL)
			return true;
	return false;
}

static void
advance(struct merge *m)
{
	do
		m->has_next =
		    m->refusals != NULL && refusals_next(m->refusals, &m->next);
	while (m->has_next && !matches(m->filter, &m->next));
}

static bool
tell(struct merge *m, struct activity one)
{
	struct refusals_place before, behind;

	one.next = m->place;
	if (m->refusals != NULL) {
		refusals_reader_places(m->refusals, &before, &behind);
		/* One that was read ahead is still to come. */
		one.next.refusals = one.event != NULL ? before : behind;
	}
	m->n++;
	m->stopped = !m->fn(&one, m->arg) || m->n == m->filter->limit;
	return !m->stopped;
}

/* The refusals that come before an event of this time. What put a value on
 * the list comes before what that blocked. */
static bool
tell_before(struct merge *m, int64_t at)
{
	while (m->has_next &&
	       (m->newest_first ? m->next.at >= at : m->next.at < at)) {
		if (!tell(m, (struct activity){ .refusal = &m->next }))
			return false;
		advance(m);
	}
	return true;
}

static bool
on_event(const struct event *ev, void *arg)
{
	struct merge *m = arg;

	m->place.event = ev->lsn;
	if (!tell_before(m, ev->at))
		return false;
	m->place.event = m->newest_first ? ev->lsn - 1 : ev->lsn + 1;
	return tell(m, (struct activity){ .event = ev });
}

static bool
walk(struct merge *m, struct store *st, const struct value *v,
    struct error *err)
{
	struct filter events = *m->filter;
	uint64_t next = m->place.event;

	events.limit = 0; /* of both together */
	advance(m);
	if (m->filter->type != ACTIVITY_REFUSAL &&
	    !history_walk(st, v, &events, &next, on_event, m, err))
		return false;
	if (!m->stopped) {
		m->place.event = next;
		(void)tell_before(m, m->newest_first ? INT64_MIN : INT64_MAX);
	}
	return true;
}

struct values {
	struct value *list; /* heap */
	size_t n;
};

/* The value, and as it stands where its text was erased. */
static void
add_both(struct values *v, const struct store *st, const struct value *one)
{
	uint8_t hash[VALUE_HASH_BYTES];

	v->list = mem_resize(v->list, v->n + 2, sizeof(*v->list));
	v->list[v->n] = v->list[v->n + 1] = *one;
	store_hash(st, one, hash);
	value_hide(&v->list[v->n + 1], hash);
	v->n += 2;
}

struct gathering {
	struct store *st;
	struct values *of;
};

static bool
add_value(const struct contact_value_row *row, void *arg)
{
	const struct gathering *g = arg;

	add_both(g->of, g->st, &row->value);
	return true;
}

/* About a value, the values of a contact, or anybody. */
static bool
open_refusals(struct merge *m, struct store *st, const struct value *v,
    struct error *err)
{
	const struct filter *f = m->filter;
	bool of_contact = v == NULL && f->contact[0] != '\0', ok = true;
	struct values of = { 0 };
	struct gathering gathering = { st, &of };
	struct refusals_wanted wanted = { .since = f->since,
		.until = f->until,
		.newest_first = m->newest_first,
		.from = &m->place.refusals };

	if (f->type == ACTIVITY_EVENT)
		return true;
	if (v != NULL)
		add_both(&of, st, v);
	if (of_contact)
		ok = contact_values(st, f->contact, 0, add_value, &gathering,
		    err);
	wanted.about = of.list;
	wanted.about_n = of.n;
	/* None of a contact without values. */
	if (ok && (!of_contact || of.n > 0)) {
		m->refusals = refusals_read(store_dir(st), &wanted, err);
		ok = m->refusals != NULL;
	}
	free(of.list);
	return ok;
}

bool
query_activity(struct store *st, const struct value *v, const struct filter *f,
    query_activity_fn *fn, void *arg, uint64_t *lost, struct error *err)
{
	struct merge m = { .filter = f,
		.newest_first = history_goes_back(v, f),
		.fn = fn,
		.arg = arg };
	bool ok;

	*lost = 0;
	if (!query_is_possible(st, f, err) ||
	    !history_read_place(v, f, &m.place, err) ||
	    !open_refusals(&m, st, v, err))
		return false;
	ok = walk(&m, st, v, err);
	if (m.refusals != NULL)
		*lost = refusals_reader_lost(m.refusals);
	refusals_reader_close(m.refusals);
	return ok;
}
