#include "base/profile.h"

#include <string.h>

#include "tests/unit/exact.h"
#include "tests/unit/unit.h"

static const struct {
	const char *in;
	const char *want; /* NULL: refused */
} cases[] = {
	{ "https://www.linkedin.com/in/joe-doe-1b2c3d/",
	    "linkedin.com/in/joe-doe-1b2c3d" },
	{ "linkedin.com/in/Joe-Doe", "linkedin.com/in/joe-doe" },
	{ "HTTP://FR.LinkedIn.com/IN/joe?trk=x&y=/z#top",
	    "linkedin.com/in/joe" },
	{ "https://m.linkedin.com/in/joe/fr", "linkedin.com/in/joe" },
	{ "https://www.linkedin.com/mwlite/in/joe", "linkedin.com/in/joe" },
	{ "https://www.linkedin.com/comm/in/joe?midToken=1",
	    "linkedin.com/in/joe" },
	{ "https://www.linkedin.com/in/joe/details/skills/",
	    "linkedin.com/in/joe" },
	{ "https://www.linkedin.com/company/Example-GmbH/about",
	    "linkedin.com/company/example-gmbh" },
	{ "linkedin.com/school/example", "linkedin.com/school/example" },
	{ "https://de.linkedin.com/pub/joe-doe/1/2b/3C4",
	    "linkedin.com/pub/joe-doe/1/2b/3c4" },
	{ "linkedin.com/pub/joe-doe", "linkedin.com/pub/joe-doe" },
	/* one name in its ways to be written: raw, escaped, not composed */
	{ "linkedin.com/in/jos\xC3\xA9", "linkedin.com/in/jos\xC3\xA9" },
	{ "linkedin.com/in/JOS%C3%89", "linkedin.com/in/jos\xC3\xA9" },
	{ "linkedin.com/in/jose%CC%81", "linkedin.com/in/jos\xC3\xA9" },
	{ "https://linkedin.com", NULL },
	{ "https://www.linkedin.com/in/", NULL },
	{ "https://www.linkedin.com/in/?x", NULL },
	{ "https://www.linkedin.com/feed/", NULL },
	{ "https://www.linkedin.com/sales/lead/ABC", NULL },
	{ "https://evil-linkedin.com/in/joe", NULL },
	{ "https://linkedin.com.evil.example/in/joe", NULL },
	{ "https://evil.example/linkedin.com/in/joe", NULL },
	{ "linkedin.com/in/a%2Fb", NULL },
	{ "linkedin.com/in/a%25b", NULL },
	{ "linkedin.com/in/a%00b", NULL },
	{ "linkedin.com/in/a%FFb", NULL },
	{ "linkedin.com/in/a%4", NULL },
	{ "linkedin.com/in/a b", NULL },
	{ "linkedin.com/in/<joe>", NULL },
};

START_TEST(one_spelling)
{
	char got[LIMIT_VALUE_TEXT], again[LIMIT_VALUE_TEXT];
	struct span in = exact(cases[_i].in);
	struct error err = { 0 };
	bool ok = profile_parse(in, got, &err);

	exact_free(in);
	ck_assert_msg(ok == (cases[_i].want != NULL), "%s: %s", cases[_i].in,
	    ok ? got : err.text);
	if (!ok) {
		ck_assert_int_eq(err.code, ERROR_INVALID);
		return;
	}
	ck_assert_str_eq(got, cases[_i].want);
	ck_assert(profile_parse(span_of(got), again, &err));
	ck_assert_str_eq(again, got);
}
END_TEST

START_TEST(has_limits)
{
	char text[300] = "linkedin.com/in/", got[LIMIT_VALUE_TEXT];
	size_t start = strlen(text);
	struct error err;

	memset(text + start, 'a', LIMIT_PROFILE_TEXT - 1);
	ck_assert(profile_parse(span_of(text), got, &err));
	ck_assert_str_eq(got, text);
	text[start + LIMIT_PROFILE_TEXT - 1] = 'a';
	ck_assert(!profile_parse(span_of(text), got, &err));
}
END_TEST

static Suite *
profile_suite(void)
{
	Suite *s = suite_create("profile");
	TCase *t = tcase_create("profile");

	tcase_add_loop_test(t, one_spelling, 0, ARRAY_LEN(cases));
	tcase_add_test(t, has_limits);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(profile_suite)
