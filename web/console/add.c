/*
 * Values are added, one a line. First the page shows what each line is; then
 * all are added, or none while a line is wrong, unless the person leaves
 * those out.
 */
#include "web/console/handlers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "web/console/page.h"
#include "web/form.h"

/* Good lines that are shown; bad ones are all shown. */
#define SHOWN 200

#define DAYS_MAX 36500

struct adding {
	char *text;             /* heap; what was written */
	struct change *changes; /* heap, n of them */
	uint64_t *hashes;       /* heap; of their values */
	size_t n;
	size_t bad;
	size_t again; /* values that stand in an earlier line */
	enum source source;
	char stream[LIMIT_STREAM_TEXT];
	char why[LIMIT_WHY_TEXT];
	char days[16];
	int64_t expires;
	const char *problem; /* of the other fields; NULL: none */
};

static void
read_fields(const struct request *r, struct adding *d)
{
	char word[LIMIT_WORD_TEXT];
	unsigned long long days;
	int source = SOURCE_USER;

	page_field(r, "source", word, sizeof(word));
	if (word[0] != '\0' &&
	    !names_number(source_names, span_of(word), &source))
		d->problem = "There is no such source.";
	d->source = (enum source)source;
	page_field(r, "stream", d->stream, sizeof(d->stream));
	if (d->stream[0] == '\0')
		(void)span_copy(span_of("*"), d->stream, sizeof(d->stream));
	page_field(r, "why", d->why, sizeof(d->why));
	page_field(r, "days", d->days, sizeof(d->days));
	if (d->days[0] == '\0')
		return;
	if (span_number(span_of(d->days), DAYS_MAX, &days) && days > 0)
		d->expires = r->now + (int64_t)days * CLOCK_DAY_S;
	else
		d->problem = "Days: a whole number of 1 to 36500, or empty for "
			     "ever.";
}

/* Looks at numbers alone: a page may have ten thousand lines. */
static bool
is_there(const struct adding *d, const struct value *v)
{
	uint64_t hash = name_hash(v->text);

	for (size_t i = 0; i < d->n; i++)
		if (d->hashes[i] == hash &&
		    strcmp(d->changes[i].value.text, v->text) == 0)
			return true;
	return false;
}

static void
read_line(const struct request *r, struct span line, struct adding *d,
    struct view *row)
{
	struct change c = { .op = CHANGE_ADD,
		.source = d->source,
		.expires = d->expires };
	struct error err;

	if (!value_parse(line, &c.value, &err)) {
		d->bad++;
		view_text(row, "error", err.text);
		return;
	}
	view_text(row, "value", c.value.text);
	view_text(row, "kind", names_text(kind_names, (int)c.value.kind));
	if (is_there(d, &c.value)) {
		d->again++;
		view_yes(row, "again", true);
		return;
	}
	memcpy(c.stream, d->stream, sizeof(c.stream));
	memcpy(c.why, d->why, sizeof(c.why));
	(void)span_copy(span_of(r->actor), c.by, sizeof(c.by));
	if ((d->n & (d->n - 1)) == 0) {
		size_t room = d->n > 0 ? 2 * d->n : 1;

		d->changes = mem_resize(d->changes, room, sizeof(*d->changes));
		d->hashes = mem_resize(d->hashes, room, sizeof(*d->hashes));
	}
	d->hashes[d->n] = name_hash(c.value.text);
	d->changes[d->n++] = c;
}

static void
read_lines(const struct request *r, struct adding *d, struct view *v)
{
	struct span rest = span_of(d->text), line;
	size_t number = 0, shown = 0;
	char text[LIMIT_VALUE_TEXT];

	while (span_line(&rest, &line)) {
		size_t bad = d->bad;
		struct view *row;

		number++;
		line = span_trim(line);
		if (line.len == 0)
			continue;
		if (d->n + d->bad == LIMIT_WEB_VALUES) {
			d->problem = "More than 10000 lines: use an import.";
			return;
		}
		row = view_new();
		read_line(r, line, d, row);
		if (d->bad == bad && shown++ >= SHOWN) {
			view_yes(v, "more_lines", true);
			view_free(row);
			continue;
		}
		(void)span_copy(line, text, sizeof(text));
		view_int(row, "number", (int64_t)number);
		view_text(row, "came", text);
		view_put(v, "lines", row);
	}
}

static void
show(const struct request *r, const struct adding *d, struct view *v,
    struct answer *a)
{
	view_text(v, "values", d->text);
	view_choices(v, "sources", source_names, (int)d->source);
	page_view_streams(r, v, d->stream);
	view_text(v, "why", d->why);
	view_text(v, "days", d->days);
	view_text(v, "problem", d->problem != NULL ? d->problem : "");
	view_int(v, "n", (int64_t)d->n);
	view_yes(v, "good", d->n > 0 && d->problem == NULL);
	view_yes(v, "several", d->n != 1);
	view_int(v, "bad", (int64_t)d->bad);
	view_yes(v, "some_bad", d->bad > 0);
	view_yes(v, "several_bad", d->bad != 1);
	if (d->problem != NULL)
		a->status = 422;
	page_give("add.html", v, a);
}

/* Frees the view. */
static void
carry_out(const struct request *r, const struct adding *d, struct view *v,
    struct answer *a)
{
	struct change_result *results = mem_new(d->n, sizeof(*results));
	char date[CLOCK_TEXT], path[128];
	struct error err;

	view_free(v);
	if (store_change(r->web->store, d->changes, d->n, results, &err)) {
		page_say(r, "%zu value%s added.", d->n, d->n == 1 ? "" : "s");
		/* The list is in nobody's order: today's of this person. */
		clock_format(r->now, date);
		snprintf(path, sizeof(path),
		    "/console/values?by=%s&since=%.10s", r->actor, date);
		page_go(a, path);
	} else {
		answer_error(a, "console", &err);
	}
	free(results);
}

void
console_add_page(const struct request *r, struct answer *a)
{
	const struct adding none = { .text = "", .source = SOURCE_USER };

	show(r, &none, page_new(r, "Add", "Add"), a);
}

void
console_add(const struct request *r, struct answer *a)
{
	struct adding d = { 0 };
	struct view *v;
	bool whole;

	d.text = mem_new(r->body.len + 1, 1);
	whole = form_get(r->type, r->body, "values", d.text, r->body.len + 1);
	if (!whole)
		d.text[0] = '\0';
	read_fields(r, &d);
	v = page_new(r, "Add", "Add");
	read_lines(r, &d, v);
	if (!whole)
		d.problem = "The text is no UTF-8.";
	else if (d.problem == NULL && d.n + d.bad == 0)
		d.problem = "Write values, one a line.";
	view_yes(v, "previewed", d.n + d.bad > 0);
	if (d.problem == NULL && d.n > 0 &&
	    (page_has(r, "add") ? d.bad == 0 : page_has(r, "add_good")))
		carry_out(r, &d, v, a);
	else
		show(r, &d, v, a);
	free(d.changes);
	free(d.hashes);
	free(d.text);
}
