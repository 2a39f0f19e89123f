#include "base/json.h"

#include "base/utf8.h"

/* A comma unless this is the first of its object or array. */
static void
separate(struct buf *out, const char *name)
{
	char last = out->len > 0 ? out->p[out->len - 1] : '{';

	if (last != '{' && last != '[')
		buf_add_char(out, ',');
	if (name != NULL)
		buf_addf(out, "\"%s\":", name);
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

/* The run of bytes at the front that stand for themselves. */
static size_t
plain_run(struct span s)
{
	size_t n = 0;

	while (n < s.len && s.p[n] >= 0x20 && s.p[n] < 0x7F && s.p[n] != '"' &&
	       s.p[n] != '\\')
		n++;
	return n;
}

void
json_text(struct buf *out, const char *name, struct span text)
{
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
	separate(out, name);
	buf_addf(out, "%lld", (long long)number);
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
