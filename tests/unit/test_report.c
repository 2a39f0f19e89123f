/*
 * Reads every tests/data/NAME.eml and compares what report_read() makes of
 * it with NAME.want: one "name value" a line, in the order of describe(),
 * and nothing for what is absent. A "!" stands before an address that is
 * none.
 */
#include "tests/unit/unit.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/limits.h"
#include "message/report.h"

static struct dirent **fixtures;
static int fixtures_n;

static void
text_line(struct buf *out, const char *name, const char *text)
{
	if (text[0] != '\0')
		buf_addf(out, "%s %s\n", name, text);
}

static void
address_line(struct buf *out, const char *name, const struct claim_address *a)
{
	if (a->present)
		buf_addf(out, "%s %s%s\n", name, a->valid ? "" : "!",
		    a->valid ? a->addr.text : a->text);
}

static void
status_line(struct buf *out, const char *name, const struct status *s)
{
	char text[STATUS_TEXT];

	if (s->class_digit == 0)
		return;
	status_format(s, text);
	text_line(out, name, text);
}

static void
describe_recipient(const struct report_recipient *r, struct buf *out)
{
	buf_add_text(out, "recipient\n");
	address_line(out, "original", &r->original);
	address_line(out, "final", &r->final);
	address_line(out, "actual", &r->actual);
	text_line(out, "action", names_text(dsn_action_names, r->action));
	status_line(out, "status", &r->status);
	text_line(out, "remote-mta", r->remote_mta);
	text_line(out, "diagnostic", r->diagnostic);
	status_line(out, "diagnostic-status", &r->diagnostic_status);
	if (r->reply_code != 0)
		buf_addf(out, "reply %d\n", r->reply_code);
}

static void
describe(const struct report *r, struct buf *out)
{
	text_line(out, "type", names_text(report_type_names, r->type));
	text_line(out, "format", r->format);
	text_line(out, "note", r->note);
	text_line(out, "reporting-mta", r->reporting_mta);
	text_line(out, "envelope-id", r->envelope_id);
	text_line(out, "postfix-sender", r->postfix_sender);
	text_line(out, "arrival", r->arrival);
	text_line(out, "auto-submitted", r->auto_submitted);
	for (size_t i = 0; i < r->recipients_n; i++)
		describe_recipient(&r->recipients[i], out);
	text_line(out, "feedback", r->feedback.type);
	text_line(out, "user-agent", r->feedback.user_agent);
	text_line(out, "source-ip", r->feedback.source_ip);
	for (size_t i = 0; i < r->feedback.rcpt_to_n; i++)
		text_line(out, "rcpt-to", r->feedback.rcpt_to[i].text);
	text_line(out, "removal", r->feedback.removal.text);
	if (r->returned.present)
		buf_addf(out, "returned-to %zu%s%s\n", r->returned.to_n,
		    r->returned.to_n == 1 ? " " : "",
		    r->returned.to_n == 1 ? r->returned.to.text : "");
	text_line(out, "returned-message-id", r->returned.message_id);
}

/* Reads a mail from an exact heap block, so that ASan sees overreads. */
static void
read_exactly(struct span mail, struct report *out)
{
	char *block = malloc(mail.len != 0 ? mail.len : 1);

	ck_assert_ptr_nonnull(block);
	if (mail.len != 0)
		memcpy(block, mail.p, mail.len);
	report_read((struct span){ block, mail.len }, out);
	free(block);
}

static void
read_data(const char *name, const char *suffix, struct buf *out)
{
	const char *srcdir = getenv("SRCDIR");
	char path[1024];
	struct error err = { 0 };

	snprintf(path, sizeof(path), "%s/tests/data/%.*s%s",
	    srcdir != NULL ? srcdir : ".", (int)(strlen(name) - strlen(".eml")),
	    name, suffix);
	buf_init(out, LIMIT_REPORT_BYTES);
	ck_assert_msg(file_read_path(path, out, &err), "%s", err.text);
}

