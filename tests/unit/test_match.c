#include "tests/unit/unit.h"

#include <string.h>

#include "base/limits.h"
#include "base/match.h"
#include "tests/unit/exact.h"

static const struct {
	const char *pattern;
	const char *subject;
	bool want;
} cases[] = {
	/* the whole text, without regard to case */
	{ "news", "news", true },
	{ "news", "NEWS", true },
	{ "news", "news ", false },
	{ "news", "the news", false },
	{ "NEWS", "newt", false },
	{ "news", "new", false },
	/* the long s is one of its cases */
	{ "news", "new\xC5\xBF", true },
	{ "", "", true },
	{ "", "x", false },
	{ "b\xC3\xBC"
	  "cher",
	    "B\xC3\x9C"
	    "CHER",
	    true },
	/* any run, any one character */
	{ "*", "", true },
	{ "*", "any\nlines", true },
	{ "*@example.com", "joe@example.com", true },
	{ "*@example.com", "joe@example.com.test", false },
	{ "a*b*c", "aXbYc", true },
	{ "a*b*c", "acb", false },
	{ "a?c", "abc", true },
	{ "a?c",
	    "a\xC3\xBC"
	    "c",
	    true },
	{ "a?c", "ac", false },
	{ "a?c", "abbc", false },
	{ "X-Stream: *", "X-Stream: news", true },
	/* all else means itself */
	{ "a.c", "abc", false },
	{ "a.c", "a.c", true },
	{ "[ab]+(c)|{1}^$\\d#-", "[ab]+(c)|{1}^$\\d#-", true },
	{ "[ab]", "a", false },
	{ "\\d", "7", false },
	{ "a b", "a b", true },
	{ "/", "/", true },
	{ "a/b", "a/b", true },
	{ "news", "news\n", false },
	/* a Perl regular expression, anywhere */
	{ "/new/", "the NEWS", true },
	{ "/^new/", "the news", false },
	{ "/^(a|b)c$/", "bc", true },
	{ "/^.$/", "\xC3\xBC", true },
	{ "/a.b/", "a\nb", true },
	{ "//", "anything", true },
	{ "/a/b/", "xa/bx", true },
	/* a byte that is not UTF-8 is one character, and dodges nothing */
	{ "*",
	    "a\xFF"
	    "b",
	    true },
	{ "/b/",
	    "a\xFF"
	    "b",
	    true },
	{ "a?b",
	    "a\xFF"
	    "b",
	    true },
};

START_TEST(matches)
{
	struct error err = { 0 };
	struct span in = exact(cases[_i].subject);
	struct match *m = match_new(cases[_i].pattern, &err);

	ck_assert_msg(m != NULL, "%s", err.text);
	ck_assert_str_eq(match_text(m), cases[_i].pattern);
	ck_assert_msg(match_is(m, in) == cases[_i].want, "'%s' and '%s'",
	    cases[_i].pattern, cases[_i].subject);
	match_free(m);
	exact_free(in);
}
END_TEST

static const struct {
	const char *pattern;
	const char *says;
} broken[] = {
	{ "/(/", "at byte 3" },
	{ "/a**/", "at byte 4" },
	{ "/[a/", "at byte 4" },
	{ "/a\\C/", "byte" },
	{ "/\xFF/", "UTF-8" },
	{ "a\xFF", "UTF-8" },
};

START_TEST(refuses)
{
	struct error err = { 0 };

	ck_assert_ptr_null(match_new(broken[_i].pattern, &err));
	ck_assert_int_eq(err.code, ERROR_INVALID);
	ck_assert_msg(strstr(err.text, broken[_i].says) != NULL, "%s",
	    err.text);
	match_free(NULL);
}
END_TEST

START_TEST(refuses_long_patterns)
{
	struct error err = { 0 };
	char pattern[5001];

	memset(pattern, 'a', sizeof(pattern) - 1);
	pattern[sizeof(pattern) - 1] = '\0';
	ck_assert_ptr_null(match_new(pattern, &err));
	ck_assert_int_eq(err.code, ERROR_LIMIT);
	pattern[0] = pattern[4999] = '/';
	ck_assert_ptr_null(match_new(pattern, &err));
	ck_assert_int_eq(err.code, ERROR_LIMIT);
}
END_TEST

/* Patterns whose work grows with the length to the power of 2 and more. */
static const char *const slow[] = {
	"/(a+)+$/",
	"/(a|aa)+$/",
	"/(.*)*x$/",
	"/a.*a.*b$/",
	"/([ab]{1,9})+c/",
	"/a.*[bc]$/",
	"/a.{0,400}a.{0,200}[bc]/",
	"*a*a*a*a*a*b",
};

START_TEST(ends_soon)
{
	struct error err = { 0 };
	struct match *m = match_new(slow[_i], &err);
	char *mail = mem_new(LIMIT_FIELD_BYTES, 1);

	ck_assert_msg(m != NULL, "%s", err.text);
	memset(mail, 'a', LIMIT_FIELD_BYTES);
	mail[LIMIT_FIELD_BYTES - 1] = '!';
	ck_assert(!match_is(m, (struct span){ mail, LIMIT_FIELD_BYTES }));
	free(mail);
	match_free(m);
}
END_TEST

/* The limit leaves room for what people write, in the longest header. */
static const char *const plain[] = {
	"*",
	"*b*",
	"a*",
	"*z",
	"a*b*z",
	"/b/",
	"/[bc]/",
	"/^a.*b.*z$/",
	"/(b|c)a*z/",
};

START_TEST(finds_in_long_text)
{
	struct error err = { 0 };
	struct match *m = match_new(plain[_i], &err);
	char *mail = mem_new(LIMIT_FIELD_BYTES, 1);

	ck_assert_msg(m != NULL, "%s", err.text);
	memset(mail, 'a', LIMIT_FIELD_BYTES);
	mail[LIMIT_FIELD_BYTES / 2] = 'b';
	mail[LIMIT_FIELD_BYTES - 1] = 'z';
	ck_assert(match_is(m, (struct span){ mail, LIMIT_FIELD_BYTES }));
	free(mail);
	match_free(m);
}
END_TEST

static Suite *
match_suite(void)
{
	Suite *s = suite_create("match");
	TCase *t = tcase_create("match");

	tcase_add_loop_test(t, matches, 0, ARRAY_LEN(cases));
	tcase_add_loop_test(t, refuses, 0, ARRAY_LEN(broken));
	tcase_add_test(t, refuses_long_patterns);
	tcase_add_loop_test(t, ends_soon, 0, ARRAY_LEN(slow));
	tcase_add_loop_test(t, finds_in_long_text, 0, ARRAY_LEN(plain));
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(match_suite)
