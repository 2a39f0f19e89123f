#include "web/html.h"

#include "tests/unit/exact.h"
#include "tests/unit/unit.h"

#define FFFD "\xEF\xBF\xBD"

static const struct {
	const char *in;
	const char *want;
	const char *url;
} cases[] = {
	{ "", "", "" },
	{ "joe@example.com", "joe@example.com", "joe%40example.com" },
	{ "<a href=\"x\">&'", "&lt;a href=&quot;x&quot;&gt;&amp;&#39;",
	    "%3Ca%20href%3D%22x%22%3E%26%27" },
	{ "&amp;", "&amp;amp;", "%26amp%3B" },
	{ "a\tb\r\n", "a\tb\r\n", "a%09b%0D%0A" },
	{ "\x01\x1B[0m\x7F", FFFD FFFD "[0m" FFFD, "%01%1B%5B0m%7F" },
	{ "\xC3\xA9\xF0\x9F\x92\xA9", "\xC3\xA9\xF0\x9F\x92\xA9",
	    "%C3%A9%F0%9F%92%A9" },
	/* A byte that is not UTF-8 can't swallow the quote behind it. */
	{ "\xC3\"\xFF<", FFFD "&quot;" FFFD "&lt;", "%C3%22%FF%3C" },
	{ "linkedin.com/in/joe-1_~", "linkedin.com/in/joe-1_~",
	    "linkedin.com%2Fin%2Fjoe-1_~" },
};

START_TEST(escapes)
{
	struct span in = exact(cases[_i].in);
	struct buf out;

	buf_init(&out, 4096);
	html_escape(in, &out);
	ck_assert_str_eq(buf_text(&out), cases[_i].want);
	buf_reset(&out);
	html_escape_url(in, &out);
	ck_assert_str_eq(buf_text(&out), cases[_i].url);
	buf_done(&out);
	exact_free(in);
}
END_TEST

static Suite *
html_suite(void)
{
	Suite *suite = suite_create("html");
	TCase *tc = tcase_create("html");

	tcase_add_loop_test(tc, escapes, 0, ARRAY_LEN(cases));
	suite_add_tcase(suite, tc);
	return suite;
}

UNIT_MAIN(html_suite)
