#include "policy/import_line.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/output.h"

/* The texts of a line; what is longer than any of ours is cut. */
#define TEXT_BYTES LIMIT_WHY_TEXT

struct import_reader {
	struct csv_reader csv;
	struct import_defaults defaults;
	const struct import_format *format; /* NULL: not known yet */
	bool json;
	enum import_column columns[LIMIT_IMPORT_COLUMNS]; /* of CSV */
	size_t columns_n;
	struct span texts[COLS];     /* of this line */
	char room[COLS][TEXT_BYTES]; /* of JSON */
};

struct import_reader *
import_reader_new(int fd, const struct import_defaults *defaults)
{
	struct import_reader *r = mem_new(1, sizeof(*r));

	csv_open(&r->csv, fd);
	r->defaults = *defaults;
	return r;
}

void
import_reader_free(struct import_reader *r)
{
	if (r == NULL)
		return;
	csv_close(&r->csv);
	free(r);
}

const char *
import_reader_format(const struct import_reader *r)
{
	return r->format != NULL ? r->format->name : "";
}

uint64_t
import_reader_bytes(const struct import_reader *r)
{
	return r->csv.bytes;
}

static bool
adopt(struct import_reader *r, const struct import_format *f, struct error *err)
{
	r->format = f;
	if (f->refuse != NULL)
		error_set(err, ERROR_INVALID, "%s", f->refuse);
	return f->refuse == NULL;
}

/* The names of the members of a JSON object. */
static bool
learn_json(struct import_reader *r, struct span record, struct error *err)
{
	struct span names[LIMIT_IMPORT_COLUMNS];
	const struct import_format *f;
	struct json_reader json;
	size_t n = 0;

	json_open(&json, record);
	while (n < LIMIT_IMPORT_COLUMNS && json_next(&json))
		names[n++] = json.name;
	if (!json_close(&json, err))
		return false;
	r->json = true;
	f = import_format_of(names, n);
	if (f != NULL)
		return adopt(r, f, err);
	error_set(err, ERROR_INVALID,
	    "no member of the object is known to hold a value: name it "
	    "\"value\" or \"email\"");
	return false;
}

/* *header: this record is one, and no value. */
static bool
learn(struct import_reader *r, struct span record, bool *header,
    struct error *err)
{
	struct span names[LIMIT_IMPORT_COLUMNS], rest = record;
	const struct import_format *f;
	char separator;
	size_t n = 0;

	*header = false;
	if (record.p[0] == '{')
		return learn_json(r, record, err);
	separator = csv_separator(record);
	while (
	    n < LIMIT_IMPORT_COLUMNS && csv_field(&rest, separator, &names[n]))
		n++;
	f = import_format_of(names, n);
	*header = f != NULL;
	if (f == NULL && n == 1)
		return adopt(r, &import_plain, err);
	if (f == NULL) {
		error_set(err, ERROR_INVALID,
		    "the first line has to name the columns, one of them "
		    "\"value\" or \"email\"");
		return false;
	}
	r->csv.separator = separator;
	r->columns_n = n;
	for (size_t i = 0; i < n; i++)
		r->columns[i] = import_column_of(f, names[i]);
	return adopt(r, f, err);
}

static bool
split_json(struct import_reader *r, struct span record, struct error *err)
{
	struct json_reader json;
	bool ok = true;

	json_open(&json, record);
	while (json_next(&json)) {
		enum import_column c = import_column_of(r->format, json.name);
		char *room = r->room[c];

		if (c == COL_NONE || json.type == JSON_NULL)
			continue;
		if (json.type == JSON_INT)
			snprintf(room, TEXT_BYTES, "%lld",
			    (long long)json.number);
		else
			ok = json_get(&json, room, TEXT_BYTES) && ok;
		r->texts[c] = span_of(room);
	}
	if (!json_close(&json, err))
		return false;
	if (!ok)
		error_set(err, ERROR_INVALID,
		    "a text is longer than %d bytes, or no text",
		    TEXT_BYTES - 1);
	return ok;
}

static void
split_csv(struct import_reader *r, struct span record)
{
	struct span field;

	for (size_t i = 0;
	     i < r->columns_n && csv_field(&record, r->csv.separator, &field);
	     i++)
		r->texts[r->columns[i]] = field;
}

/* What the output for spreadsheets has put in front is taken away. */
static struct span
unmarked(const struct import_reader *r, struct span s)
{
	if (r->format->ours && !r->json && csv_is_marked(s))
		return (struct span){ s.p + 1, s.len - 1 };
	return s;
}

static void
take_text(const struct import_reader *r, enum import_column column,
    const char *otherwise, char *out, size_t size)
{
	struct span s = unmarked(r, r->texts[column]);

	(void)span_copy(s.len > 0 ? s : span_of(otherwise), out, size);
}

