/*
 * A rule is a line of six fields with blanks between: class, codes, reply,
 * host, name, text. The text is last because it may have blanks in it; it is
 * all that is left of the line. A line that begins with a blank is one more
 * text of the rule above.
 */
#include "conf/rules.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/mem.h"
#include "conf/rule_fields.h"

#define RULES_MAX 2000
#define BUILTIN_PATH "bounce.rules"
#define COMMENT_MAX 1024

/* What the rule that was read last has for its text. */
enum texts { NO_RULE, NO_TEXT, SOME_TEXT, ANY_TEXT };

/* A table while it is read. */
struct reader {
	struct rules *rules;
	size_t line;
	struct buf comment; /* the one that is read, or was last */
	const char *source; /* that comment, once a rule has taken it */
	bool mine;          /* our own table: labels need no place */
	enum texts texts;
};

static bool
take_class(struct rule *r, struct span field, struct error *err)
{
	struct buf all;
	int number;

	if (names_number(class_names, field, &number)) {
		r->class = (enum bounce_class)number;
		return true;
	}
	buf_init(&all, 256);
	names_list(class_names, &all);
	error_set(err, ERROR_INVALID, "'%.*s' is not known; it is %s",
	    (int)(field.len < 40 ? field.len : 40), field.p, buf_text(&all));
	buf_done(&all);
	return false;
}

/* The fields in their order, but for the text. All are words. */
static const struct {
	const char *name;
	bool (*take)(struct rule *r, struct span field, struct error *err);
} fields[] = {
	{ "class", take_class },
	{ "code", rule_take_codes },
	{ "reply", rule_take_reply },
	{ "host", rule_take_host },
	{ "name", rule_take_name },
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Takes the next word of the line. */
static struct span
next_field(struct span *rest)
{
	struct span field = { rest->p, 0 };

	while (field.len < rest->len && !is_blank(rest->p[field.len]))
		field.len++;
	*rest = span_trim(
	    (struct span){ rest->p + field.len, rest->len - field.len });
	return field;
}

static bool
fault(const struct reader *rd, const char *field, struct error *err)
{
	error_prefix(err, "%.120s:%zu: %s", rd->rules->path, rd->line, field);
	return false;
}

static bool
missing(const struct reader *rd, const char *field, struct error *err)
{
	error_set(err, ERROR_INVALID,
	    "is missing; a rule is class, code, reply, host, name and text, "
	    "with - for any");
	return fault(rd, field, err);
}

/* What only the whole rule shows. */
static bool
check_rule(const struct reader *rd, const struct rule *r, struct error *err)
{
	for (size_t i = 0; i + 1 < rd->rules->n; i++) {
		if (strcmp(rd->rules->list[i].name, r->name) != 0)
			continue;
		error_set(err, ERROR_INVALID,
		    "the rule of line %zu has this "
		    "name, too",
		    rd->rules->list[i].line);
		return fault(rd, "name", err);
	}
	for (size_t i = 0; i < r->codes_n && class_suppresses(r->class); i++) {
		if (r->codes[i].class_digit != 4)
			continue;
		error_set(err, ERROR_INVALID,
		    "a code with 4 is not the last "
		    "word: class %s can't follow from it",
		    names_text(class_names, (int)r->class));
		return fault(rd, "code", err);
	}
	return true;
}

/* "name", or "name@bounce.rules:12" for an operator's rule. */
static void
label(const struct reader *rd, struct rule *r)
{
	const char *slash = strrchr(rd->rules->path, '/');

	snprintf(r->label, sizeof(r->label), "%s", r->name);
	if (!rd->mine)
		snprintf(r->label, sizeof(r->label), "%s@%.14s:%zu", r->name,
		    slash != NULL ? slash + 1 : rd->rules->path, r->line);
}

/* The comment above the rule, which it may share with the one before. */
static const char *
source(struct reader *rd)
{
	struct rules *all = rd->rules;

	if (rd->source != NULL || rd->comment.len == 0)
		return rd->source != NULL ? rd->source : "";
	all->sources =
	    mem_resize(all->sources, all->sources_n + 1, sizeof(*all->sources));
	rd->source = all->sources[all->sources_n++] =
	    mem_dup(rd->comment.p, rd->comment.len);
	return rd->source;
}

/* Takes a text of the rule that was read last. */
static bool
read_text(struct reader *rd, struct span text, struct error *err)
{
	struct rule *r = &rd->rules->list[rd->rules->n - 1];

	if (rd->texts == ANY_TEXT ||
	    (rd->texts == SOME_TEXT && span_is(text, "-"))) {
		error_set(err, ERROR_INVALID, "- is any text; it stands alone");
		return fault(rd, "text", err);
	}
	rd->texts = span_is(text, "-") ? ANY_TEXT : SOME_TEXT;
	if (rd->texts == SOME_TEXT && !rule_add_text(r, text, err))
		return fault(rd, "text", err);
	return true;
}

static bool
read_rule(struct reader *rd, struct span line, struct error *err)
{
	struct rules *all = rd->rules;
	struct rule *r;

	if (all->n == RULES_MAX) {
		error_set(err, ERROR_LIMIT, "more than %d rules", RULES_MAX);
		return fault(rd, "class", err);
	}
	all->list = mem_resize(all->list, all->n + 1, sizeof(*all->list));
	r = &all->list[all->n++];
	*r = (struct rule){ .line = rd->line, .source = source(rd) };
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		struct span field = next_field(&line);

		if (field.len == 0)
			return missing(rd, fields[i].name, err);
		if (!fields[i].take(r, field, err))
			return fault(rd, fields[i].name, err);
	}
	label(rd, r);
	rd->texts = NO_TEXT;
	return check_rule(rd, r, err) &&
	       (line.len == 0 || read_text(rd, line, err));
}

