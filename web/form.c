#include "web/form.h"

#include <string.h>

#include "base/percent.h"
#include "base/utf8.h"

#define URLENCODED "application/x-www-form-urlencoded"
#define MULTIPART "multipart/form-data"

/* RFC 2046 5.1.1: a boundary has at most 70 bytes. */
#define BOUNDARY_BYTES 70

static bool
is_text(struct span s)
{
	while (s.len > 0) {
		uint32_t c;
		size_t n = utf8_next(s, &c);

		if (c == UTF8_BAD || c == 0)
			return false;
		s.p += n;
		s.len -= n;
	}
	return true;
}

bool
form_decode(struct span s, bool plus, char *out, size_t size)
{
	size_t len;

	return percent_decode(s, plus, out, size, &len) &&
	       is_text((struct span){ out, len });
}

bool
form_pair(struct span *rest, char name[LIMIT_WORD_TEXT], char *value,
    size_t size, bool *whole)
{
	struct span pair, key = { "", 0 };

	if (!span_cut(rest, '&', &pair))
		return false;
	(void)span_cut(&pair, '=', &key);
	*whole = form_decode(key, true, name, LIMIT_WORD_TEXT);
	if (!*whole)
		name[0] = '\0';
	*whole = form_decode(pair, true, value, size) && *whole;
	return true;
}

static bool
urlencoded_get(struct span body, const char *name, char *out, size_t size)
{
	char found[LIMIT_WORD_TEXT];
	bool whole;

	while (form_pair(&body, found, out, size, &whole))
		if (strcmp(found, name) == 0)
			return whole;
	return false;
}

/*
 * The value of a parameter of a header field, RFC 9110 5.6.6: after each ";"
 * a name, "=", and a token or a quoted text.
 */
static bool
parameter(struct span field, const char *name, char *out, size_t size)
{
	struct span word, key;

	(void)span_cut(&field, ';', &word);
	while (field.len > 0) {
		size_t used = 0, i;
		bool quoted;

		(void)span_cut(&field, '=', &key);
		quoted = field.len > 0 && field.p[0] == '"';
		for (i = quoted; i < field.len; i++) {
			char c = field.p[i];

			if (c == (quoted ? '"' : ';'))
				break;
			if (quoted && c == '\\' && i + 1 < field.len)
				c = field.p[++i];
			if (used + 1 < size)
				out[used++] = c;
		}
		out[used] = '\0';
		if (span_is_nocase(span_trim(key), name))
			return true;
		field.p += i;
		field.len -= i;
		(void)span_cut(&field, ';', &word);
	}
	return false;
}

/* The media type, without parameters. */
static struct span
media(const char *type)
{
	struct span rest = span_of(type), head = { "", 0 };

	(void)span_cut(&rest, ';', &head);
	return span_trim(head);
}

bool
form_is(const char *type)
{
	return span_is_nocase(media(type), URLENCODED) ||
	       span_is_nocase(media(type), MULTIPART);
}

/* Takes what stands before the first text off the front of *s, and skips the
 * text. False: it is not there. */
static bool
cut_text(struct span *s, const char *text, size_t len, struct span *head)
{
	const char *at = s->len > 0 ? memmem(s->p, s->len, text, len) : NULL;

	if (at == NULL)
		return false;
	*head = (struct span){ s->p, (size_t)(at - s->p) };
	s->len -= head->len + len;
	s->p = at + len;
	return true;
}

/* Is the head of a part that of the field called name? */
static bool
is_field(struct span head, const char *name)
{
	char value[LIMIT_WORD_TEXT];
	struct span line, key;

	while (span_line(&head, &line)) {
		if (!span_cut(&line, ':', &key) ||
		    !span_is_nocase(span_trim(key), "Content-Disposition"))
			continue;
		return parameter(line, "name", value, sizeof(value)) &&
		       strcmp(value, name) == 0;
	}
	return false;
}

bool
form_part(const char *type, struct span body, const char *name,
    struct span *out)
{
	char delimiter[sizeof("\r\n--") + BOUNDARY_BYTES + 1] = "\r\n--";
	struct span part, head, line;
	size_t len;

	if (!span_is_nocase(media(type), MULTIPART) ||
	    !parameter(span_of(type), "boundary", delimiter + 4,
		sizeof(delimiter) - 4))
		return false;
	len = strlen(delimiter);
	if (len == 4)
		return false;
	/* The first one may stand at the very beginning. */
	if (body.len >= len - 2 &&
	    memcmp(body.p, delimiter + 2, len - 2) == 0) {
		body.p += len - 2;
		body.len -= len - 2;
	} else if (!cut_text(&body, delimiter, len, &part)) {
		return false;
	}
	/* The rest of the delimiter's line, then the part. */
	while (cut_text(&body, "\r\n", 2, &line) && span_trim(line).len == 0) {
		if (!cut_text(&body, delimiter, len, &part) ||
		    !cut_text(&part, "\r\n\r\n", 4, &head))
			return false;
		if (is_field(head, name)) {
			*out = part;
			return is_text(part);
		}
	}
	return false;
}

bool
form_get(const char *type, struct span body, const char *name, char *out,
    size_t size)
{
	struct span part;

	if (form_part(type, body, name, &part))
		return span_copy(part, out, size);
	return span_is_nocase(media(type), URLENCODED) &&
	       urlencoded_get(body, name, out, size);
}
