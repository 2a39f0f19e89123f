#include "web/wanted.h"

#include <string.h>

#include "base/clock.h"
#include "db/stats.h"
#include "web/form.h"

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

/* The query itself tells whether it knows the place. */
static bool
take_after(const char *text, struct wanted *w, struct error *err)
{
	return copy(text, w->filter.after, sizeof(w->filter.after), err);
}

static bool
take_after_contact(const char *text, struct wanted *w, struct error *err)
{
	return change_contact_id(span_of(text), err) &&
	       copy(text, w->after_contact, sizeof(w->after_contact), err);
}

static bool
flag(const char *text, bool *out, struct error *err)
{
	*out = strcmp(text, "true") == 0;
	if (*out || strcmp(text, "false") == 0)
		return true;
	error_set(err, ERROR_INVALID, "is true or false");
	return false;
}

static bool
take_blocked(const char *text, struct wanted *w, struct error *err)
{
	return flag(text, &w->blocked, err);
}

static bool
take_dry_run(const char *text, struct wanted *w, struct error *err)
{
	return flag(text, &w->dry_run, err);
}

static bool
take_believe(const char *text, struct wanted *w, struct error *err)
{
	return flag(text, &w->believe, err);
}

static bool
take_why(const char *text, struct wanted *w, struct error *err)
{
	return copy(text, w->why, sizeof(w->why), err);
}

static bool
take_expires(const char *text, struct wanted *w, struct error *err)
{
	return clock_parse(span_of(text), &w->expires, err);
}

static bool
take_days(const char *text, struct wanted *w, struct error *err)
{
	return number(text, STATS_DAYS_MAX, &w->days, err);
}

static bool
take_top(const char *text, struct wanted *w, struct error *err)
{
	return number(text, STATS_TOP_MAX, &w->top, err);
}

/* The sort of a name that has several stands behind ":". */
static const struct {
	const char *name;
	bool (*take)(const char *text, struct wanted *w, struct error *err);
} rows[] = {
	{ "kind", take_kind },
	{ "source", take_source },
	{ "stream", take_stream },
	{ "by", take_by },
	{ "since", take_since },
	{ "until", take_until },
	{ "search", take_search },
	{ "limit", take_limit },
	{ "sort", take_sort },
	{ "contact", take_contact },
	{ "after:place", take_after },
	{ "after:contact", take_after_contact },
	{ "value", take_value },
	{ "blocked", take_blocked },
	{ "why", take_why },
	{ "expires", take_expires },
	{ "dry_run", take_dry_run },
	{ "believe", take_believe },
	{ "days", take_days },
	{ "top", take_top },
};

/* The row of a name among the parameters; ARRAY_LEN(rows): none. */
static size_t
row_of(const char *parameters, const char *name)
{
	struct span rest = span_of(parameters), one;

	while (span_cut(&rest, ' ', &one)) {
		struct span plain = { one.p, span_find(one, ':') };

		if (!span_is(plain, name))
			continue;
		for (size_t i = 0; i < ARRAY_LEN(rows); i++)
			if (span_is(one, rows[i].name))
				return i;
	}
	return ARRAY_LEN(rows);
}

static bool
take(const char *parameters, const char *name, const char *text,
    struct wanted *w, struct error *err)
{
	size_t row = row_of(parameters, name);

	if (row == ARRAY_LEN(rows))
		error_set(err, ERROR_INVALID, "there is no such parameter");
	else if (rows[row].take(text, w, err))
		return true;
	error_prefix(err, "%.40s", name);
	return false;
}

bool
wanted_read(const struct request *r, const char *parameters, struct wanted *w,
    struct answer *a)
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
		else if (r->for_people && text[0] == '\0')
			continue;
		if (whole && take(parameters, name, text, w, &err))
			continue;
		answer_problem(a, 422, err.text);
		return false;
	}
	return true;
}

bool
wanted_value(const struct request *r, struct value *v, struct answer *a)
{
	char text[LIMIT_VALUE_TEXT];
	struct error err;

	if (!form_decode(r->rest, false, text, sizeof(text)))
		answer_problem(a, 400, "The value is not well encoded.");
	else if (!value_parse(span_of(text), v, &err))
		answer_problem(a, 422, err.text);
	else
		return true;
	return false;
}
