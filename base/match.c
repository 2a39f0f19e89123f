#define PCRE2_CODE_UNIT_WIDTH 8

#include "base/match.h"

#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/utf8.h"

struct match {
	char *text;
	pcre2_code *code;
	bool plain; /* ASCII without "*" and "?": it is a word */
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

static bool
is_regex(struct span s)
{
	return s.len >= 2 && s.p[0] == '/' && s.p[s.len - 1] == '/';
}

static bool
is_plain(struct span s)
{
	return utf8_ascii(s) == s.len && span_find(s, '*') == s.len &&
	       span_find(s, '?') == s.len && !is_regex(s);
}

static pcre2_code *
compile(const char *pattern, struct error *err)
{
	struct span s = span_of(pattern);
	bool regex = is_regex(s);
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
	    PCRE2_CASELESS | PCRE2_UTF | PCRE2_DOTALL |
		PCRE2_NEVER_BACKSLASH_C | PCRE2_AUTO_CALLOUT,
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
	m->text = mem_dup_text(pattern);
	m->code = code;
	m->plain = is_plain(span_of(pattern));
	return m;
}

void
match_free(struct match *m)
{
	if (m == NULL)
		return;
	pcre2_code_free(m->code);
	free(m->text);
	free(m);
}

const char *
match_text(const struct match *m)
{
	return m->text;
}

/*
 * Called before each item of the pattern. PCRE2's own limit counts anew at
 * each byte where a match may begin: a long header took 12 seconds.
 */
static int
step(pcre2_callout_block *block, void *steps)
{
	(void)block;
	return ++*(unsigned *)steps > LIMIT_MATCH_STEPS ? PCRE2_ERROR_CALLOUT
							: 0;
}

static int
run(const struct match *m, struct span subject)
{
	/* One pair is enough: only yes or no is asked. */
	pcre2_match_data *data = pcre2_match_data_create(1, NULL);
	pcre2_match_context *context = pcre2_match_context_create(NULL);
	unsigned steps = 0;
	int got;

	if (data == NULL || context == NULL)
		abort();
	pcre2_set_match_limit(context, LIMIT_MATCH_STEPS);
	pcre2_set_callout(context, step, &steps);
	got = pcre2_match(m->code, (PCRE2_SPTR)subject.p, subject.len, 0, 0,
	    data, context);
	pcre2_match_context_free(context);
	pcre2_match_data_free(data);
	return got;
}

/* The same with U+FFFD for each byte that is not UTF-8. */
static void
mend(struct span s, struct buf *out)
{
	while (s.len > 0) {
		uint32_t c;
		size_t n = utf8_next(s, &c);

		if (c == UTF8_BAD)
			buf_add_text(out, "\xEF\xBF\xBD");
		else
			buf_add(out, s.p, n);
		s.p += n;
		s.len -= n;
	}
}

bool
match_is(const struct match *m, struct span subject)
{
	struct buf mended;
	int got;

	/* Most patterns are the name of a daemon or a login, asked for with
	 * each message. Beyond ASCII, letters have more than two cases. */
	if (m->plain && utf8_ascii(subject) == subject.len)
		return span_is_nocase(subject, m->text);
	got = run(m, subject);
	if (got <= PCRE2_ERROR_UTF8_ERR1 && got >= PCRE2_ERROR_UTF8_ERR21) {
		buf_init(&mended, 3 * subject.len);
		mend(subject, &mended);
		got = run(m, buf_span(&mended));
		buf_done(&mended);
	}
	return got >= 0;
}
