#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "message/dsn.h"
#include "message/fields.h"
#include "message/typed.h"

/* Recipients as "original/final/action/status," each; "-": absent. */
static const struct {
	const char *text;
	bool whole;
	const char *want;
} contents[] = {
	{ "Final-Recipient: rfc822; a@example.com\nAction: failed\n", true,
	    "-/a@example.com/failed/-," },
	/* RFC 3464 2.3.3: any case; 2.1.1: comments. */
	{ "FINAL-RECIPIENT: RFC822; a@example.com\nACTION : FaiLed (x (y))\n",
	    true, "-/a@example.com/failed/-," },
	{ "Final-Recipient: rfc822; a@example.com\nAction: failed, or so\n",
	    true, "-/a@example.com/unknown/-," },
	/* 2.3.4: a comment after the code, no leading zeros. */
	{ "Final-Recipient: rfc822; a@example.com\nAction: failed\n"
	  "Status: 5.1.10 (no such user)\n",
	    true, "-/a@example.com/failed/5.1.10," },
	{ "Final-Recipient: rfc822; a@example.com\nAction: failed\n"
	  "Status: 550\n",
	    true, "-/a@example.com/failed/-," },
	/* Groups split by lines of blanks only; lines with no field. */
	{ "Reporting-MTA: dns; x\n \t\nFinal-Recipient: rfc822; a@example.com\n"
	  "-----\n folded on\nAction: failed\n  \r\n"
	  "Final-Recipient: rfc822; b@example.com\r\nAction: failed\r\r\n",
	    true, "-/a@example.com/failed/-,-/b@example.com/failed/-," },
	/* Cut off: a group counts only with the blank line behind it. */
	{ "Final-Recipient: rfc822; a@example.com\nAction: failed\n", false,
	    "" },
	{ "Final-Recipient: rfc822; a@example.com\nAction: failed\n\n", false,
	    "-/a@example.com/failed/-," },
	{ "Final-Recipient: rfc822; a@example.com\nAction: failed\n  ", false,
	    "" },
	{ "Final-Recipient: rfc822; a@example.com\nAction: failed\n\r", false,
	    "" },
	{ "Final-Recipient: rfc822; a@example.com\nAction: failed\n\nFinal-",
	    false, "-/a@example.com/failed/-," },
	/* No blank lines: the first field begins each recipient. */
	{ "Action: failed\nFinal-Recipient: rfc822; a@example.com\n"
	  "Action: delivered\nFinal-Recipient: rfc822; b@example.com\n",
	    true, "-/a@example.com/failed/-,-/b@example.com/delivered/-," },
	/* ... unless the order tells that the cut would be wrong. */
	{ "Final-Recipient: rfc822; a@example.com\nAction: failed\n"
	  "Action: delivered\nFinal-Recipient: rfc822; b@example.com\n",
	    true, "" },
	{ "Diagnostic-Code: smtp; 550\nFinal-Recipient: rfc822; a@example.com\n"
	  "Action: failed\nDiagnostic-Code: smtp; 450\n"
	  "Final-Recipient: rfc822; b@example.com\nAction: failed\n",
	    true, "" },
	{ "Original-Recipient: rfc822; a@example.com\n"
	  "Final-Recipient: rfc822; a@example.com\nAction: failed\n"
	  "Final-Recipient: rfc822; b@example.com\nAction: delivered\n",
	    true, "" },
	/* A doubtful group takes nothing from the others. */
	{ "Final-Recipient: rfc822; a@example.com\nStatus: 5.1.1\n"
	  "Status: 4.1.1\nAction: failed\n\n"
	  "Final-Recipient: rfc822; b@example.com\nAction: failed\n",
	    true, "-/b@example.com/failed/-," },
	{ "Diagnostic-Code: smtp; 550 5.1.1 no\n\n"
	  "Final-Recipient: rfc822; b@example.com\nAction: failed\n",
	    true, "-/b@example.com/failed/-," },
	{ "Final-Recipient:\nAction: failed\n", true, "" },
	{ "", true, "" },
	{ "\n\n\n", true, "" },
};

