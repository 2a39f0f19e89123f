/*
 * The list and the history, by filters and page by page.
 */
#include "web/handlers.h"

#include "web/api_rows.h"
#include "web/heavy.h"
#include "web/wanted.h"

#define PARAMETERS                                                             \
	"kind source stream by since until search contact limit after:place"

/* A page that is being written. */
struct page {
	struct buf *out;
	const struct wanted *wanted;
	uint64_t n;
	bool more;
	char place[QUERY_PLACE_TEXT]; /* of the row before */
};

static bool
reason_row(const struct reason_row *row, void *arg)
{
	struct page *p = arg;

	query_place(&p->wanted->filter, row, p->place);
	json_object_begin(p->out, NULL);
	api_reason(row, p->out);
	json_object_end(p->out);
	return true;
}

/* The query itself tells whether it knows a place: a parameter, too. */
static void
fail(struct answer *a, const struct error *err)
{
	if (err->code == ERROR_INVALID)
		answer_problem(a, 422, err->text);
	else
		answer_error(a, "api", err);
}

void
handle_values_list(const struct request *r, struct answer *a)
{
	struct wanted w;
	struct page p = { .out = &a->body, .wanted = &w };
	struct error err;
	bool ok;

	if (!wanted_read(r, PARAMETERS " sort", &w, a) ||
	    !heavy_begin(heavy_list(&w.filter), a))
		return;
	json_begin(&a->body);
	json_array_begin(&a->body, "reasons");
	ok = query_page(r->web->store, &w.filter, r->now, reason_row, &p,
	    &p.more, &err);
	heavy_end(heavy_list(&w.filter));
	if (!ok) {
		fail(a, &err);
		return;
	}
	json_array_end(&a->body);
	if (p.more)
		json_text(&a->body, "next", span_of(p.place));
	else
		json_null(&a->body, "next");
	json_end(&a->body);
}

static bool
event_row(const struct activity *one, void *arg)
{
	struct page *p = arg;

	p->more = p->n >= p->wanted->filter.limit;
	if (p->more)
		return false;
	p->n++;
	query_history_place(&one->next, p->place);
	json_object_begin(p->out, NULL);
	api_event(one->event, p->out);
	json_object_end(p->out);
	return true;
}

void
api_events(const struct request *r, const struct wanted *w, struct answer *a)
{
	struct page p = { .out = &a->body, .wanted = w };
	struct filter filter = w->filter;
	struct error err;
	uint64_t lost;

	filter.limit = 0; /* one more tells whether there is a next page */
	filter.type = ACTIVITY_EVENT;
	json_begin(&a->body);
	json_array_begin(&a->body, "events");
	if (!query_activity(r->web->store, w->has_value ? &w->value : NULL,
		&filter, event_row, &p, &lost, &err)) {
		fail(a, &err);
		return;
	}
	json_array_end(&a->body);
	if (p.more)
		json_text(&a->body, "next", span_of(p.place));
	else
		json_null(&a->body, "next");
	json_end(&a->body);
}

void
handle_history(const struct request *r, struct answer *a)
{
	enum heavy how;
	struct wanted w;

	if (!wanted_read(r, PARAMETERS " value", &w, a))
		return;
	how = w.has_value ? HEAVY_NOT : heavy_history(&w.filter);
	if (!heavy_begin(how, a))
		return;
	api_events(r, &w, a);
	heavy_end(how);
}
