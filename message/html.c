#include "message/html.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/attr.h"
#include "base/utf8.h"

/* Elements before and behind which a line ends. */
static const char *const blocks[] = {
	"address",
	"blockquote",
	"body",
	"br",
	"dd",
	"div",
	"dl",
	"dt",
	"h1",
	"h2",
	"h3",
	"h4",
	"h5",
	"h6",
	"hr",
	"html",
	"li",
	"ol",
	"p",
	"pre",
	"table",
	"td",
	"th",
	"title",
	"tr",
	"ul",
};

/* Elements whose content nobody is shown. */
static const char *const hidden[] = { "script", "style" };

static bool
is_one_of(struct span name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_is_nocase(name, names[i]))
			return true;
	return false;
}

static bool
is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9');
}

/* The name of the element in a tag, what stands between "<" and ">". */
static struct span
tag_name(struct span tag)
{
	size_t len = 0;

	if (tag.len > 0 && tag.p[0] == '/') {
		tag.p++;
		tag.len--;
	}
	while (len < tag.len && is_name_char(tag.p[len]))
		len++;
	return (struct span){ tag.p, len };
}

static void
new_line(struct buf *out)
{
	if (out->len > 0 && out->p[out->len - 1] != '\n')
		buf_add_char(out, '\n');
}

/* One character of text; white space in HTML is one blank. */
static void
add_char(struct buf *out, char c)
{
	if (c != ' ' && c != '\t' && c != '\r' && c != '\n') {
		buf_add_char(out, c);
		return;
	}
	if (out->len > 0 && out->p[out->len - 1] != ' ' &&
	    out->p[out->len - 1] != '\n')
		buf_add_char(out, ' ');
}

static void
add_code(struct buf *out, uint32_t code)
{
	char bytes[4];

	if (code == 0 || code == 0xA0)
		code = ' ';
	if (code < 0x80)
		add_char(out, (char)code);
	else if (code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF))
		buf_add(out, bytes, utf8_put(code, bytes));
}

/* The number in "#39" or "#x27"; 0 if it is none. */
static uint32_t
number_of(struct span name)
{
	bool hex = name.len > 2 && (name.p[1] == 'x' || name.p[1] == 'X');
	uint32_t code = 0;

	for (size_t i = hex ? 2 : 1; i < name.len && code < 0x110000; i++) {
		char c = name.p[i];
		unsigned digit;

		if (c >= '0' && c <= '9')
			digit = (unsigned)(c - '0');
		else if (hex && (c | 32) >= 'a' && (c | 32) <= 'f')
			digit = (unsigned)((c | 32) - 'a') + 10;
		else
			return 0;
		code = code * (hex ? 16 : 10) + digit;
	}
	return code;
}

/* An entity at the front of s, and its length; 0: it is none. */
static size_t
add_entity(struct span s, struct buf *out)
{
	static const struct {
		const char *name;
		char c;
	} names[] = {
		{ "lt", '<' },
		{ "gt", '>' },
		{ "amp", '&' },
		{ "quot", '"' },
		{ "nbsp", ' ' },
		{ "apos", '\'' },
	};
	struct span head = { s.p + 1, s.len - 1 < 10 ? s.len - 1 : 10 };
	size_t end = span_find(head, ';');
	struct span name = { head.p, end };

	if (end == head.len || end == 0)
		return 0;
	if (name.p[0] == '#') {
		add_code(out, number_of(name));
		return end + 2;
	}
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (span_is(name, names[i].name)) {
			add_char(out, names[i].c);
			return end + 2;
		}
	return 0;
}

/* Behind the end tag of an element whose content is not shown. */
static size_t
skip_hidden(struct span s, struct span name)
{
	for (size_t i = 0; i + 2 + name.len <= s.len; i++)
		if (s.p[i] == '<' && s.p[i + 1] == '/' &&
		    strncasecmp(s.p + i + 2, name.p, name.len) == 0)
			return i;
	return s.len;
}

/* The length of the tag or comment at the front of s. */
static size_t
take_tag(struct span s, struct buf *out)
{
	struct span tag = { s.p + 1, span_find(s, '>') }, name;
	const char *end;
	size_t len;

	if (s.len >= 4 && memcmp(s.p, "<!--", 4) == 0) {
		end = memmem(s.p, s.len, "-->", 3);
		return end != NULL ? (size_t)(end - s.p) + 3 : s.len;
	}
	if (tag.len == s.len)
		return s.len;
	len = tag.len + 1;
	tag.len--;
	name = tag_name(tag);
	if (is_one_of(name, blocks, ARRAY_LEN(blocks)))
		new_line(out);
	if (tag.p[0] != '/' && is_one_of(name, hidden, ARRAY_LEN(hidden)))
		len +=
		    skip_hidden((struct span){ s.p + len, s.len - len }, name);
	return len;
}

/* "<user@example.com>" and "a < b" in bad HTML are no tags. */
static bool
is_tag(struct span s)
{
	return s.len > 1 && (s.p[1] == '/' || s.p[1] == '!' || s.p[1] == '?' ||
				((s.p[1] | 32) >= 'a' && (s.p[1] | 32) <= 'z'));
}

/* An address in brackets that nobody escaped: shown by no reader. */
static bool
is_address(struct span s)
{
	struct span inside = { s.p + 1, span_find(s, '>') };

	if (inside.len == s.len || inside.len > 256)
		return false;
	inside.len--;
	return span_find(inside, '@') < inside.len &&
	       span_find(inside, ' ') == inside.len &&
	       span_find(inside, '=') == inside.len;
}

void
html_add_text(struct span html, bool whole, struct buf *out)
{
	size_t len;

	for (size_t i = 0; i < html.len && !out->full; i += len) {
		struct span rest = { html.p + i, html.len - i };

		len = 0;
		if (rest.p[0] == '<' && is_tag(rest) && !is_address(rest))
			len = take_tag(rest, out);
		else if (rest.p[0] == '&')
			len = add_entity(rest, out);
		if (len == 0) {
			add_char(out, rest.p[0]);
			len = 1;
		}
	}
	if (whole)
		new_line(out);
}
