#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "message/arf.h"

static const struct {
	const char *text;
	bool whole;
	bool ok;
	const char *type;
	const char *rcpt_to; /* the addresses, "," behind each */
} contents[] = {
	/* RFC 5965 B.1 */
	{ "Feedback-Type: abuse\r\nUser-Agent: SomeGenerator/1.0\r\n"
	  "Version: 1\r\n",
	    true, true, "abuse", "" },
	/* 3.5: CFWS round the token, fields in any order, names any case. */
	{ "version: 1\nFEEDBACK-TYPE: (x) Abuse\n (y)\nuser-agent: a/1\n", true,
	    true, "abuse", "" },
	{ "\n\nFeedback-Type: not-spam\n\nOriginal-Rcpt-To: <a@example.com>\n",
	    true, true, "not-spam", "a@example.com," },
	/* 3.3: one line per recipient that was seen. */
	{ "Feedback-Type: abuse\nOriginal-Rcpt-To: a@example.com\n"
	  "Original-Rcpt-To: <b@example.com>\n"
	  "Original-Rcpt-To: rfc822;A@example.com\n",
	    true, true, "abuse", "a@example.com,b@example.com," },
	{ "Feedback-Type: abuse\nOriginal-Rcpt-To: a@example.com\n"
	  "Original-Rcpt-To: <0123456789abcdef>\n",
	    true, true, "abuse", "" },
	/* Said twice, but the same. */
	{ "Feedback-Type: abuse\nFeedback-Type: ABUSE\n", true, true, "abuse",
	    "" },
	/* 3.1, 3.2, 4: malformed. */
	{ "Feedback-Type: abuse\nFeedback-Type: fraud\n", true, false, "", "" },
	{ "Feedback-Type:\nVersion: 1\n", true, false, "", "" },
	{ "Version: 1\n", true, false, "", "" },
	{ "", true, false, "", "" },
	/* 3.2 has one date; real ones have both. */
	{ "Feedback-Type: abuse\nReceived-Date: a\nArrival-Date: a\n", true,
	    true, "abuse", "" },
	/* Placeholders, whatever the order. */
	{ "Original-Rcpt-To: <x1@example.com>\nRedacted-Address: x1\n"
	  "Feedback-Type: abuse\n",
	    true, true, "abuse", "" },
	{ "Feedback-Type: abuse\nOriginal-Rcpt-To: redacted@example.com\n",
	    true, true, "abuse", "" },
	{ "Feedback-Type: abuse\nOriginal-Rcpt-To: "
	  "5d41402abc4b2a76b9719d911017c592@example.com\n",
	    true, true, "abuse", "" },
	{ "Feedback-Type: abuse\nOriginal-Rcpt-To: deadbeef@example.com\n",
	    true, true, "abuse", "deadbeef@example.com," },
	/* Cut off: the last field may be half of what it was. */
	{ "Feedback-Type: abuse\nOriginal-Rcpt-To: a@example.co", false, true,
	    "abuse", "" },
	{ "Original-Rcpt-To: a@example.com\nFeedback-Type: abuse-not", false,
	    false, "", "a@example.com," },
};

START_TEST(reads_contents)
{
	struct report r = { 0 };
	struct buf got;

	buf_init(&got, 4096);
	ck_assert(arf_content(span_of(contents[_i].text), contents[_i].whole,
		      &r) == contents[_i].ok);
	if (contents[_i].ok)
		ck_assert_str_eq(r.feedback.type, contents[_i].type);
	else
		ck_assert_str_ne(r.note, "");
	for (size_t i = 0; i < r.feedback.rcpt_to_n; i++)
		buf_addf(&got, "%s,", r.feedback.rcpt_to[i].text);
	ck_assert_str_eq(buf_text(&got), contents[_i].rcpt_to);
	buf_done(&got);
	report_done(&r);
}
END_TEST

/* Example B.2, which no section explains. */
static const struct {
	const char *fields;
	const char *want;
} removals[] = {
	{ "Removal-Recipient: A@Example.com", "a@example.com" },
	{ "removal-recipient: rfc822; <a@example.com>", "a@example.com" },
	{ "Removal-Recipient: a@example.com\n"
	  "Removal-Recipient: <a@EXAMPLE.com>",
	    "a@example.com" },
	{ "Removal-Recipient: a@example.com\n"
	  "Removal-Recipient: b@example.com",
	    "" },
	{ "Removal-Recipient: nobody", "" },
	{ "Removal-Recipient: redacted@example.com", "" },
	{ "Removal-Recipient: x1@example.com\nRedacted-Address: x1@", "" },
	{ "Removal-Recipient: 5d41402abc4b2a76b9719d911017c592@example.com",
	    "" },
};

START_TEST(reads_who_wants_no_more)
{
	struct report r = { 0 };
	struct buf text;

	buf_init(&text, 4096);
	buf_addf(&text, "Feedback-Type: opt-out\n%s\n", removals[_i].fields);
	ck_assert(arf_content(buf_span(&text), true, &r));
	ck_assert_str_eq(r.feedback.removal.text, removals[_i].want);
	report_done(&r);
	buf_done(&text);
}
END_TEST

START_TEST(stops_at_the_limit_of_recipients)
{
	struct report r = { 0 };
	struct buf text;

	buf_init(&text, LIMIT_PART_BYTES);
	buf_add_text(&text, "Feedback-Type: abuse\n");
	for (int i = 0; i < LIMIT_REPORT_RECIPIENTS; i++)
		buf_addf(&text, "Original-Rcpt-To: r%d@example.com\n", i);
	ck_assert(arf_content(buf_span(&text), true, &r));
	ck_assert_uint_eq(r.feedback.rcpt_to_n, LIMIT_REPORT_RECIPIENTS);
	ck_assert_str_eq(r.feedback.rcpt_to[0].domain, "example.com");
	report_done(&r);
	buf_add_text(&text, "Original-Rcpt-To: one-more@example.com\n");
	ck_assert(arf_content(buf_span(&text), true, &r));
	ck_assert_uint_eq(r.feedback.rcpt_to_n, 0);
	report_done(&r);
	buf_done(&text);
}
END_TEST

static Suite *
arf_suite(void)
{
	Suite *s = suite_create("arf");
	TCase *t = tcase_create("arf");

	tcase_add_loop_test(t, reads_contents, 0, ARRAY_LEN(contents));
	tcase_add_loop_test(t, reads_who_wants_no_more, 0, ARRAY_LEN(removals));
	tcase_add_test(t, stops_at_the_limit_of_recipients);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(arf_suite)
