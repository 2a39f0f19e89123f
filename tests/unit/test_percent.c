#include "base/percent.h"

#include <string.h>

#include "tests/unit/exact.h"
#include "tests/unit/unit.h"

static const struct {
	const char *in;
	bool plus;
	const char *want; /* NULL: refused */
} cases[] = {
	{ "", false, "" },
	{ "abc", false, "abc" },
	{ "a%2fb%2Fc", false, "a/b/c" },
	{ "%C3%a9", false, "\xC3\xA9" },
	{ "%ff", false, "\xFF" },
	{ "%2525", false, "%25" }, /* once */
	{ "a+b", false, "a+b" },
	{ "a+b%2B", true, "a b+" },
	{ "1234567", false, "1234567" },
	{ "%31%32%33%34%35%36%37", false, "1234567" },
	{ "12345678", false, NULL }, /* too long */
	{ "%", false, NULL },
	{ "%4", false, NULL },
	{ "%4g", false, NULL },
	{ "%g4", false, NULL },
	{ "%%41", false, NULL },
	{ "%+1", true, NULL },
	{ "% 1", false, NULL },
};

START_TEST(decodes)
{
	struct span in = exact(cases[_i].in);
	char out[8];
	size_t len = 99;

	ck_assert(percent_decode(in, cases[_i].plus, out, sizeof(out), &len) ==
		  (cases[_i].want != NULL));
	exact_free(in);
	if (cases[_i].want == NULL)
		return;
	ck_assert_str_eq(out, cases[_i].want);
	ck_assert_uint_eq(len, strlen(cases[_i].want));
}
END_TEST

/* What stands behind the end does not count. */
START_TEST(ends_with_the_span)
{
	char out[8];
	size_t len;

	for (size_t n = 1; n <= 2; n++)
		ck_assert(!percent_decode((struct span){ "%41", n }, false, out,
		    sizeof(out), &len));
}
END_TEST

/* Whether it is text is for the caller to say. */
START_TEST(gives_all_bytes)
{
	char out[8];
	size_t len;

	ck_assert(
	    percent_decode(span_of("a%00b"), false, out, sizeof(out), &len));
	ck_assert_uint_eq(len, 3);
	ck_assert_mem_eq(out, "a\0b", 4);
	ck_assert(!percent_decode(span_of(""), false, out, 0, &len));
}
END_TEST

static Suite *
percent_suite(void)
{
	Suite *s = suite_create("percent");
	TCase *t = tcase_create("percent");

	tcase_add_loop_test(t, decodes, 0, ARRAY_LEN(cases));
	tcase_add_test(t, ends_with_the_span);
	tcase_add_test(t, gives_all_bytes);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(percent_suite)