static const char *
address(const struct claim_address *a)
{
	if (!a->present)
		return "-";
	return a->valid ? a->addr.text : "!";
}

START_TEST(reads_contents)
{
	struct report r = { 0 };
	struct buf got;
	char status[STATUS_TEXT];

	buf_init(&got, 4096);
	dsn_content(span_of(contents[_i].text), contents[_i].whole, &r);
	for (size_t i = 0; i < r.recipients_n; i++) {
		const struct report_recipient *one = &r.recipients[i];

		status_format(&one->status, status);
		buf_addf(&got, "%s/%s/%s/%s,", address(&one->original),
		    address(&one->final),
		    names_text(dsn_action_names, one->action),
		    one->status.class_digit != 0 ? status : "-");
	}
	ck_assert_str_eq(buf_text(&got), contents[_i].want);
	buf_done(&got);
	report_done(&r);
}
END_TEST

static const struct {
	const char *value;
	const char *text;
	const char *addr; /* NULL: valid is false */
} addresses[] = {
	{ "rfc822; Joe@Example.COM", "Joe@Example.COM", "joe@example.com" },
	{ "rfc822;joe@example.com", "joe@example.com", "joe@example.com" },
	{ "rfc822 (Internet) ; joe@example.com (Joe)", "joe@example.com",
	    "joe@example.com" },
	{ "rfc822; \"a;(b)\"@example.com", "\"a;(b)\"@example.com",
	    "\"a;(b)\"@example.com" },
	{ "joe@example.com", "joe@example.com", "joe@example.com" },
	{ "rfc822; <joe@example.com>", "<joe@example.com>", "joe@example.com" },
	{ "rfc822; Joe <joe@example.com>", "Joe <joe@example.com>",
	    "joe@example.com" },
	{ "rfc822; <a@example.com> <b@example.com>",
	    "<a@example.com> <b@example.com>", NULL },
	{ "rfc822; a@example.com b@example.com", "a@example.com b@example.com",
	    NULL },
	{ "rfc822; joe", "joe", NULL },
	{ "rfc822; joe(@example.com", "joe(@example.com", NULL },
	/* RFC 6533 3 */
	{ "utf-8; \\x{6A}\\x{F6}\\x{20AC}\\x{1F600}@example.com",
	    "j\xC3\xB6\xE2\x82\xAC\xF0\x9F\x98\x80@example.com",
	    "j\xC3\xB6\xE2\x82\xAC\xF0\x9F\x98\x80@example.com" },
	{ "UTF-8; a\\x{5C}b@example.com", "a\\b@example.com", NULL },
	{ "utf-8; a\\x{0}b@example.com", "a\\x{0}b@example.com", NULL },
	{ "utf-8; a\\x{110000}b@example.com", "a\\x{110000}b@example.com",
	    NULL },
	{ "utf-8; a\\x{F6b@example.com", "a\\x{F6b@example.com", NULL },
	{ "utf-8; a\\x{", "a\\x{", NULL },
	{ "rfc822; \xFF@example.com", "\xFF@example.com", NULL },
};

START_TEST(reads_addresses)
{
	struct claim_address got;

	typed_address(span_of(addresses[_i].value), &got);
	ck_assert(got.present);
	ck_assert_str_eq(got.text, addresses[_i].text);
	ck_assert(got.valid == (addresses[_i].addr != NULL));
	if (got.valid)
		ck_assert_str_eq(got.addr.text, addresses[_i].addr);
}
END_TEST

START_TEST(has_no_address_in_nothing)
{
	struct claim_address got;

	typed_address(span_of(""), &got);
	ck_assert(!got.present && !got.valid);
	typed_address(span_of("rfc822; (none)"), &got);
	ck_assert(!got.present && !got.valid);
}
END_TEST

static const struct {
	const char *value;
	const char *want;
} names[] = {
	{ "dns; mx.example.com", "mx.example.com" },
	{ "DNS;mx.example.com (192.0.2.1, (the) server)", "mx.example.com" },
	{ "mx.example.com", "mx.example.com" },
	{ "x-local-hostname; our mx", "our mx" },
	{ "dns; mx (unclosed", "mx (unclosed" },
	{ "", "" },
};