START_TEST(reads_fixtures)
{
	const char *name = fixtures[_i]->d_name;
	struct buf mail, want, got;
	struct report r;

	read_data(name, ".eml", &mail);
	read_data(name, ".want", &want);
	buf_init(&got, LIMIT_REPORT_BYTES);
	read_exactly(buf_span(&mail), &r);
	describe(&r, &got);
	ck_assert_msg(strcmp(buf_text(&got), buf_text(&want)) == 0,
	    "%s: want\n%sgot\n%s", name, buf_text(&want), buf_text(&got));
	report_done(&r);
	buf_done(&mail);
	buf_done(&want);
	buf_done(&got);
}
END_TEST

START_TEST(there_are_fixtures)
{
	ck_assert_int_ge(fixtures_n, 30);
}
END_TEST

static bool
same_claim(const struct report_recipient *whole,
    const struct report_recipient *part)
{
	return strcmp(part->final.text, whole->final.text) == 0 &&
	       strcmp(part->original.text, whole->original.text) == 0 &&
	       part->action == whole->action &&
	       strcmp(part->diagnostic, whole->diagnostic) == 0;
}

/* A text for people that is cut off names the same one, with less reason. */
static bool
lesser_claim(const struct report_recipient *whole,
    const struct report_recipient *part)
{
	return (strcmp(part->final.text, whole->final.text) == 0 ||
		   strcmp(part->final.text, whole->original.text) == 0) &&
	       (!part->original.present ||
		   strcmp(part->original.text, whole->original.text) == 0) &&
	       part->action == whole->action;
}

static bool
is_claimed(const struct report *whole, const struct report *part, size_t i)
{
	const struct report_recipient *r = &part->recipients[i];

	if (strcmp(part->format, "rfc3464") == 0)
		return same_claim(&whole->recipients[i], r);
	for (size_t k = 0; k < whole->recipients_n; k++)
		if (lesser_claim(&whole->recipients[k], r))
			return true;
	return false;
}

/* Whatever is cut off a bounce: no address but the right one is claimed. */
START_TEST(truncated_claims_nothing_wrong)
{
	const char *name = fixtures[_i]->d_name;
	struct buf mail;
	struct report whole, part;

	read_data(name, ".eml", &mail);
	report_read(buf_span(&mail), &whole);
	for (size_t len = 0; len < mail.len; len++) {
		read_exactly((struct span){ mail.p, len }, &part);
		ck_assert(part.recipients_n <= whole.recipients_n);
		for (size_t i = 0; i < part.recipients_n; i++)
			ck_assert_msg(is_claimed(&whole, &part, i),
			    "%s cut at %zu: %s (%s)", name, len,
			    part.recipients[i].final.text,
			    part.recipients[i].diagnostic);
		if (part.returned.to_n == 1 && whole.returned.to_n == 1)
			ck_assert_str_eq(part.returned.to.text,
			    whole.returned.to.text);
		report_done(&part);
	}
	report_done(&whole);
	buf_done(&mail);
}
END_TEST

/* The To of a returned header: its only address, or how many entries. */
static const struct {
	const char *to;
	size_t n;
	const char *addr;
} returned_tos[] = {
	{ "To: Joe <Joe@example.com>\n", 1, "joe@example.com" },
	{ "To: joe@example.com (a, b)\n", 1, "joe@example.com" },
	{ "To: \"J, oe\" <joe@example.com>\n", 1, "joe@example.com" },
	{ "To: joe@example.com,\n", 1, "joe@example.com" },
	{ "To: team: joe@example.com;\n", 1, "joe@example.com" },
	{ "To: joe@example.com, ann@example.com\n", 2, NULL },
	{ "To: joe@example.com\nTo: ann@example.com\n", 2, NULL },
	{ "To: joe@example.com, broken\n", 2, NULL },
	{ "To: @broken, joe@example.com\n", 2, NULL },
	{ "To: undisclosed-recipients:;\n", 0, NULL },
	{ "Cc: joe@example.com\n", 0, NULL },
};

