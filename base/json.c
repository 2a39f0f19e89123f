#include "base/json.h"

#include <string.h>

#include "base/utf8.h"

/* Room for more bytes behind a comma, unless this is the first of its object
 * or array, and the name; NULL: the buffer is full. *n has been put there. */
static char *
begin_member(struct buf *out, const char *name, size_t more, size_t *n)
{
	char last = out->len > 0 ? out->p[out->len - 1] : '{';
	size_t len = name != NULL ? strlen(name) : 0;
	char *at = buf_grow(out, len + 4 + more);

	*n = 0;
	if (at == NULL)
		return NULL;
	if (last != '{' && last != '[')
		at[(*n)++] = ',';
	if (name != NULL) {
		at[(*n)++] = '"';
		memcpy(at + *n, name, len);
		memcpy(at + *n + len, "\":", 2);
		*n += len + 2;
	}
	return at;
}

static void
separate(struct buf *out, const char *name)
{
	size_t n;

	if (begin_member(out, name, 0, &n) != NULL)
		buf_grown(out, n);
}

void
json_begin(struct buf *out)
{
	buf_add_char(out, '{');
}

void
json_end(struct buf *out)
{
	buf_add_char(out, '}');
}

static void
escape(struct buf *out, uint32_t c)
{
	switch (c) {
	case '"':
		buf_add_text(out, "\\\"");
		return;
	case '\\':
		buf_add_text(out, "\\\\");
		return;
	case '\n':
		buf_add_text(out, "\\n");
		return;
	case '\t':
		buf_add_text(out, "\\t");
		return;
	default:
		break;
	}
	if (c == UTF8_BAD)
		c = 0xFFFD;
	if (c >= 0x20 && c < 0x7F)
		buf_add_char(out, (char)c);
	else if (c < 0x10000)
		buf_addf(out, "\\u%04x", c);
	else
		buf_addf(out, "\\u%04x\\u%04x", 0xD800 + ((c - 0x10000) >> 10),
		    0xDC00 + ((c - 0x10000) & 0x3FF));
}

/* Does one of the eight bytes not stand for itself? Of each, the highest bit
 * is set where it is below 0x20, 0x7F or above, '"' or a backslash. */
static bool
is_special(uint64_t eight)
{
	const uint64_t ones = 0x0101010101010101, high = 0x80 * ones;
	uint64_t quote = eight ^ '"' * ones, slash = eight ^ '\\' * ones;

	return (((eight - 0x20 * ones) | (eight + ones) | (quote - ones) |
		    (slash - ones) | eight) &
		   high) != 0;
}

/* The run of bytes at the front that stand for themselves. */
static size_t
plain_run(struct span s)
{
	uint64_t eight;
	size_t n = 0;

	while (s.len - n >= sizeof(eight)) {
		memcpy(&eight, s.p + n, sizeof(eight));
		if (is_special(eight))
			break;
		n += sizeof(eight);
	}
	while (n < s.len && s.p[n] >= 0x20 && s.p[n] < 0x7F && s.p[n] != '"' &&
	       s.p[n] != '\\')
		n++;
	return n;
}

/* All of it stands for itself: most texts. False: nothing was written. */
static bool
put_plain(struct buf *out, const char *name, struct span text)
{
	size_t n;
	char *at;

	if (plain_run(text) < text.len)
		return false;
	at = begin_member(out, name, text.len + 2, &n);
	if (at == NULL)
		return true;
	at[n++] = '"';
	memcpy(at + n, text.p, text.len);
	at[n + text.len] = '"';
	buf_grown(out, n + text.len + 1);
	return true;
}

void
json_text(struct buf *out, const char *name, struct span text)
{
	if (put_plain(out, name, text))
		return;
	separate(out, name);
	buf_add_char(out, '"');
	while (text.len > 0) {
		size_t n = plain_run(text);
		uint32_t c;

		buf_add(out, text.p, n);
		text.p += n;
		text.len -= n;
		if (text.len == 0)
			break;
		n = utf8_next(text, &c);
		escape(out, c);
		text.p += n;
		text.len -= n;
	}
	buf_add_char(out, '"');
}

void
json_int(struct buf *out, const char *name, int64_t number)
{
	uint64_t left = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
	char digits[21], *to;
	size_t at = sizeof(digits), n;

	do {
		digits[--at] = (char)('0' + left % 10);
		left /= 10;
	} while (left > 0);
	if (number < 0)
		digits[--at] = '-';
	to = begin_member(out, name, sizeof(digits) - at, &n);
	if (to == NULL)
		return;
	memcpy(to + n, digits + at, sizeof(digits) - at);
	buf_grown(out, n + sizeof(digits) - at);
}

void
json_bool(struct buf *out, const char *name, bool yes)
{
	separate(out, name);
	buf_add_text(out, yes ? "true" : "false");
}

void
json_null(struct buf *out, const char *name)
{
	separate(out, name);
	buf_add_text(out, "null");
}

void
json_array_begin(struct buf *out, const char *name)
{
	separate(out, name);
	buf_add_char(out, '[');
}

void
json_array_end(struct buf *out)
{
	buf_add_char(out, ']');
}

void
json_object_begin(struct buf *out, const char *name)
{
	separate(out, name);
	buf_add_char(out, '{');
}

void
json_object_end(struct buf *out)
{
	buf_add_char(out, '}');
}