START_TEST(reads_mta_names)
{
	char got[64];

	typed_name(span_of(names[_i].value), got, sizeof(got));
	ck_assert_str_eq(got, names[_i].want);
}
END_TEST

/* Fields of a block as "name=value,"; RFC 5322 2.2.3 on folding. */
static const struct {
	const char *block;
	const char *want;
} blocks[] = {
	{ "A: b\nC:d\n", "A=b,C=d," },
	{ "A: b\r\n c\r\n\td\r\nE: f", "A=b c d,E=f," },
	{ "A : b\n", "A=b," },
	{ "A:\n b\n", "A=b," },
	{ "no field\n with more\nA: b\n", "A=b," },
	{ " A: x\nB: y\n", "B=y," },
	{ ": x\nA b: y\nC: z\n", "C=z," },
	{ "A:b:c\n", "A=b:c," },
	{ "A:", "A=," },
	{ "", "" },
};

START_TEST(reads_fields)
{
	struct fields f;
	struct span name, value;
	struct buf got;

	buf_init(&got, 4096);
	fields_open(&f, span_of(blocks[_i].block));
	while (fields_next(&f, &name, &value)) {
		buf_add_span(&got, name);
		buf_add_char(&got, '=');
		buf_add_span(&got, value);
		buf_add_char(&got, ',');
	}
	ck_assert_str_eq(buf_text(&got), blocks[_i].want);
	fields_done(&f);
	buf_done(&got);
}
END_TEST

START_TEST(passes_over_long_and_broken_fields)
{
	struct fields f;
	struct span name, value;
	struct buf block;

	buf_init(&block, 64L * 1024);
	buf_add_text(&block, "Long: ");
	for (int i = 0; i < LIMIT_FIELD_BYTES + 1; i++)
		buf_add_char(&block, 'x');
	buf_add(&block, "\nNul: a\0b\nGood: c\n",
	    sizeof("\nNul: a\0b\nGood: c\n") - 1);
	fields_open(&f, buf_span(&block));
	ck_assert(fields_next(&f, &name, &value));
	ck_assert(span_is(name, "Good") && span_is(value, "c"));
	ck_assert(!fields_next(&f, &name, &value));
	fields_done(&f);
	buf_done(&block);
}
END_TEST

START_TEST(drops_the_last_field)
{
	struct span s = fields_without_last(span_of("A: b\n c\nTo: x@exa"));

	ck_assert(span_is(s, "A: b\n c\n"));
	s = fields_without_last(span_of("A: b\nTo: x@example.com,\n y@exa"));
	ck_assert(span_is(s, "A: b\n"));
	ck_assert_uint_eq(fields_without_last(span_of("To: x")).len, 0);
	ck_assert_uint_eq(fields_without_last(span_of("")).len, 0);
}
END_TEST

/* Which date is a failure's: RFC 3464 2.3.7, RFC 5322 3.6.1, RFC 3464 2.2.5.
 * Each is of another day of November 2026. */
#define ATTEMPT "Last-Attempt-Date: Wed, 11 Nov 2026 01:00:00 +0300\n"
#define DATE "Date: Thu, 12 Nov 2026 23:00:00 -0200 (GMT-2)\n"
#define ARRIVAL "Arrival-Date: 14 Nov 26 00:00 GMT\n"
static const struct {
	const char *header;
	const char *message;
	const char *recipient;
	int want; /* 0: none */
} dates[] = {
	{ DATE, ARRIVAL, ATTEMPT, 10 },
	{ DATE, ARRIVAL, "", 13 },
	{ "", ARRIVAL, "", 14 },
	{ "", "", "", 0 },
	{ DATE, ARRIVAL, "Last-Attempt-Date: yesterday\n", 13 },
	{ "Date:\n" DATE, "", "", 13 },
	{ "Date: 0\n", ARRIVAL, "Last-Attempt-Date:\n", 14 },
	{ "Date: Xyz\n", "Arrival-Date: \1\377\n", "", 0 },
};

