#include "base/span.h"

#include <string.h>
#include <strings.h>

struct span
span_of(const char *text)
{
	return (struct span){ text, strlen(text) };
}

bool
span_is(struct span s, const char *text)
{
	return s.len == strlen(text) &&
	       (s.len == 0 || memcmp(s.p, text, s.len) == 0);
}

bool
span_is_nocase(struct span s, const char *text)
{
	return s.len == strlen(text) && span_starts_nocase(s, text);
}

bool
span_starts_nocase(struct span s, const char *text)
{
	size_t len = strlen(text);

	return s.len >= len && (len == 0 || strncasecmp(s.p, text, len) == 0);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct span
span_trim(struct span s)
{
	while (s.len > 0 && is_blank(s.p[0])) {
		s.p++;
		s.len--;
	}
	while (s.len > 0 && is_blank(s.p[s.len - 1]))
		s.len--;
	return s;
}

size_t
span_find(struct span s, char c)
{
	const char *at = s.len != 0 ? memchr(s.p, c, s.len) : NULL;

	return at != NULL ? (size_t)(at - s.p) : s.len;
}

struct span
span_unwrap(struct span s)
{
	if (s.len >= 2 && s.p[0] == '<' && s.p[s.len - 1] == '>')
		s = (struct span){ s.p + 1, s.len - 2 };
	return s;
}

bool
span_cut(struct span *s, char c, struct span *head)
{
	size_t at;

	if (s->len == 0)
		return false;
	at = span_find(*s, c);
	*head = (struct span){ s->p, at };
	if (at < s->len)
		at++;
	s->p += at;
	s->len -= at;
	return true;
}

bool
span_line(struct span *s, struct span *line)
{
	if (!span_cut(s, '\n', line))
		return false;
	if (line->len > 0 && line->p[line->len - 1] == '\r')
		line->len--;
	return true;
}

bool
span_copy(struct span s, char *out, size_t size)
{
	size_t len = s.len;

	if (len >= size) {
		len = size - 1;
		/* Step back to where a character begins. */
		while (len > 0 && ((unsigned char)s.p[len] & 0xC0) == 0x80)
			len--;
	}
	if (len != 0)
		memcpy(out, s.p, len);
	out[len] = '\0';
	return len == s.len;
}

bool
span_is_id(struct span s, size_t size)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

	for (size_t i = 0; i < s.len; i++)
		if (memchr(allowed, s.p[i], sizeof(allowed) - 1) == NULL)
			return false;
	return s.len > 0 && s.len < size;
}

int
span_hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool
span_number(struct span s, unsigned long long max, unsigned long long *number)
{
	unsigned long long n = 0;

	if (s.len == 0)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		unsigned digit = (unsigned char)s.p[i] - (unsigned)'0';

		if (digit > 9 || n > (max - digit) / 10)
			return false;
		n = n * 10 + digit;
	}
	*number = n;
	return true;
}
