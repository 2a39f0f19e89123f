#include "message/returned.h"

#include <stdlib.h>
#include <string.h>

#include "base/attr.h"
#include "base/limits.h"
#include "base/mem.h"
#include "message/fields.h"

static const char *const returned_types[] = {
	"message/rfc822",
	"message/global",
	"text/rfc822-headers",
	"text/rfc822", /* no registered type: RFC 9477's own example */
	"message/global-headers",
};

bool
returned_is(const struct mime_part *p)
{
	for (size_t i = 0; i < ARRAY_LEN(returned_types); i++)
		if (strcmp(p->type, returned_types[i]) == 0)
			return true;
	return false;
}

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

/*
 * To names the sender itself (mail to many in Bcc), or the list that passed
 * the message on: the bounce is of somebody else.
 */
static bool
names_passer(struct span name, struct span value, const struct addr *to)
{
	static const char *const passers[] = {
		"From",
		"Sender",
		"List-Post",
		"X-BeenThere",
	};
	struct addr a;
	size_t n;

	for (size_t i = 0; i < ARRAY_LEN(passers); i++)
		if (span_is_nocase(name, passers[i]) &&
		    addr_from_header(value, &a, &n) &&
		    strcmp(a.text, to->text) == 0)
			return true;
	return false;
}

/* "for <joe@example.com>;" in a Received (RFC 5321 4.4). */
static bool
received_for(struct span value, struct addr *out)
{
	struct span word;
	struct error err;

	while (span_cut(&value, ' ', &word))
		if (span_is_nocase(word, "for") &&
		    span_cut(&value, ' ', &word)) {
			word = (struct span){ word.p, span_find(word, ';') };
			return addr_parse(word, out, &err);
		}
	return false;
}

static struct span
without_mailto(struct span value)
{
	static const char mailto[] = "<mailto:";

	if (!span_starts_nocase(value, mailto))
		return value;
	value.p += strlen(mailto);
	value.len -= strlen(mailto);
	return (struct span){ value.p, span_find(value, '>') };
}

/*
 * Forgets the To if it is not whom the message was sent to: it names a passer,
 * or the first MTA of its way took it for somebody else.
 */
static void
check_to(struct span block, struct returned *out)
{
	struct fields f;
	struct span name, value;
	struct addr first;
	bool known = false, passer = false;

	if (out->to_n != 1)
		return;
	fields_open(&f, block);
	while (fields_next(&f, &name, &value)) {
		/* The oldest is the last. */
		if (span_is_nocase(name, "Received"))
			known = received_for(value, &first) || known;
		passer = passer ||
			 names_passer(name, without_mailto(value), &out->to);
	}
	fields_done(&f);
	if (passer || (known && strcmp(first.text, out->to.text) != 0))
		out->to_n = 0;
	out->to_sent = known && out->to_n != 0;
}

void
returned_message(struct span message, bool whole, struct returned *out)
{
	struct fields f;
	struct span name, value, block = header_block(message, whole);
	struct buf headers;

	buf_init(&headers, LIMIT_PART_BYTES);
	fields_open(&f, block);
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
	check_to(block, out);
	out->present = headers.len != 0;
	if (out->present)
		out->headers = mem_dup(headers.p, headers.len);
	buf_done(&headers);
}

void
returned_read(struct mime *m, size_t parent, struct returned *out)
{
	size_t part = find_returned(m, parent);
	struct span message;
	bool whole;

	if (part == m->parts_n)
		return;
	message = mime_content(m, part, &whole);
	returned_message(message, whole, out);
}

void
returned_done(struct returned *r)
{
	free(r->headers);
	r->headers = NULL;
}
