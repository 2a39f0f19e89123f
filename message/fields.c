#include "message/fields.h"

#include <string.h>

#include "base/limits.h"

static bool
is_white(char c)
{
	return c == ' ' || c == '\t';
}

static bool
continues(struct span rest)
{
	return rest.len > 0 && is_white(rest.p[0]);
}

/* RFC 5322 2.2: printable ASCII but the colon; 4.5.8: blanks before it. */
static bool
cut_name(struct span line, struct span *name, struct span *value)
{
	size_t colon = span_find(line, ':'), len = colon;

	if (colon == line.len)
		return false;
	while (len > 0 && is_white(line.p[len - 1]))
		len--;
	if (len == 0)
		return false;
	for (size_t i = 0; i < len; i++)
		if (line.p[i] <= ' ' || line.p[i] > '~')
			return false;
	*name = (struct span){ line.p, len };
	*value = (struct span){ line.p + colon + 1, line.len - colon - 1 };
	return true;
}

bool
fields_line_is_field(struct span line)
{
	struct span name, value;

	return cut_name(line, &name, &value);
}

void
fields_open(struct fields *f, struct span block)
{
	f->rest = block;
	buf_init(&f->value, LIMIT_FIELD_BYTES);
}

void
fields_done(struct fields *f)
{
	buf_done(&f->value);
}

bool
fields_next(struct fields *f, struct span *name, struct span *value)
{
	struct span line, text;
	bool is_field;

	while (span_cut(&f->rest, '\n', &line)) {
		is_field = !is_white(line.len > 0 ? line.p[0] : '\0') &&
			   cut_name(line, name, &text);
		buf_reset(&f->value);
		if (is_field)
			buf_add_span(&f->value, span_trim(text));
		while (continues(f->rest) && span_cut(&f->rest, '\n', &line)) {
			buf_add_char(&f->value, ' ');
			buf_add_span(&f->value, span_trim(line));
		}
		*value = span_trim(buf_span(&f->value));
		if (is_field && !f->value.full &&
		    span_find(*value, '\0') == value->len)
			return true;
	}
	return false;
}

bool
fields_find(struct span block, const char *name, size_t n, struct buf *out)
{
	struct fields f;
	struct span this_name, value;
	bool found = false;

	buf_init(out, LIMIT_FIELD_BYTES);
	fields_open(&f, block);
	while (!found && fields_next(&f, &this_name, &value))
		if (span_is_nocase(this_name, name) && n-- == 0) {
			buf_add_span(out, value);
			found = true;
		}
	fields_done(&f);
	return found;
}

bool
fields_group(struct span *text, struct span *group, bool *ended)
{
	struct span line;
	const char *begin = NULL, *end = NULL;

	*ended = false;
	while (!*ended && span_cut(text, '\n', &line)) {
		bool blank = span_trim(line).len == 0;

		if (begin == NULL && !blank)
			begin = line.p;
		/* Blanks without a line end may be half a continuation. */
		if (blank)
			*ended = begin != NULL && text->p[-1] == '\n';
		else
			end = line.p + line.len;
	}
	if (begin == NULL)
		return false;
	*group = (struct span){ begin, (size_t)(end - begin) };
	return true;
}

struct span
fields_without_last(struct span text)
{
	struct span rest = text, line;
	size_t keep = 0;

	while (span_cut(&rest, '\n', &line))
		if (!is_white(line.len > 0 ? line.p[0] : '\0'))
			keep = (size_t)(line.p - text.p);
	return (struct span){ text.p, keep };
}

/*
 * Copies s without comments. False if a parenthesis or a quote is left
 * open.
 */
static bool
copy_uncommented(struct span s, struct buf *out)
{
	size_t depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		size_t len = c == '\\' && i + 1 < s.len ? 2 : 1;

		if (c == '"' && depth == 0)
			quoted = !quoted;
		if (c == ')' && !quoted) {
			if (depth == 0)
				return false;
			depth--;
			continue;
		}
		if (c == '(' && !quoted)
			depth++;
		if (depth == 0)
			buf_add(out, s.p + i, len);
		i += len - 1;
	}
	return depth == 0 && !quoted;
}

struct span
fields_uncomment(struct span value, struct buf *scratch)
{
	buf_reset(scratch);
	if (span_find(value, '(') == value.len)
		return span_trim(value);
	if (!copy_uncommented(value, scratch))
		return span_trim(value);
	return span_trim(buf_span(scratch));
}