static bool
take_value(const struct import_reader *r, struct value *v, struct error *err)
{
	struct span shown = unmarked(r, r->texts[COL_SHOWN]);
	struct error ignored;
	struct value other;

	if (!value_parse(unmarked(r, r->texts[COL_VALUE]), v, err))
		return false;
	if (shown.len > 0 && value_parse(shown, &other, &ignored) &&
	    strcmp(other.text, v->text) == 0)
		*v = other;
	return true;
}

static bool
take_expires(const struct import_reader *r, struct change *c, struct error *err)
{
	struct span s = span_trim(r->texts[COL_EXPIRES]);

	c->expires = r->defaults.expires;
	if (s.len == 0 || import_time(s, &c->expires))
		return true;
	error_set(err, ERROR_INVALID, "'%.*s' is no time",
	    (int)(s.len < 40 ? s.len : 40), s.p);
	return false;
}

static void
take_source(const struct import_reader *r, struct change *c)
{
	const struct import_format *f = r->format;
	struct span word = span_trim(r->texts[COL_SOURCE]);
	struct span origin = span_trim(r->texts[COL_ORIGIN]);

	c->source = import_source_of(f, word);
	if (c->source == f->source && origin.len > 0)
		c->source = import_source_of(f, origin);
	if (c->source == 0)
		c->source = r->defaults.source;
	if (c->source == 0)
		c->source = SOURCE_USER;
}

static void
take_evidence(const struct import_reader *r, struct evidence *e)
{
	const struct import_defaults *d = &r->defaults;

	(void)span_copy(span_of(REPORT_IMPORT), e->report, sizeof(e->report));
	(void)span_copy(span_of(r->format->name), e->rule, sizeof(e->rule));
	(void)span_copy(span_of(d->batch), e->ref, sizeof(e->ref));
	(void)span_copy(span_of(d->by), e->proof, sizeof(e->proof));
}

static enum import_result
to_change(const struct import_reader *r, struct change *c, struct error *err)
{
	const struct import_defaults *d = &r->defaults;
	struct span type = r->texts[COL_TYPE];
	unsigned long long count;

	if (type.len > 0 && !span_is(type, "reason")) {
		error_set(err, ERROR_INVALID, "no reason, but '%.*s'",
		    (int)(type.len < 40 ? type.len : 40), type.p);
		return IMPORT_SKIP;
	}
	*c = (struct change){ .op = CHANGE_ADD, .if_new = true };
	if (!take_value(r, &c->value, err) || !take_expires(r, c, err))
		return IMPORT_BAD;
	if (c->expires != 0 && c->expires <= d->now) {
		error_set(err, ERROR_INVALID, "its time is over");
		return IMPORT_SKIP;
	}
	take_source(r, c);
	if (!import_time(r->texts[COL_SINCE], &c->since))
		c->since = 0;
	if (span_number(r->texts[COL_COUNT], UINT32_MAX, &count))
		c->count = (uint32_t)count;
	take_text(r, COL_STREAM, d->stream[0] != '\0' ? d->stream : "*",
	    c->stream, sizeof(c->stream));
	take_text(r, COL_BY, d->by, c->by, sizeof(c->by));
	take_text(r, COL_WHY, d->why, c->why, sizeof(c->why));
	take_evidence(r, &c->evidence);
	return IMPORT_CHANGE;
}

static bool
is_comment(const struct import_reader *r, struct span record)
{
	return record.len == 0 ||
	       (record.p[0] == '#' &&
		   (r->format == NULL || r->format == &import_plain));
}

enum import_result
import_reader_next(struct import_reader *r, struct change *change,
    uint64_t *line, struct span *value, struct error *err)
{
	struct span record;
	bool header;

	*value = span_of("");
	for (;;) {
		enum csv_result got = csv_next(&r->csv, &record, line, err);

		if (got != CSV_RECORD)
			return got == CSV_END   ? IMPORT_END
			       : got == CSV_BAD ? IMPORT_BAD
						: IMPORT_FAILED;
		record = span_trim(record);
		if (is_comment(r, record))
			continue;
		if (r->format != NULL)
			break;
		if (!learn(r, record, &header, err))
			return IMPORT_FAILED;
		if (!header)
			break;
	}
	memset(r->texts, 0, sizeof(r->texts));
	*value = record;
	if (r->json) {
		if (!split_json(r, record, err))
			return IMPORT_BAD;
	} else if (r->format == &import_plain) {
		r->texts[COL_VALUE] = record;
	} else {
		split_csv(r, record);
	}
	*value = r->texts[COL_VALUE];
	return to_change(r, change, err);
}
