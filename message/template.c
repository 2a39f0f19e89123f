#include "message/template.h"

#include <ctype.h>
#include <string.h>

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static char
lower(char c)
{
	return (char)tolower((unsigned char)c);
}

static struct span
skip_blanks(struct span s)
{
	while (s.len > 0 && is_blank(s.p[0])) {
		s.p++;
		s.len--;
	}
	return s;
}

/*
 * The address at the front of s. In front of ">" in the template it goes up
 * to that, so that quoted local parts may have anything in them. Punctuation
 * at its end belongs to the sentence.
 */
static struct span
take_address(struct span s, char next)
{
	size_t len = 0;

	if (next == '>') {
		len = span_find(s, '>');
		return (struct span){ s.p, len < s.len ? len : 0 };
	}
	while (len < s.len && !is_blank(s.p[len]) &&
	       strchr("<>()[],;:\"", s.p[len]) == NULL)
		len++;
	while (len > 0 && strchr("'.!?", s.p[len - 1]) != NULL)
		len--;
	return (struct span){ s.p, len };
}

static size_t
reply_code(struct span s)
{
	if (s.len < 3 || (s.p[0] != '4' && s.p[0] != '5') ||
	    !isdigit((unsigned char)s.p[1]) || !isdigit((unsigned char)s.p[2]))
		return 0;
	return 3;
}

/* A place "%x" of a template at the front of s; its length, 0: not there. */
static size_t
take_place(const char *t, struct span s, struct template_found *out)
{
	struct span got;

	switch (t[1]) {
	case 'a':
	case 'o':
		got = take_address(s, t[2]);
		if (span_find(got, '@') == got.len)
			return 0;
		*(t[1] == 'a' ? &out->address : &out->origin) = got;
		return got.len;
	case 'n':
		return reply_code(s);
	default:
		return 0;
	}
}

static bool
is_end(struct span s)
{
	s = span_trim(s);
	while (s.len > 0 && strchr(".,:;!'", s.p[0]) != NULL) {
		s.p++;
		s.len--;
	}
	return s.len == 0;
}

/* The template up to its end or a "*", where *t is left. */
static bool
match_run(const char **t, struct span *s, struct template_found *out)
{
	size_t len;

	for (; **t != '\0' && **t != '*'; (*t)++) {
		if (**t == ' ') {
			*s = skip_blanks(*s);
			continue;
		}
		if (**t == '%' && (*t)[1] == 'd') {
			out->rest = span_trim(*s);
			s->len = 0;
			(*t)++;
			continue;
		}
		len = **t == '%' ? take_place(*t, *s, out)
		      : s->len > 0 && lower(**t) == lower(s->p[0]) ? 1
								   : 0;
		if (len == 0)
			return false;
		if (**t == '%')
			(*t)++;
		s->p += len;
		s->len -= len;
	}
	return true;
}

bool
template_match(const char *template, struct span line,
    struct template_found *out)
{
	const char *t = template, *again;
	struct span s = span_trim(line), from;

	*out = (struct template_found){ 0 };
	if (!match_run(&t, &s, out))
		return false;
	if (*t == '\0')
		return is_end(s);
	if (t[1] == '\0')
		return true;
	again = t + 1;
	for (from = s; from.len > 0; from.p++, from.len--) {
		t = again;
		s = from;
		if (match_run(&t, &s, out) && (*t == '*' || is_end(s)))
			return true;
	}
	return false;
}
