#include "web/language.h"

#include "tests/unit/unit.h"

static const char *const names[] = { "en", "de", "ja" };

/* RFC 9110 12.5.4; the ranges are primary subtags (RFC 4647 3.4). */
static const struct {
	const char *accept;
	const char *want;
} cases[] = {
	{ "", "en" },
	{ "de", "de" },
	{ "DE-at", "de" },
	{ "de, ja", "de" },
	{ "de;q=0.5, ja;q=0.9", "ja" },
	{ "de;q=0.501, ja;q=0.502", "ja" },
	{ "ja;q=1.000,de", "ja" },
	{ "nl, de;q=0.1", "de" },
	{ "de;q=0, nl", "en" },
	{ "de;q=0.0", "en" },
	{ "den", "en" },
	{ "*", "en" },
	{ "de;q=7", "en" },
	{ "de;q=x", "en" },
	{ ",,;;q=,=", "en" },
	{ "de ; q=0.2 , en ; q=0.1", "de" },
};

START_TEST(chooses)
{
	size_t i = language_choose(cases[_i].accept, names, ARRAY_LEN(names));

	ck_assert_str_eq(names[i], cases[_i].want);
}
END_TEST

static Suite *
language_suite(void)
{
	Suite *s = suite_create("language");
	TCase *t = tcase_create("language");

	tcase_add_loop_test(t, chooses, 0, ARRAY_LEN(cases));
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(language_suite)
