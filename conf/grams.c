/*
 * The runs are found by reading a regular expression with great caution:
 * what is not a plain letter ends a run, a set or a class is skipped, brackets
 * are looked into only where there is nothing else, a quantifier takes back the
 * letter before it, and any syntax beyond that means "may match anything". Only
 * ASCII counts; upper and lower case are the same.
 */
#include "conf/grams.h"

#include <string.h>

/* Brackets of one way that are looked into, and how deep. */
#define BRACKETS 8
#define DEPTH 4

static unsigned char
lower(char c)
{
	unsigned char u = (unsigned char)c;

	return u >= 'A' && u <= 'Z' ? (unsigned char)(u + 'a' - 'A') : u;
}

static uint16_t
hash(const char *three)
{
	uint32_t h = (uint32_t)lower(three[0]) << 16 |
		     (uint32_t)lower(three[1]) << 8 | lower(three[2]);

	return (uint16_t)((h * 2654435761U) >> 18);
}

void
grams_of_text(struct span text, struct grams *out)
{
	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i + 3 <= text.len; i++) {
		uint16_t h = hash(text.p + i);

		out->set[h / 64] |= 1ULL << (h % 64);
	}
}

bool
grams_allow(const struct grams *text, const struct grams_need *need)
{
	for (size_t i = 0; i < need->n; i++) {
		size_t j = 0;

		while (
		    j < need->groups[i] && (text->set[need->ways[i][j] / 64] >>
						   (need->ways[i][j] % 64) &
					       1) != 0)
			j++;
		if (j == need->groups[i])
			return true;
	}
	return need->n == 0;
}

/* One way through the pattern while it is read. */
struct way {
	char run[64]; /* letters that follow each other */
	size_t len;
	uint16_t groups[GRAMS_EACH];
	size_t n;
	struct span inner[BRACKETS]; /* what has to stand there, one of */
	size_t inner_n;
};

/* The first groups of a run are enough, spread over its length. */
static void
end_run(struct way *w)
{
	for (size_t i = 0; i + 3 <= w->len && w->n < GRAMS_EACH; i += 2)
		w->groups[w->n++] = hash(w->run + i);
	w->len = 0;
}

static void
add_letter(struct way *w, char c)
{
	if (w->len == sizeof(w->run))
		end_run(w);
	w->run[w->len++] = c;
}

/* Behind the ")" or "]" that ends what begins at s[at]; s.len: no end. */
static size_t
skip(struct span s, size_t at)
{
	size_t depth = 0;
	bool in_set = false;

	for (; at < s.len; at++) {
		char c = s.p[at];

		if (c == '\\')
			at++;
		else if (in_set)
			in_set = c != ']';
		else if (c == '[')
			in_set = true;
		else if (c == '(')
			depth++;
		else if (c == ')')
			depth--;
		if (depth == 0 && !in_set)
			return at + 1;
	}
	return s.len;
}

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z');
}

/* What may follow one thing and make it optional. */
static bool
is_optional(struct span s, size_t at)
{
	return at < s.len &&
	       (s.p[at] == '?' || s.p[at] == '*' || s.p[at] == '{');
}

/* Skips it, but one that has to be there is looked into if need be. */
static size_t
take_bracket(struct span s, size_t at, struct way *w)
{
	size_t end = skip(s, at);
	size_t from = at + 1;

	if (s.p[at] != '(' || is_optional(s, end) || w->inner_n == BRACKETS)
		return end;
	if (end - from > 2 && s.p[from] == '?')
		from += 2;
	w->inner[w->inner_n++] =
	    (struct span){ s.p + from, end - from - (end > from) };
	return end;
}

/* Takes the thing at s[at]; returns the place behind it. */
static size_t
take(struct span s, size_t at, struct way *w)
{
	char c = s.p[at];

	if (c == '(' || c == '[') {
		end_run(w);
		return take_bracket(s, at, w);
	}
	if (c == '{') {
		end_run(w);
		return at + 1 +
		       span_find((struct span){ s.p + at, s.len - at }, '}');
	}
	if (c == '\\' && at + 1 < s.len)
		at++;
	if ((unsigned char)s.p[at] >= 0x80 || is_optional(s, at + 1) ||
	    (c == '\\' ? is_alnum(s.p[at]) : strchr("^$.?*+", s.p[at]) != NULL))
		end_run(w);
	else
		add_letter(w, s.p[at]);
	return at + 1;
}

static bool ways_of(struct span s, unsigned depth, struct grams_need *out);

/*
 * Stores a way: its own runs or, if it has none, those of one of its
 * brackets. False if it needs nothing or there is no room.
 */
static bool
end_way(struct way *w, unsigned depth, struct grams_need *out)
{
	uint8_t before = out->n;
	bool ok = false;

	end_run(w);
	if (w->n > 0 && out->n < GRAMS_WAYS) {
		memcpy(out->ways[out->n], w->groups, sizeof(w->groups));
		out->groups[out->n++] = (uint8_t)w->n;
		ok = true;
	}
	for (size_t i = w->inner_n; w->n == 0 && !ok && i-- > 0;) {
		out->n = before;
		ok = depth < DEPTH && ways_of(w->inner[i], depth + 1, out);
	}
	*w = (struct way){ 0 };
	return ok;
}

static bool
ways_of(struct span s, unsigned depth, struct grams_need *out)
{
	struct way w = { 0 };
	size_t at = 0;
	bool ok = true;

	while (ok && at < s.len) {
		if (s.p[at] == '|') {
			ok = end_way(&w, depth, out);
			at++;
		} else {
			at = take(s, at, &w);
		}
	}
	return ok && end_way(&w, depth, out);
}

/* "{2}", "{0,}" or "{0,2}"; any other "{" is a letter for some PCRE2. */
static bool
is_count(struct span s)
{
	size_t commas = 0;

	for (size_t at = 1; at < s.len; at++) {
		if (s.p[at] == '}')
			return at > 1;
		commas += s.p[at] == ',';
		if ((s.p[at] < '0' || s.p[at] > '9') &&
		    (s.p[at] != ',' || at == 1 || commas > 1))
			return false;
	}
	return false;
}

/* Syntax that this reader does not follow. */
static bool
is_beyond(struct span s)
{
	for (size_t i = 0; i + 1 < s.len; i++) {
		if (s.p[i] == '\\' &&
		    strchr("QEgkxopPNcK0123456789", s.p[i + 1]) != NULL)
			return true;
		if (s.p[i] == '(' && s.p[i + 1] == '*')
			return true;
		if (s.p[i] == '(' && s.p[i + 1] == '?' &&
		    (i + 2 == s.len || s.p[i + 2] != ':'))
			return true;
		if (s.p[i] == '{' &&
		    !is_count((struct span){ s.p + i, s.len - i }))
			return true;
		/* A set may have "]" as its first letter, or classes. */
		if (s.p[i] == '[' && (s.p[i + 1] == ']' || s.p[i + 1] == '[' ||
					 (s.p[i + 1] == '^' && i + 2 < s.len &&
					     s.p[i + 2] == ']')))
			return true;
	}
	return memchr(s.p, '\0', s.len) != NULL;
}

void
grams_of_pattern(struct span pattern, struct grams_need *out)
{
	struct span s = { pattern.p + 1, pattern.len - 2 };

	*out = (struct grams_need){ 0 };
	if (pattern.len <= 2 || is_beyond(s) || !ways_of(s, 0, out))
		*out = (struct grams_need){ 0 };
}
