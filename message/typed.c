#include "message/typed.h"

#include <stdint.h>
#include <string.h>

#include "base/limits.h"
#include "message/fields.h"

/* RFC 822 3.3: no specials, no blanks, no control characters. */
static bool
is_atom(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~' ||
		    strchr("()<>@,;:\\\".[]", s.p[i]) != NULL)
			return false;
	return s.len > 0;
}

void
typed_cut(struct span value, struct span *type, struct span *text)
{
	struct span rest = value, head;

	*type = (struct span){ "", 0 };
	*text = span_trim(value);
	if (span_find(value, ';') == value.len || !span_cut(&rest, ';', &head))
		return;
	head = span_trim(head);
	if (head.len != 0 && !is_atom(head))
		return;
	*type = head;
	*text = span_trim(rest);
}

/*
 * The character of an EmbeddedUnicodeChar, "\x{FC}" (RFC 6533 3), at the
 * front of s, and its length; 0 if there is none.
 */
static size_t
embedded_char(struct span s, uint32_t *code)
{
	size_t i = 3;

	if (s.len < 6 || memcmp(s.p, "\\x{", 3) != 0)
		return 0;
	for (*code = 0; i < s.len && i < 9 && span_hex_digit(s.p[i]) >= 0; i++)
		*code = *code * 16 + (uint32_t)span_hex_digit(s.p[i]);
	if (i == s.len || s.p[i] != '}' || i < 5)
		return 0;
	if (*code == 0 || *code > 0x10FFFF ||
	    (*code >= 0xD800 && *code <= 0xDFFF))
		return 0;
	return i + 1;
}

static void
add_utf8(struct buf *out, uint32_t code)
{
	/* Lead byte and continuation bytes of each length, RFC 3629 3. */
	static const struct {
		uint32_t below;
		unsigned char lead;
		int more;
	} forms[] = {
		{ 0x80, 0, 0 },
		{ 0x800, 0xC0, 1 },
		{ 0x10000, 0xE0, 2 },
		{ 0x110000, 0xF0, 3 },
	};
	size_t form = 0;

	while (code >= forms[form].below)
		form++;
	buf_add_char(out,
	    (char)(forms[form].lead | (code >> (6 * forms[form].more))));
	for (int more = forms[form].more - 1; more >= 0; more--)
		buf_add_char(out, (char)(0x80 | (code >> (6 * more) & 0x3F)));
}

/* A value that is not of that form stays as it is (RFC 6533 3). */
static struct span
decode_unitext(struct span s, struct buf *scratch)
{
	uint32_t code;
	size_t len;

	buf_reset(scratch);
	for (size_t i = 0; i < s.len; i += len) {
		struct span rest = { s.p + i, s.len - i };

		len = embedded_char(rest, &code);
		if (len != 0) {
			add_utf8(scratch, code);
			continue;
		}
		if (s.p[i] == '\\')
			return s;
		buf_add_char(scratch, s.p[i]);
		len = 1;
	}
	return buf_span(scratch);
}

/* "Joe <joe@example.com>": what stands in angle brackets at the end. */
static bool
in_brackets(struct span s, struct span *inner)
{
	size_t open = span_find(s, '<');

	if (s.len == 0 || s.p[s.len - 1] != '>' || open == s.len)
		return false;
	*inner = (struct span){ s.p + open + 1, s.len - open - 2 };
	return span_find(*inner, '<') == inner->len &&
	       span_find(*inner, '>') == inner->len;
}

/*
 * What would parse, but is not what somebody wrote to: "david...@example.com"
 * (groups and logs cut addresses like that), and a backslash outside quotes,
 * which is an escape of another type.
 */
static bool
is_mangled(struct span text)
{
	size_t at = span_find(text, '@');

	if (span_find(text, '\\') < text.len &&
	    span_find(text, '"') == text.len)
		return true;
	return at < text.len && at >= 3 &&
	       memcmp(text.p + at - 3, "...", 3) == 0;
}

void
typed_address(struct span value, struct claim_address *out)
{
	struct buf plain, decoded;
	struct span type, text, inner;
	struct error err;

	*out = (struct claim_address){ 0 };
	buf_init(&plain, LIMIT_FIELD_BYTES);
	buf_init(&decoded, LIMIT_FIELD_BYTES);
	typed_cut(fields_uncomment(value, &plain), &type, &text);
	if (span_is_nocase(type, "utf-8"))
		text = decode_unitext(text, &decoded);
	out->present = text.len != 0;
	if (span_copy(text, out->text, sizeof(out->text)) && !is_mangled(text))
		out->valid = addr_parse(text, &out->addr, &err) ||
			     (in_brackets(text, &inner) &&
				 addr_parse(inner, &out->addr, &err));
	buf_done(&plain);
	buf_done(&decoded);
}

void
typed_name(struct span value, char *out, size_t size)
{
	struct buf plain;
	struct span type, text;

	buf_init(&plain, LIMIT_FIELD_BYTES);
	typed_cut(fields_uncomment(value, &plain), &type, &text);
	span_copy(text, out, size);
	buf_done(&plain);
}
