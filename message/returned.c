#include "message/returned.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "message/fields.h"

static const char *const returned_types[] = {
	"message/rfc822",
	"message/global",
	"text/rfc822-headers",
	"message/global-headers",
};

static size_t
find_returned(const struct mime *m, size_t parent)
{
	size_t first = m->parts_n;

	for (size_t i = 0; i < ARRAY_LEN(returned_types); i++) {
		size_t at = mime_find(m, returned_types[i], parent, 0);

		if (at < first)
			first = at;
	}
	return first;
}

/*
 * The header block of a message, up to a blank line. Where the message was
 * cut off within it, its last field goes: half a To names somebody else.
 */
static struct span
header_block(struct span message, bool whole)
{
	struct span rest = message, line;

	while (rest.len > 0 && (rest.p[0] == '\r' || rest.p[0] == '\n')) {
		rest.p++;
		rest.len--;
	}
	message = rest;
	while (span_line(&rest, &line))
		if (line.len == 0)
			return (struct span){ message.p,
				(size_t)(line.p - message.p) };
	return whole ? message : fields_without_last(message);
}

/*
 * How many entries an address list has, also those that are no address: the
 * message may have bounced because of just that one.
 */
static size_t
count_entries(struct span value)
{
	struct buf plain;
	bool quoted = false, blank = true;
	size_t n = 0;

	buf_init(&plain, LIMIT_FIELD_BYTES);
	value = fields_uncomment(value, &plain);
	for (size_t i = 0; i < value.len; i++) {
		char c = value.p[i];

		if (c == '"')
			quoted = !quoted;
		if (c == '\\')
			i++;
		if (!quoted && (c == ',' || c == ';')) {
			n += !blank;
			blank = true;
		} else if (c != ' ' && c != '\t') {
			blank = false;
		}
	}
	buf_done(&plain);
	return n + !blank;
}

static void
read_to(struct span value, struct returned *out)
{
	struct addr first;
	size_t n, entries;

	if (!addr_from_header(value, &first, &n))
		return;
	entries = count_entries(value);
	if (out->to_n == 0)
		addr_copy(&out->to, &first);
	out->to_n += entries > n ? entries : n;
}

void
returned_read(struct mime *m, size_t parent, struct returned *out)
{
	struct fields f;
	struct span name, value, message;
	struct buf headers;
	size_t part = find_returned(m, parent);
	bool whole;

	if (part == m->parts_n)
		return;
	message = mime_content(m, part, &whole);
	buf_init(&headers, LIMIT_PART_BYTES);
	fields_open(&f, header_block(message, whole));
	while (fields_next(&f, &name, &value)) {
		if (span_is_nocase(name, "To"))
			read_to(value, out);
		if (span_is_nocase(name, "Message-Id") &&
		    out->message_id[0] == '\0')
			span_copy(value, out->message_id,
			    sizeof(out->message_id));
		buf_add_span(&headers, name);
		buf_add_text(&headers, ": ");
		buf_add_span(&headers, value);
		buf_add_char(&headers, '\n');
	}
	fields_done(&f);
	out->present = headers.len != 0;
	if (out->present)
		out->headers = mem_dup(headers.p, headers.len);
	buf_done(&headers);
}

void
returned_done(struct returned *r)
{
	free(r->headers);
	r->headers = NULL;
}