/* What is no further text of the last rule ends it. */
static bool
end_rule(struct reader *rd, struct error *err)
{
	if (rd->texts == NO_TEXT) {
		rd->line = rd->rules->list[rd->rules->n - 1].line;
		return missing(rd, "text", err);
	}
	rd->texts = NO_RULE;
	return true;
}

static void
read_comment(struct reader *rd, struct span line)
{
	struct span text = span_trim((struct span){ line.p + 1, line.len - 1 });

	if (rd->source != NULL)
		buf_reset(&rd->comment);
	rd->source = NULL;
	if (rd->comment.len > 0)
		buf_add_char(&rd->comment, ' ');
	buf_add_span(&rd->comment, text);
}

static bool
read_further(struct reader *rd, struct span line, struct error *err)
{
	if (rd->texts != NO_RULE)
		return read_text(rd, line, err);
	error_set(err, ERROR_INVALID,
	    "a line that begins with a blank belongs to the rule above, and "
	    "there is none");
	return fault(rd, "text", err);
}

static bool
read_line(struct reader *rd, struct span whole, struct error *err)
{
	struct span line = span_trim(whole);

	rd->line++;
	if (memchr(line.p, '\0', line.len) != NULL) {
		error_set(err, ERROR_INVALID, "a NUL byte");
		return fault(rd, "class", err);
	}
	if (line.len > 0 && line.p[0] != '#' && is_blank(whole.p[0]))
		return read_further(rd, line, err);
	if (!end_rule(rd, err))
		return false;
	if (line.len > 0 && line.p[0] != '#')
		return read_rule(rd, line, err);
	if (line.len > 0) {
		read_comment(rd, line);
	} else {
		buf_reset(&rd->comment);
		rd->source = NULL;
	}
	return true;
}

static struct rules *
parse(struct span text, const char *path, bool mine, struct error *err)
{
	struct reader rd = { .rules = mem_new(1, sizeof(struct rules)),
		.mine = mine };
	struct span line;
	bool ok = true;

	rd.rules->path = mem_dup_text(path);
	buf_init(&rd.comment, COMMENT_MAX);
	while (ok && span_line(&text, &line))
		ok = read_line(&rd, line, err);
	ok = ok && end_rule(&rd, err);
	buf_done(&rd.comment);
	if (ok)
		return rd.rules;
	rules_free(rd.rules);
	return NULL;
}

struct rules *
rules_parse(struct span text, const char *path, struct error *err)
{
	return parse(text, path, false, err);
}

struct rules *
rules_load(const char *path, struct error *err)
{
	struct rules *made = NULL;
	struct buf text;

	buf_init(&text, LIMIT_CONF_BYTES);
	if (file_read_path(path, &text, err))
		made = rules_parse(buf_span(&text), path, err);
	buf_done(&text);
	return made;
}

void
rules_free(struct rules *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->n; i++) {
		free(r->list[i].codes);
		match_free(r->list[i].host);
		for (size_t j = 0; j < r->list[i].texts_n; j++)
			match_free(r->list[i].texts[j].match);
		free(r->list[i].texts);
	}
	for (size_t i = 0; i < r->sources_n; i++)
		free(r->sources[i]);
	free(r->sources);
	free(r->list);
	free(r->path);
	free(r);
}

static struct rules *builtin;

static void
make_builtin(void)
{
	struct error err;

	builtin = parse(span_of(rules_builtin_text), BUILTIN_PATH, true, &err);
	if (builtin == NULL)
		abort(); /* a mistake in conf/bounce.rules: test_rules tells */
}

const struct rules *
rules_builtin(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, make_builtin);
	return builtin;
}
