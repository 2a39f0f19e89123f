#include "tests/unit/unit.h"

#include "message/template.h"
#include "tests/unit/exact.h"

static const struct {
	const char *template;
	const char *line;
	const char *address; /* NULL: does not match */
	const char *origin;
	const char *rest;
} cases[] = {
	{ "%a", "  bob@example.com \r", "bob@example.com", "", "" },
	{ "%a", "bob@example.com.", "bob@example.com", "", "" },
	{ "%a", "bob@example.com and more", NULL, "", "" },
	{ "%a", "example.com", NULL, "", "" },
	{ "%a", "", NULL, "", "" },
	{ "<%a>:%d", "<bob@example.com>: 550 no", "bob@example.com", "",
	    "550 no" },
	{ "<%a>:%d", "<bob@example.com>:", "bob@example.com", "", "" },
	{ "<%a>:%d", "<\"a b\"@example.com>:", "\"a b\"@example.com", "", "" },
	{ "<%a>", "<bob@example.com", NULL, "", "" },
	{ "'%a' on %d", "'o'neil@example.com' on Monday", "o'neil@example.com",
	    "", "Monday" },
	{ "\"%a\":%d", "\"bob@example.com\":", "bob@example.com", "", "" },
	{ "FAILED recipient: %a", "Failed  Recipient:\tbob@example.com",
	    "bob@example.com", "", "" },
	{ "<%a> (expanded from <%o>):%d",
	    "<bob@example.com> (expanded from <all@example.net>): x",
	    "bob@example.com", "all@example.net", "x" },
	{ "(generated from %o)", "    (generated from all@example.net)", "",
	    "all@example.net", "" },
	{ "%n <%a>... %d", "550 <bob@example.com>... User unknown",
	    "bob@example.com", "", "User unknown" },
	{ "%n <%a>... %d", "250 <bob@example.com>... ok", NULL, "", "" },
	{ "*rcpt to:<%a>*", "Sent <<< RCPT TO:<bob@example.com> SIZE=1",
	    "bob@example.com", "", "" },
	{ "*: %a", "a: b: c: bob@example.com", "bob@example.com", "", "" },
	{ "*: %a", ": : : :", NULL, "", "" },
	{ "pipe to *", "  pipe to |/bin/x", "", "", "" },
	{ "*<mailto:%a>*", "Bob<mailto:bob@example.com>", "bob@example.com", "",
	    "" },
};

static bool
span_equals(struct span s, const char *text)
{
	return span_is(s.len != 0 ? s : span_of(""), text);
}

START_TEST(matches)
{
	struct template_found found;
	struct span line = exact(cases[_i].line);
	bool ok = template_match(cases[_i].template, line, &found);

	ck_assert_msg(ok == (cases[_i].address != NULL), "%s", cases[_i].line);
	if (ok) {
		ck_assert(span_equals(found.address, cases[_i].address));
		ck_assert(span_equals(found.origin, cases[_i].origin));
		ck_assert(span_equals(found.rest, cases[_i].rest));
	}
	exact_free(line);
}
END_TEST

static Suite *
template_suite(void)
{
	Suite *s = suite_create("template");
	TCase *t = tcase_create("template");

	tcase_add_loop_test(t, matches, 0, ARRAY_LEN(cases));
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(template_suite)
