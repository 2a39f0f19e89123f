/*
 * The list and the history, by filters and page by page.
 */
#include "web/handlers.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "web/form.h"
#include "web/api_rows.h"

#define ROWS_DEFAULT 100

/* What the query asks for. */
struct wanted {
	struct filter filter;
	bool has_value;
	struct value value;
};

static bool
number(const char *text, unsigned long long most, uint64_t *out,
    struct error *err)
{
	unsigned long long n;

	if (span_number(span_of(text), most, &n) && n > 0) {
		*out = n;
		return true;
	}
	error_set(err, ERROR_INVALID, "wants a whole number of 1 to %llu",
	    most);
	return false;
}

static bool
copy(const char *text, char *out, size_t size, struct error *err)
{
	if (span_copy(span_of(text), out, size))
		return true;
	error_set(err, ERROR_INVALID, "is longer than %zu bytes", size - 1);
	return false;
}

static bool
take_kind(const char *text, struct wanted *w, struct error *err)
{
	int n = 0;

	if (!names_read(kind_names, text, &n, err))
		return false;
	w->filter.kind = (enum kind)n;
	return true;
}

static bool
take_source(const char *text, struct wanted *w, struct error *err)
{
	int n = 0;

	if (!names_read(source_names, text, &n, err))
		return false;
	w->filter.source = (enum source)n;
	return true;
}

static bool
take_stream(const char *text, struct wanted *w, struct error *err)
{
	return copy(text, w->filter.stream, sizeof(w->filter.stream), err);
}

static bool
take_by(const char *text, struct wanted *w, struct error *err)
{
	return copy(text, w->filter.by, sizeof(w->filter.by), err);
}

static bool
take_search(const char *text, struct wanted *w, struct error *err)
{
	return copy(text, w->filter.search, sizeof(w->filter.search), err);
}

static bool
take_since(const char *text, struct wanted *w, struct error *err)
{
	return clock_parse(span_of(text), &w->filter.since, err);
}

static bool
take_until(const char *text, struct wanted *w, struct error *err)
{
	return clock_parse(span_of(text), &w->filter.until, err);
}

static bool
take_sort(const char *text, struct wanted *w, struct error *err)
{
	return query_read_sort(text, &w->filter, err);
}

static bool
take_contact(const char *text, struct wanted *w, struct error *err)
{
	return change_contact_id(span_of(text), err) &&
	       copy(text, w->filter.contact, sizeof(w->filter.contact), err);
}

static bool
take_limit(const char *text, struct wanted *w, struct error *err)
{
	return number(text, LIMIT_WEB_ROWS, &w->filter.limit, err);
}

static bool
take_value(const char *text, struct wanted *w, struct error *err)
{
	w->has_value = true;
	return value_parse(span_of(text), &w->value, err);
}

static bool
take_after(const char *text, struct wanted *w, struct error *err)
{
	return copy(text, w->filter.after, sizeof(w->filter.after), err);
}

typedef bool take_fn(const char *text, struct wanted *w, struct error *err);

struct parameter {
	const char *name;
	take_fn *take;
};

static const struct parameter list_parameters[] = {
	{ "kind", take_kind },
	{ "source", take_source },
	{ "stream", take_stream },
	{ "by", take_by },
	{ "since", take_since },
	{ "until", take_until },
	{ "search", take_search },
	{ "contact", take_contact },
	{ "sort", take_sort },
	{ "limit", take_limit },
	{ "after", take_after },
	{ NULL, NULL },
};

static const struct parameter history_parameters[] = {
	{ "kind", take_kind },
	{ "source", take_source },
	{ "stream", take_stream },
	{ "by", take_by },
	{ "since", take_since },
	{ "until", take_until },
	{ "search", take_search },
	{ "limit", take_limit },
	{ "contact", take_contact },
	{ "after", take_after },
	{ "value", take_value },
	{ NULL, NULL },
};

static bool
take(const struct parameter *p, const char *name, const char *text,
    struct wanted *w, struct error *err)
{
	while (p->name != NULL && strcmp(p->name, name) != 0)
		p++;
	if (p->name == NULL)
		error_set(err, ERROR_INVALID, "there is no such parameter");
	else if (p->take(text, w, err))
		return true;
	error_prefix(err, "%.40s", name);
	return false;
}

/* False: *a says which parameter is wrong. */
static bool
read_query(const struct request *r, const struct parameter *parameters,
    struct wanted *w, struct answer *a)
{
	char name[LIMIT_WORD_TEXT], text[QUERY_PLACE_TEXT];
	struct span rest = r->query;
	struct error err;
	bool whole;

	*w = (struct wanted){ .filter.limit = ROWS_DEFAULT };
	while (form_pair(&rest, name, text, sizeof(text), &whole)) {
		if (!whole)
			error_set(&err, ERROR_INVALID,
			    "%s: is not well encoded, or too long", name);
		if (whole && take(parameters, name, text, w, &err))
			continue;
		answer_problem(a, 422, err.text);
		return false;
	}
	return true;
}

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

	if (!read_query(r, list_parameters, &w, a))
		return;
	json_begin(&a->body);
	json_array_begin(&a->body, "reasons");
	if (!query_page(r->web->store, &w.filter, r->now, reason_row, &p,
		&p.more, &err)) {
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
handle_history(const struct request *r, struct answer *a)
{
	struct wanted w;
	struct page p = { .out = &a->body, .wanted = &w };
	struct filter filter;
	struct error err;
	uint64_t lost;

	if (!read_query(r, history_parameters, &w, a))
		return;
	filter = w.filter;
	filter.limit = 0; /* one more tells whether there is a next page */
	filter.type = ACTIVITY_EVENT;
	json_begin(&a->body);
	json_array_begin(&a->body, "events");
	if (!query_activity(r->web->store, w.has_value ? &w.value : NULL,
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
