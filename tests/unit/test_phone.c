#include "base/phone.h"

#include <string.h>

#include "tests/unit/exact.h"
#include "tests/unit/unit.h"

/* E.164 of numbers as people write them; the plans are the regulators'. */
static const struct {
	const char *region;
	const char *in;
	const char *want; /* NULL: refused */
	const char *why;
} cases[] = {
	{ "", "+33 6 12 34 56 78", "+33612345678", NULL },
	{ "", "+33612345678", "+33612345678", NULL },
	{ "", "+33 (0)6.12-34.56.78", "+33612345678", NULL },
	{ "FR", "0612345678", "+33612345678", NULL },
	{ "FR", "06 12 34 56 78", "+33612345678", NULL },
	{ "FR", "0033 612345678", "+33612345678", NULL },
	{ "FR", "+49 30 901820", "+4930901820", NULL },
	{ "DE", "(030) 90 18-20", "+4930901820", NULL },
	{ "US", "(212) 555-0123", "+12125550123", NULL },
	{ "US", "1 212 555 0123", "+12125550123", NULL },
	/* Italy keeps the 0 of its towns. */
	{ "", "+39 06 6982", "+39066982", NULL },
	{ "", "0612345678", NULL, "set phone_region" },
	{ "FR", "12", NULL, "no phone number" },
	{ "US", "555-0123", NULL, "no phone number" },
	{ "", "+999 123456789", NULL, "no phone number" },
	{ "", "+33 6 12 34 56 78 90 12 34", NULL, "no phone number" },
	{ "", "+", NULL, "no phone number" },
	{ "", "", NULL, "no phone number" },
	{ "FR", "call me", NULL, "no phone number" },
};

START_TEST(as_e164)
{
	struct error err = { 0 };
	char got[PHONE_TEXT], again[PHONE_TEXT];
	struct span in = exact(cases[_i].in);
	bool ok;

	phone_set_region(cases[_i].region);
	ok = phone_parse(in, got, &err);
	exact_free(in);
	if (!phone_available()) {
		ck_assert(!ok && err.code == ERROR_INVALID);
		return;
	}
	ck_assert_msg(ok == (cases[_i].want != NULL), "%s: %s", cases[_i].in,
	    ok ? got : err.text);
	if (!ok) {
		ck_assert_int_eq(err.code, ERROR_INVALID);
		ck_assert_msg(strstr(err.text, cases[_i].why) != NULL, "%s",
		    err.text);
		return;
	}
	ck_assert_str_eq(got, cases[_i].want);
	ck_assert(phone_parse(span_of(got), again, &err));
	ck_assert_str_eq(again, got);
}
END_TEST

START_TEST(knows_the_regions)
{
	struct error err;

	ck_assert_int_eq(phone_check_region("FR", &err), phone_available());
	ck_assert(!phone_check_region("XX", &err));
	ck_assert(!phone_check_region("fr", &err));
	ck_assert(!phone_check_region("", &err));
}
END_TEST

static Suite *
phone_suite(void)
{
	Suite *s = suite_create("phone");
	TCase *t = tcase_create("phone");

	tcase_add_loop_test(t, as_e164, 0, ARRAY_LEN(cases));
	tcase_add_test(t, knows_the_regions);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(phone_suite)