START_TEST(knows_the_day)
{
	char mail[1024];
	struct report r;
	int64_t at = 0;

	snprintf(mail, sizeof(mail),
	    "%sContent-Type: multipart/report; boundary=b\n\n--b\n"
	    "Content-Type: message/delivery-status\n\n"
	    "Reporting-MTA: dns; a\n%s\n"
	    "Final-Recipient: rfc822; joe@example.net\nAction: failed\n"
	    "%s\n--b--\n",
	    dates[_i].header, dates[_i].message, dates[_i].recipient);
	report_read(span_of(mail), &r);
	ck_assert_uint_eq(r.recipients_n, 1);
	ck_assert_int_eq(report_date(&r, &r.recipients[0], &at),
	    dates[_i].want != 0);
	/* 1 November 2026 is day 20758 since 1970. */
	if (dates[_i].want != 0)
		ck_assert_int_eq(at / 86400, 20757 + dates[_i].want);
	report_done(&r);
}
END_TEST

/* The text gives reasons to whom the fields name and say nothing of, and names
 * nobody. */
START_TEST(takes_reasons_from_the_text)
{
	static const char mail[] =
	    "From: MAILER-DAEMON@mx.example.net\n"
	    "Content-Type: multipart/report; boundary=b\n\n--b\n\n"
	    "A message that you sent could not be delivered to one or more of "
	    "its\nrecipients. The following address(es) failed:\n\n"
	    "  a@example.net\n    550 5.1.1 gone\n"
	    "  b@example.net\n    gone\n  c@example.net\n    gone\n"
	    "  d@example.net\n    gone\n  e@example.net\n    gone\n"
	    "--b\nContent-Type: message/delivery-status\n\n"
	    "Reporting-MTA: dns; mx.example.net\n\n"
	    "Final-Recipient: rfc822; a@example.net\nAction: failed\n"
	    "Status: 5.0.0\n\n"
	    "Final-Recipient: rfc822; b@example.net\nAction: failed\n"
	    "Status: 5.2.2\n\n"
	    "Final-Recipient: rfc822; c@example.net\nAction: failed\n"
	    "Status: 5.0.0\nDiagnostic-Code: smtp; 550 no\n\n"
	    "Final-Recipient: rfc822; d@example.net\nAction: delayed\n"
	    "Status: 4.0.0\n\n"
	    "Final-Recipient: rfc822; f@example.net\nAction: failed\n\n"
	    "--b--\n";
	static const char *const want[] = { "550 5.1.1 gone", "", "550 no", "",
		"" };
	struct report r;

	report_read(span_of(mail), &r);
	ck_assert_uint_eq(r.recipients_n, ARRAY_LEN(want));
	for (size_t i = 0; i < ARRAY_LEN(want); i++)
		ck_assert_str_eq(r.recipients[i].diagnostic, want[i]);
	ck_assert_int_eq(r.recipients[0].reply_code, 550);
	ck_assert_int_eq(r.recipients[0].diagnostic_status.subject, 1);
	ck_assert_str_eq(r.format, "rfc3464");
	report_done(&r);
}
END_TEST

static Suite *
dsn_suite(void)
{
	Suite *s = suite_create("dsn");
	TCase *t = tcase_create("dsn");

	tcase_add_loop_test(t, reads_contents, 0, ARRAY_LEN(contents));
	tcase_add_loop_test(t, reads_addresses, 0, ARRAY_LEN(addresses));
	tcase_add_test(t, has_no_address_in_nothing);
	tcase_add_loop_test(t, reads_mta_names, 0, ARRAY_LEN(names));
	tcase_add_loop_test(t, reads_fields, 0, ARRAY_LEN(blocks));
	tcase_add_test(t, passes_over_long_and_broken_fields);
	tcase_add_test(t, drops_the_last_field);
	tcase_add_test(t, takes_reasons_from_the_text);
	tcase_add_loop_test(t, knows_the_day, 0, ARRAY_LEN(dates));
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(dsn_suite)
