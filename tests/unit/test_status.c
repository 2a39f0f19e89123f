#include "tests/unit/unit.h"

#include "base/status.h"
#include "tests/unit/exact.h"

/* RFC 3463, 2: class, subject and detail of one to three digits. */
static const struct {
	const char *in;
	const char *want; /* NULL: no code there */
} codes[] = {
	{ "5.1.1", "5.1.1" },
	{ "4.2.2", "4.2.2" },
	{ "2.0.0", "2.0.0" },
	{ "5.7.999", "5.7.999" },
	{ "5.999.0", "5.999.0" },
	{ "5.1.1 (bad mailbox)", "5.1.1" },
	{ "5.1.1(bad mailbox)", "5.1.1" },
	{ "5.1.1.", "5.1.1" },
	{ "5.1.1,", "5.1.1" },
	{ "5.1.1.2", NULL },
	{ "5.1.1111", NULL },
	{ "5.1111.1", NULL },
	{ "5.1.1a", NULL },
	{ "3.1.1", NULL },
	{ "1.1.1", NULL },
	{ " 5.1.1", NULL },
	{ "5.1", NULL },
	{ "5.1.", NULL },
	{ "5..1", NULL },
	{ "5. 1.1", NULL },
	{ "5", NULL },
	{ "", NULL },
	{ "51.1.1", NULL },
};

START_TEST(parses_codes)
{
	struct status st = { 0 };
	char text[STATUS_TEXT];
	struct span in = exact(codes[_i].in);
	bool ok = status_parse(in, &st);

	exact_free(in);
	ck_assert_msg(ok == (codes[_i].want != NULL), "'%s'", codes[_i].in);
	status_format(&st, text);
	ck_assert_str_eq(text, ok ? codes[_i].want : "0.0.0");
}
END_TEST

static const struct {
	const char *in;
	const char *status; /* "0.0.0": none */
	int reply;
} texts[] = {
	{ "550 5.1.1 user unknown", "5.1.1", 550 },
	{ "550-5.1.1 The account does not exist\r\n550 5.1.1 learn more",
	    "5.1.1", 550 },
	{ "smtp; 550 #5.1.0 Address rejected", "5.1.0", 550 },
	{ "host mx.example.com[192.0.2.5] said: 452 4.2.2 mailbox full "
	  "(in reply to RCPT TO command)",
	    "4.2.2", 452 },
	{ "552-Requested action not taken", "0.0.0", 552 },
	{ "550 no such user", "0.0.0", 550 },
	{ "user unknown (5.1.1)", "5.1.1", 0 },
	{ "Status: 5.1.1", "5.1.1", 0 },
	{ "550 from 5.1.1.2 refused", "0.0.0", 550 },
	{ "from 10.4.1.5 refused", "0.0.0", 0 },
	{ "Exim 4.94.2: 550 5.1.1 unknown", "5.1.1", 550 },
	{ "Exim 4.94.2", "0.0.0", 0 },
	{ "x550 5500 a5.1.1b", "0.0.0", 0 },
	{ "550", "0.0.0", 550 },
	{ "5.1.1", "5.1.1", 0 },
	{ "590 is no code, 250 is no failure", "0.0.0", 0 },
	{ "55", "0.0.0", 0 },
	{ "", "0.0.0", 0 },
};

START_TEST(finds_codes_in_text)
{
	struct status st;
	char text[STATUS_TEXT];
	int reply = -1;
	struct span in = exact(texts[_i].in);

	status_find(in, &st, &reply);
	exact_free(in);
	status_format(&st, text);
	ck_assert_str_eq(text, texts[_i].status);
	ck_assert_int_eq(reply, texts[_i].reply);
}
END_TEST

static Suite *
status_suite(void)
{
	Suite *s = suite_create("status");
	TCase *t = tcase_create("status");

	tcase_add_loop_test(t, parses_codes, 0, ARRAY_LEN(codes));
	tcase_add_loop_test(t, finds_codes_in_text, 0, ARRAY_LEN(texts));
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(status_suite)
