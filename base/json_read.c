#include "base/json.h"

#include <string.h>

#include "base/utf8.h"

/* RFC 8259 2. */
static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void
skip_blanks(struct json_reader *r)
{
	while (r->at < r->line.len && is_blank(r->line.p[r->at]))
		r->at++;
}

/* Takes c if it comes next. */
static bool
take(struct json_reader *r, char c)
{
	skip_blanks(r);
	if (r->at >= r->line.len || r->line.p[r->at] != c)
		return false;
	r->at++;
	return true;
}

/* The text up to the closing quote; the opening one has been taken. */
static bool
take_string(struct json_reader *r, struct span *out)
{
	size_t from = r->at;

	while (r->at < r->line.len) {
		char c = r->line.p[r->at];

		if (c == '"') {
			*out = (struct span){ r->line.p + from, r->at - from };
			r->at++;
			return true;
		}
		if ((unsigned char)c < 0x20)
			return false;
		r->at += c == '\\' ? 2 : 1;
	}
	r->at = r->line.len;
	return false;
}

static bool
take_number(struct json_reader *r)
{
	bool minus = take(r, '-');
	struct span digits = { r->line.p + r->at, 0 };
	unsigned long long n;

	while (r->at < r->line.len && r->line.p[r->at] >= '0' &&
	       r->line.p[r->at] <= '9') {
		r->at++;
		digits.len++;
	}
	if ((digits.len > 1 && digits.p[0] == '0') ||
	    !span_number(digits, INT64_MAX + (minus ? 1ULL : 0), &n))
		return false;
	/* The least number has no positive twin. */
	r->number = minus ? (int64_t)(0 - n) : (int64_t)n;
	return true;
}

static bool
take_word(struct json_reader *r)
{
	static const struct {
		const char *word;
		enum json_type type;
		int64_t number;
	} words[] = { { "true", JSON_BOOL, 1 }, { "false", JSON_BOOL, 0 },
		{ "null", JSON_NULL, 0 } };

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		size_t len = strlen(words[i].word);

		if (r->line.len - r->at < len ||
		    memcmp(r->line.p + r->at, words[i].word, len) != 0)
			continue;
		r->at += len;
		r->type = words[i].type;
		r->number = words[i].number;
		return true;
	}
	return false;
}

/* Any value but an array. */
static bool
take_plain(struct json_reader *r)
{
	skip_blanks(r);
	r->number = 0;
	r->raw = (struct span){ "", 0 };
	if (take(r, '"')) {
		r->type = JSON_TEXT;
		return take_string(r, &r->raw);
	}
	if (take_word(r))
		return true;
	r->type = JSON_INT;
	return take_number(r);
}

/* The opening bracket has been taken. */
static bool
take_array(struct json_reader *r)
{
	size_t from = r->at;

	if (!take(r, ']')) {
		do
			if (!take_plain(r))
				return false;
		while (take(r, ','));
		if (!take(r, ']'))
			return false;
	}
	r->type = JSON_ARRAY;
	r->number = 0;
	r->raw = (struct span){ r->line.p + from, r->at - 1 - from };
	return true;
}

void
json_open(struct json_reader *r, struct span line)
{
	*r = (struct json_reader){ .line = line, .name = { "", 0 } };
	r->bad = !take(r, '{');
}

void
json_open_array(struct json_reader *elements, const struct json_reader *r)
{
	*elements = (struct json_reader){ .line = r->raw,
		.name = { "", 0 },
		.in_array = true };
}

static bool
next_element(struct json_reader *r)
{
	skip_blanks(r);
	if (r->at >= r->line.len)
		return false;
	if (r->started && !take(r, ',')) {
		r->bad = true;
		return false;
	}
	r->started = true;
	r->bad = !take_plain(r);
	return !r->bad;
}

bool
json_next(struct json_reader *r)
{
	if (r->bad || r->ended)
		return false;
	if (r->in_array)
		return next_element(r);
	if (take(r, '}')) {
		r->ended = true;
		return false;
	}
	r->bad = (r->started && !take(r, ',')) || !take(r, '"') ||
		 !take_string(r, &r->name) || !take(r, ':');
	r->bad = r->bad || !(take(r, '[') ? take_array(r) : take_plain(r));
	r->started = true;
	return !r->bad;
}

bool
json_close(const struct json_reader *r, struct error *err)
{
	size_t at = r->at;

	while (!r->bad && at < r->line.len && is_blank(r->line.p[at]))
		at++;
	if (!r->bad && at == r->line.len && (r->ended || r->in_array))
		return true;
	error_set(err, ERROR_INVALID, "no JSON object: byte %zu",
	    (at < r->line.len ? at : r->line.len) + 1);
	return false;
}

static bool
hex4(struct span s, size_t at, uint32_t *c)
{
	*c = 0;
	if (s.len - at < 4)
		return false;
	for (size_t i = at; i < at + 4; i++) {
		int digit = span_hex_digit(s.p[i]);

		if (digit < 0)
			return false;
		*c = *c << 4 | (uint32_t)digit;
	}
	return true;
}

/* One escape at s[*at], behind its backslash. */
static bool
unescape(struct span s, size_t *at, uint32_t *c)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *which;
	uint32_t low;

	if (*at >= s.len)
		return false;
	if (s.p[*at] != 'u') {
		which = memchr(from, s.p[(*at)++], sizeof(from) - 1);
		if (which != NULL)
			*c = (unsigned char)to[which - from];
		return which != NULL;
	}
	if (!hex4(s, *at + 1, c) || *c == 0 || (*c >= 0xDC00 && *c < 0xE000))
		return false;
	*at += 5;
	if (*c < 0xD800 || *c > 0xDFFF)
		return true;
	if (s.len - *at < 6 || s.p[*at] != '\\' || s.p[*at + 1] != 'u' ||
	    !hex4(s, *at + 2, &low) || low < 0xDC00 || low > 0xDFFF)
		return false;
	*at += 6;
	*c = 0x10000 + ((*c - 0xD800) << 10) + (low - 0xDC00);
	return true;
}

bool
json_get(const struct json_reader *r, char *out, size_t size)
{
	size_t used = 0;

	if (r->type != JSON_TEXT)
		return false;
	for (size_t at = 0; at < r->raw.len;) {
		char bytes[4];
		size_t n = 1;
		uint32_t c;

		bytes[0] = r->raw.p[at++];
		if (bytes[0] == '\\') {
			if (!unescape(r->raw, &at, &c))
				return false;
			n = utf8_put(c, bytes);
		}
		if (size - used <= n)
			return false;
		memcpy(out + used, bytes, n);
		used += n;
	}
	if (size == 0)
		return false;
	out[used] = '\0';
	return true;
}
