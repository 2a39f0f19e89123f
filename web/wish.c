#include "web/wish.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"

/* Room for values, at first; then twice as much each time. */
#define VALUES_FIRST 4

void
wish_done(struct wish *w)
{
	free(w->values);
	*w = (struct wish){ 0 };
}

static bool
wrong(struct error *err, const char *what)
{
	error_set(err, ERROR_INVALID, "%s", what);
	return false;
}

static bool
take_values(const struct json_reader *r, struct wish *w, struct error *err)
{
	struct json_reader elements;
	char text[LIMIT_VALUE_TEXT];
	size_t room = VALUES_FIRST;

	if (r->type != JSON_ARRAY || w->values != NULL)
		return wrong(err, "wants one list of texts");
	w->values = mem_resize(NULL, room, sizeof(*w->values));
	json_open_array(&elements, r);
	while (json_next(&elements)) {
		if (w->n == LIMIT_WEB_VALUES) {
			error_set(err, ERROR_LIMIT, "more than %d values",
			    LIMIT_WEB_VALUES);
			return false;
		}
		if (!json_get(&elements, text, sizeof(text))) {
			wrong(err, "no text, or too long");
			error_prefix(err, "[%zu]", w->n);
			return false;
		}
		if (w->n == room) {
			room *= 2;
			w->values =
			    mem_resize(w->values, room, sizeof(*w->values));
		}
		if (!value_parse(span_of(text), &w->values[w->n], err)) {
			error_prefix(err, "[%zu]", w->n);
			return false;
		}
		w->n++;
	}
	return w->n > 0 || wrong(err, "is empty");
}

static bool
take_source(const struct json_reader *r, struct wish *w, struct error *err)
{
	int number;

	if (r->type != JSON_TEXT ||
	    !names_number(source_names, r->raw, &number))
		return wrong(err, "is user, api, lead, bounced or abuse");
	w->source = (enum source)number;
	return true;
}

static bool
take_word(const struct json_reader *r, char *out, size_t size,
    struct error *err)
{
	if (json_get(r, out, size) && out[0] != '\0')
		return true;
	error_set(err, ERROR_INVALID, "wants a text of 1 to %zu bytes",
	    size - 1);
	return false;
}

static bool
take_stream(const struct json_reader *r, struct wish *w, struct error *err)
{
	return take_word(r, w->stream, sizeof(w->stream), err);
}

static bool
take_why(const struct json_reader *r, struct wish *w, struct error *err)
{
	return take_word(r, w->why, sizeof(w->why), err);
}

static bool
take_expires(const struct json_reader *r, struct wish *w, struct error *err)
{
	char text[CLOCK_TEXT];

	if (!json_get(r, text, sizeof(text)))
		return wrong(err, "wants a time, as 2026-12-24T18:00:00Z");
	return clock_parse(span_of(text), &w->expires, err);
}

static bool
take_flag(const struct json_reader *r, bool *out, struct error *err)
{
	if (r->type != JSON_BOOL)
		return wrong(err, "wants true or false");
	*out = r->number != 0;
	return true;
}

static bool
take_force(const struct json_reader *r, struct wish *w, struct error *err)
{
	return take_flag(r, &w->force, err);
}

static bool
take_drop(const struct json_reader *r, struct wish *w, struct error *err)
{
	return take_flag(r, &w->drop, err);
}

static bool
take_id(const struct json_reader *r, struct wish *w, struct error *err)
{
	return take_word(r, w->id, sizeof(w->id), err) &&
	       change_contact_id(span_of(w->id), err);
}

static bool
take_name(const struct json_reader *r, struct wish *w, struct error *err)
{
	return take_word(r, w->name, sizeof(w->name), err);
}

static bool
take_kind(const struct json_reader *r, struct wish *w, struct error *err)
{
	int number;

	if (r->type != JSON_TEXT || !names_number(kind_names, r->raw, &number))
		return wrong(err, "is email, domain, phone or linkedin");
	w->kind = (enum kind)number;
	return true;
}

static const struct {
	const char *name;
	bool (*take)(const struct json_reader *r, struct wish *w,
	    struct error *err);
} rows[] = {
	{ "values", take_values },
	{ "source", take_source },
	{ "stream", take_stream },
	{ "why", take_why },
	{ "expires", take_expires },
	{ "force", take_force },
	{ "id", take_id },
	{ "name", take_name },
	{ "kind", take_kind },
	{ "drop", take_drop },
};

static bool
is_among(const char *members, const char *name)
{
	struct span rest = span_of(members), one;

	while (span_cut(&rest, ' ', &one))
		if (span_is(one, name))
			return true;
	return false;
}

static bool
take(const struct json_reader *r, const char *members, struct wish *w,
    struct error *err)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (!span_is(r->name, rows[i].name) ||
		    !is_among(members, rows[i].name))
			continue;
		if (rows[i].take(r, w, err))
			return true;
		error_prefix(err, "%s", rows[i].name);
		return false;
	}
	error_set(err, ERROR_INVALID, "'%.*s' is none of: %s",
	    (int)(r->name.len < 40 ? r->name.len : 40), r->name.p, members);
	return false;
}

bool
wish_read(const struct request *r, const char *members, struct wish *w,
    struct answer *a)
{
	struct error err = { 0 };
	struct json_reader j;

	*w = (struct wish){ 0 };
	if (!span_starts_nocase(span_of(r->type), "application/json")) {
		answer_problem(a, 415, "Send application/json.");
		return false;
	}
	json_open(&j, r->body);
	while (json_next(&j)) {
		if (take(&j, members, w, &err))
			continue;
		answer_problem(a, err.code == ERROR_LIMIT ? 413 : 422,
		    err.text);
		return false;
	}
	if (!json_close(&j, &err)) {
		answer_problem(a, 400, err.text);
		return false;
	}
	if (w->n > 0 || !span_starts_nocase(span_of(members), "values"))
		return true;
	answer_problem(a, 422, "values: is missing");
	return false;
}

bool
wish_may_force(const struct request *r, const struct wish *w, struct answer *a)
{
	if (w->force && r->scope < ACCESS_ADMIN) {
		answer_problem(a, 403, "force: wants a token of scope admin.");
		return false;
	}
	if (w->force && w->why[0] == '\0') {
		answer_problem(a, 422,
		    "force: wants why, too: say why the person may get mail "
		    "again");
		return false;
	}
	return true;
}