START_TEST(counts_returned_recipients)
{
	struct report r;
	struct buf mail;

	buf_init(&mail, 4096);
	buf_addf(&mail,
	    "Content-Type: multipart/report; boundary=b\n\n"
	    "--b\nContent-Type: message/feedback-report\n\n"
	    "Feedback-Type: abuse\n--b\n"
	    "Content-Type: message/rfc822\n\n%s\n--b--\n",
	    returned_tos[_i].to);
	read_exactly(buf_span(&mail), &r);
	ck_assert_uint_eq(r.returned.to_n, returned_tos[_i].n);
	if (r.returned.to_n == 1)
		ck_assert_str_eq(r.returned.to.text, returned_tos[_i].addr);
	report_done(&r);
	buf_done(&mail);
}
END_TEST

START_TEST(reads_the_outer_header)
{
	struct report r;

	report_read(span_of(
			"From: \"Gr\xC3\xBC\xC3\x9F, E.\" <E@Example.NET>\r\n"
			"Subject: =?iso-8859-1?q?Gr=FC=DFe?=\r\n"
			" and more\r\n"
			"Message-ID:\r\n <1@example.net>\r\n\r\nHi\r\n"),
	    &r);
	ck_assert_str_eq(r.from, "e@example.net");
	ck_assert_str_eq(r.subject, "Gr\xC3\xBC\xC3\x9F"
				    "e and more");
	ck_assert_str_eq(r.message_id, "<1@example.net>");
	report_done(&r);
}
END_TEST

START_TEST(gives_returned_headers)
{
	struct report r;
	struct span value;

	report_read(span_of("Content-Type: multipart/report; boundary=b\n\n"
			    "--b\nContent-Type: message/delivery-status\n\n"
			    "Reporting-MTA: dns; a\n\n"
			    "Final-Recipient: rfc822; a@example.com\n"
			    "Action: failed\n--b\n"
			    "Content-Type: text/rfc822-headers\n\n"
			    "Received: one\nX-Id: first\n\tpart\n"
			    "RECEIVED : two\nTo: a@example.com\n--b--\n"),
	    &r);
	ck_assert(report_returned_header(&r, "x-id", 0, &value));
	ck_assert(span_is(value, "first part"));
	ck_assert(report_returned_header(&r, "Received", 0, &value));
	ck_assert(span_is(value, "one"));
	ck_assert(report_returned_header(&r, "Received", 1, &value));
	ck_assert(span_is(value, "two"));
	ck_assert(!report_returned_header(&r, "Received", 2, &value));
	ck_assert(!report_returned_header(&r, "X-I", 0, &value));
	report_done(&r);
	report_read(span_of("Subject: none\n\n"), &r);
	ck_assert(!report_returned_header(&r, "Subject", 0, &value));
	report_done(&r);
}
END_TEST

static int
is_mail(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > 4 && strcmp(entry->d_name + len - 4, ".eml") == 0;
}

static Suite *
report_suite(void)
{
	Suite *s = suite_create("report");
	TCase *t = tcase_create("report");
	const char *srcdir = getenv("SRCDIR");
	char path[1024];

	snprintf(path, sizeof(path), "%s/tests/data",
	    srcdir != NULL ? srcdir : ".");
	fixtures_n = scandir(path, &fixtures, is_mail, alphasort);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, there_are_fixtures);
	tcase_add_loop_test(t, reads_fixtures, 0, fixtures_n);
	tcase_add_loop_test(t, truncated_claims_nothing_wrong, 0, fixtures_n);
	tcase_add_loop_test(t, counts_returned_recipients, 0,
	    ARRAY_LEN(returned_tos));
	tcase_add_test(t, reads_the_outer_header);
	tcase_add_test(t, gives_returned_headers);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(report_suite)
