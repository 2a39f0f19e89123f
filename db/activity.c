/*
 * activity - events and refusals as one history.
 */
#include "db/query.h"

#include <string.h>

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
tell(struct merge *m, const struct activity *one)
{
	m->n++;
	m->stopped = !m->fn(one, m->arg) || m->n == m->filter->limit;
	return !m->stopped;
}

/* The refusals that come before an event of this time. What put a value on
 * the list comes before what that blocked. */
static bool
tell_before(struct merge *m, int64_t at)
{
	while (m->has_next &&
	       (m->newest_first ? m->next.at >= at : m->next.at < at)) {
		if (!tell(m, &(struct activity){ .refusal = &m->next }))
			return false;
		advance(m);
	}
	return true;
}

static bool
on_event(const struct event *ev, void *arg)
{
	struct merge *m = arg;

	return tell_before(m, ev->at) &&
	       tell(m, &(struct activity){ .event = ev });
}

static bool
walk(struct merge *m, struct store *st, const struct value *v,
    struct error *err)
{
	struct filter events = *m->filter;

	events.limit = 0; /* of both together */
	advance(m);
	if (m->filter->type != ACTIVITY_REFUSAL &&
	    !query_history(st, v, &events, on_event, m, err))
		return false;
	if (!m->stopped)
		(void)tell_before(m, m->newest_first ? INT64_MIN : INT64_MAX);
	return true;
}

bool
query_activity(struct store *st, const struct value *v, const struct filter *f,
    query_activity_fn *fn, void *arg, uint64_t *lost, struct error *err)
{
	const struct refusals_wanted wanted = { .since = f->since,
		.until = f->until,
		.about = v != NULL ? v->text : NULL,
		.newest_first = v != NULL };
	struct merge m = { .filter = f,
		.newest_first = wanted.newest_first,
		.fn = fn,
		.arg = arg };
	bool ok;

	*lost = 0;
	if (f->type != ACTIVITY_EVENT) {
		m.refusals = refusals_read(store_dir(st), &wanted, err);
		if (m.refusals == NULL)
			return false;
	}
	ok = walk(&m, st, v, err);
	if (m.refusals != NULL)
		*lost = refusals_reader_lost(m.refusals);
	refusals_reader_close(m.refusals);
	return ok;
}
