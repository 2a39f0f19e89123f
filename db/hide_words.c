/*
 * hide_words - where in some bytes is what has to be hidden, and how that is
 * done, so that what JSON escapes is whole before and after.
 */
#include <string.h>
#include <strings.h>

#include "db/hide_impl.h"

/* As long as any other escape of this form, and "*" where it is read. */
#define STAR "\\u002a"

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_of_word(char c)
{
	return is_letter(c) || (c >= '0' && c <= '9') || c == '-' ||
	       (unsigned char)c >= 0x80;
}

/* A byte of the needle that is the same in either case: these are few in a
 * line, the letters are many. */
static size_t
anchor_of(const char *needle)
{
	size_t len = strlen(needle), at = strcspn(needle, "@+/");

	for (size_t i = 0; at == len && i < len; i++)
		if (!is_letter(needle[i]))
			at = i;
	return at;
}

/* Bytes of what stands there for one character of a JSON text. */
static size_t
unit_at(const char *bytes, size_t at, size_t len)
{
	size_t n = 1;

	if (bytes[at] == '\\' && at + 1 < len)
		n = bytes[at + 1] == 'u' ? 6 : 2;
	return n < len - at ? n : len - at;
}

/* Is the place in the middle of an escape of a JSON text? */
static bool
is_in_escape(const char *bytes, size_t at)
{
	for (size_t back = 1; back < 6 && back <= at; back++) {
		size_t slashes = 0, first = at - back;

		while (slashes <= first && bytes[first - slashes] == '\\')
			slashes++;
		if (slashes % 2 == 1)
			return back == 1 || bytes[first + 1] == 'u';
	}
	return false;
}

/* Does a word end before the place? Behind a "\n" of JSON, too. */
static bool
is_word_begin(enum form form, const char *bytes, size_t at)
{
	return at == 0 ||
	       (!is_of_word(bytes[at - 1]) && bytes[at - 1] != '_') ||
	       (form == FORM_JSON && at >= 2 && bytes[at - 2] == '\\' &&
		   is_in_escape(bytes, at - 1));
}

/* Does the needle end at a word's end there, and not somewhere in a name? A
 * domain is not meant where it is the end of an address. */
static bool
stands_alone(const struct hide *h, enum form form, const char *bytes, size_t at,
    size_t end, size_t len)
{
	return (end == len || !is_of_word(bytes[end])) &&
	       (h->value.kind != KIND_DOMAIN || is_word_begin(form, bytes, at));
}

size_t
hide_find(const struct hide *h, const char *needle, enum form form,
    const char *bytes, size_t from, size_t len)
{
	size_t n = strlen(needle), anchor = anchor_of(needle);
	const char *found;

	/* All letters: no value is like that. */
	if (anchor == n)
		return len;
	for (from += anchor;
	     from < len &&
	     (found = memchr(bytes + from, needle[anchor], len - from)) != NULL;
	     from = (size_t)(found - bytes) + 1) {
		size_t at = (size_t)(found - bytes) - anchor;

		if (len - at >= n && strncasecmp(bytes + at, needle, n) == 0 &&
		    stands_alone(h, form, bytes, at, at + n, len) &&
		    (form == FORM_TEXT || !is_in_escape(bytes, at)))
			return at;
	}
	return len;
}

bool
hide_fill(enum form form, char *bytes, size_t len)
{
	bool any = false;
	size_t n;

	for (size_t at = 0; at < len; at += n) {
		n = form == FORM_TEXT ? 1 : unit_at(bytes, at, len);
		if (n == 2 && form == FORM_JSON)
			continue;
		any = any || (n < 6 && bytes[at] != '*') ||
		      (n == 6 && memcmp(bytes + at, STAR, 6) != 0);
		if (n == 6)
			memcpy(bytes + at, STAR, 6);
		else
			memset(bytes + at, '*', n);
	}
	return any;
}

/* Until there is none: what is hidden may let a word end where none did. */
bool
hide_needle(const struct hide *h, const char *needle, enum form form,
    char *bytes, size_t len)
{
	size_t n = strlen(needle), at;
	bool any = false;

	while ((at = hide_find(h, needle, form, bytes, 0, len)) < len &&
	       hide_fill(form, bytes + at, n))
		any = true;
	return any;
}

bool
hide_addresses(enum form form, char *bytes, size_t len)
{
	static const char ends[] = " \t<>()[]\"',;:\\*";
	size_t begin = 0, at = 0, n;
	bool any = false, address = false;

	while (at < len) {
		bool end = strchr(ends, bytes[at]) != NULL;

		n = form == FORM_JSON ? unit_at(bytes, at, len) : 1;
		if (n == 6)
			end = false;
		address = address || bytes[at] == '@';
		at += n;
		if (!end && at < len)
			continue;
		if (address)
			any |= hide_fill(form, bytes + begin,
			    (end ? at - n : at) - begin);
		address = false;
		begin = at;
	}
	return any;
}
