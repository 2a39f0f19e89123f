#define PCRE2_CODE_UNIT_WIDTH 8

#include "base/match.h"

#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"

struct match {
	char *text;
	pcre2_code *code;
	pcre2_match_context *context; /* holds the limit; read only */
};

#define PATTERN_BYTES_MAX 4096

/* "*" and "?" as regular expressions, all else literally. */
static void
translate(const char *pattern, struct buf *out)
{
	buf_add_text(out, "\\A");
	for (; *pattern != '\0'; pattern++) {
		unsigned char c = (unsigned char)*pattern;

		if (c == '*')
			buf_add_text(out, ".*");
		else if (c == '?')
			buf_add_char(out, '.');
		else if (c < 0x80 && strchr("\\^$.[]|()+{}#/-", c) != NULL)
			buf_addf(out, "\\%c", c);
		else
			buf_add_char(out, (char)c);
	}
	buf_add_text(out, "\\z");
}

static pcre2_code *
compile(const char *pattern, struct error *err)
{
	struct span s = span_of(pattern);
	bool regex = s.len >= 2 && s.p[0] == '/' && s.p[s.len - 1] == '/';
	struct buf glob;
	pcre2_code *code;
	PCRE2_SIZE at;
	int problem;

	buf_init(&glob, PATTERN_BYTES_MAX);
	if (regex)
		buf_add(&glob, s.p + 1, s.len - 2);
	else
		translate(pattern, &glob);
	code = pcre2_compile((PCRE2_SPTR)buf_text(&glob), glob.len,
	    PCRE2_CASELESS | PCRE2_UTF | PCRE2_MATCH_INVALID_UTF |
		PCRE2_DOTALL | PCRE2_NEVER_BACKSLASH_C,
	    &problem, &at, NULL);
	if (glob.full) {
		error_set(err, ERROR_LIMIT,
		    "the pattern is longer than %d "
		    "bytes",
		    PATTERN_BYTES_MAX);
		pcre2_code_free(code);
		code = NULL;
	} else if (code == NULL) {
		char words[120];

		pcre2_get_error_message(problem, (PCRE2_UCHAR *)words,
		    sizeof(words));
		error_set(err, ERROR_INVALID, "'%.80s': %s at byte %zu",
		    pattern, words, (size_t)at + (regex ? 2 : 1));
	}
	buf_done(&glob);
	return code;
}

struct match *
match_new(const char *pattern, struct error *err)
{
	pcre2_code *code = compile(pattern, err);
	struct match *m;

	if (code == NULL)
		return NULL;
	m = mem_new(1, sizeof(*m));
	m->text = mem_dup(pattern, strlen(pattern));
	m->code = code;
	m->context = pcre2_match_context_create(NULL);
	if (m->context == NULL)
		abort();
	pcre2_set_match_limit(m->context, LIMIT_MATCH_STEPS);
	return m;
}

void
match_free(struct match *m)
{
	if (m == NULL)
		return;
	pcre2_match_context_free(m->context);
	pcre2_code_free(m->code);
	free(m->text);
	free(m);
}

const char *
match_text(const struct match *m)
{
	return m->text;
}

bool
match_is(const struct match *m, struct span subject)
{
	/* One pair is enough: only yes or no is asked. */
	pcre2_match_data *data = pcre2_match_data_create(1, NULL);
	int got;

	if (data == NULL)
		abort();
	got = pcre2_match(m->code, (PCRE2_SPTR)subject.p, subject.len, 0, 0,
	    data, m->context);
	pcre2_match_data_free(data);
	return got >= 0;
}
