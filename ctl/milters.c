#include "ctl/milters.h"

#include <string.h>

static const char between[] = ", \t\r\n";

static bool
is_between(char c)
{
	return c != '\0' && strchr(between, c) != NULL;
}

/* The length of the word at the start of s: to a separator outside braces. */
static size_t
word_len(struct span s)
{
	size_t i, depth = 0;

	for (i = 0; i < s.len && (depth > 0 || !is_between(s.p[i])); i++) {
		if (s.p[i] == '{')
			depth++;
		else if (s.p[i] == '}' && depth > 0)
			depth--;
	}
	return i;
}

static bool
next_word(struct span *s, struct span *word)
{
	while (s->len > 0 && is_between(s->p[0])) {
		s->p++;
		s->len--;
	}
	*word = (struct span){ s->p, word_len(*s) };
	s->p += word->len;
	s->len -= word->len;
	return word->len > 0;
}

/* One part of { name, setting = value }: at a comma outside braces. */
static bool
next_part(struct span *s, struct span *part)
{
	size_t i, depth = 0;

	if (s->len == 0)
		return false;
	for (i = 0; i < s->len && (depth > 0 || s->p[i] != ','); i++) {
		if (s->p[i] == '{')
			depth++;
		else if (s->p[i] == '}' && depth > 0)
			depth--;
	}
	*part = span_trim((struct span){ s->p, i });
	if (i < s->len)
		i++;
	s->p += i;
	s->len -= i;
	return true;
}

static void
take_setting(struct span part, struct milter *m)
{
	struct span name;

	if (span_find(part, '=') == part.len)
		return;
	(void)span_cut(&part, '=', &name);
	if (span_is(span_trim(name), "default_action"))
		(void)span_copy(span_trim(part), m->action, sizeof(m->action));
}

bool
milters_next(struct span *list, struct milter *m)
{
	struct span inside, part;

	*m = (struct milter){ 0 };
	if (!next_word(list, &m->text))
		return false;
	inside = m->text;
	if (inside.p[0] != '{') {
		(void)span_copy(inside, m->name, sizeof(m->name));
		return true;
	}
	inside.p++;
	inside.len--;
	if (inside.len > 0 && inside.p[inside.len - 1] == '}')
		inside.len--;
	if (next_part(&inside, &part))
		(void)span_copy(part, m->name, sizeof(m->name));
	while (next_part(&inside, &part))
		take_setting(part, m);
	return true;
}

bool
milter_refers_to(const struct milter *m, const char *name)
{
	struct span s = m->text;

	if (s.len == 0 || s.p[0] != '$')
		return false;
	s.p++;
	s.len--;
	if (s.len > 2 && (s.p[0] == '{' || s.p[0] == '(')) {
		s.p++;
		s.len -= 2;
	}
	return span_is(s, name);
}
