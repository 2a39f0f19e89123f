/* Reports that are large, deep, many or hostile, and many threads. */
#include "tests/unit/unit.h"

#include <pthread.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "message/freeform.h"
#include "message/report.h"

/* What nobody should send. Each is built and must be refused. */
static void
nested(struct buf *out, size_t levels)
{
	for (size_t i = 0; i < levels; i++)
		buf_addf(out,
		    "Content-Type: multipart/mixed; boundary=b%zu\n\n--b%zu\n",
		    i, i);
}

static void
many_parts(struct buf *out, size_t n)
{
	buf_add_text(out, "Content-Type: multipart/report; boundary=b\n\n");
	for (size_t i = 0; i < n; i++)
		buf_add_text(out, "--b\nA: b\n\nc\n");
}

static void
long_header(struct buf *out, size_t bytes)
{
	buf_add_text(out, "Subject: ");
	for (size_t i = 0; i < bytes; i++)
		buf_add_char(out, 'x');
	buf_add_text(out, "\n\ntext\n");
}

static void
many_folds(struct buf *out, size_t n)
{
	buf_add_text(out, "Content-Type: multipart/report;\n");
	for (size_t i = 0; i < n; i++)
		buf_add_text(out, " a=b;\n");
	buf_add_text(out, "\n--b\n");
}

static void
binary(struct buf *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_add_char(out, (char)(i * 7 + i / 256));
}

static void
dashes(struct buf *out, size_t n)
{
	nested(out, 15);
	buf_add_char(out, '\n');
	for (size_t i = 0; i < n; i++)
		buf_add_text(out, "--\n");
}

static void
too_large(struct buf *out, size_t n)
{
	static const char kib[1024];

	for (size_t i = 0; i < n; i++)
		buf_add(out, kib, sizeof(kib));
}

static void
phrases(struct buf *out, const struct freeform_row *r)
{
	for (; r->name != NULL; r++)
		if (r->phrases[0] != NULL)
			buf_addf(out, "x %s\n", r->phrases[0]);
}

/* A notice that is of every format, and names nobody in any. */
static void
every_format(struct buf *out, size_t n)
{
	buf_add_text(out, "From: MAILER-DAEMON@google.com\n"
			  "X-Failed-Recipients: x@\n"
			  "Content-Type: multipart/mixed; boundary=b\n\n");
	for (int part = 0; part < 100; part++) {
		buf_add_text(out, "--b\n\n");
		phrases(out, freeform_mtas);
		phrases(out, freeform_providers);
		for (size_t i = 0; i < n; i++)
			buf_add_text(out, "x@\n");
		buf_add_text(out, "\n\n");
	}
}

/* Lines in which each byte may begin an address. */
static void
brackets(struct buf *out, size_t n)
{
	buf_add_text(out, "From: MAILER-DAEMON\n\n"
			  "your list of failed recipients\n");
	for (size_t i = 0; i < n; i++)
		buf_add_text(out, i % 5000 == 0 ? "\n" : " <");
}

static void
open_tags(struct buf *out, size_t n)
{
	buf_add_text(out, "From: MAILER-DAEMON\nContent-Type: text/html\n\n");
	for (size_t i = 0; i < n; i++)
		buf_add_text(out, "<!--<style<a@&#x");
}

static const struct {
	void (*build)(struct buf *out, size_t n);
	size_t n;
	const char *note;
} hostile[] = {
	{ nested, 10000, "nested deeper than 16 levels" },
	{ nested, 17, "nested deeper than 16 levels" },
	{ nested, 16, "no part that reports a delivery or a complaint" },
	{ many_parts, 100000, "more than 200 parts" },
	{ many_parts, 200, "more than 200 parts" },
	{ many_parts, 199,
	    "a report (no type), but no part of it that we read" },
	{ many_parts, 100,
	    "a report (no type), but no part of it that we read" },
	{ long_header, LIMIT_MIME_HEADER_BYTES - sizeof("Subject: "),
	    "no part that reports a delivery or a complaint" },
	{ long_header, LIMIT_MIME_HEADER_BYTES - sizeof("Subject: ") + 1,
	    "a header of more than 262144 bytes" },
	{ many_folds, 40000, "no part that reports a delivery or a complaint" },
	{ many_folds, 1000000, "a header of more than 262144 bytes" },
	{ binary, 1024 * 1024,
	    "no part that reports a delivery or a complaint" },
	{ dashes, 3000000, "no part that reports a delivery or a complaint" },
	{ every_format, 10000,
	    "no part that reports a delivery or a complaint" },
	{ brackets, 1000000, "no part that reports a delivery or a complaint" },
	{ open_tags, 500000, "no part that reports a delivery or a complaint" },
	{ too_large, 11 * 1024, "larger than 10485760 bytes" },
};

START_TEST(survives_hostile_mail)
{
	struct buf mail;
	struct report r;

	buf_init(&mail, 4 * LIMIT_REPORT_BYTES);
	hostile[_i].build(&mail, hostile[_i].n);
	report_read(buf_span(&mail), &r);
	ck_assert_int_eq(r.type, REPORT_NONE);
	ck_assert_str_eq(r.note, hostile[_i].note);
	report_done(&r);
	buf_done(&mail);
}
END_TEST

START_TEST(stops_at_the_limit_of_recipients)
{
	struct buf mail;
	struct report r;

	buf_init(&mail, LIMIT_REPORT_BYTES);
	buf_add_text(&mail,
	    "Content-Type: multipart/report; boundary=b\n\n--b\n"
	    "Content-Type: message/delivery-status\n\nReporting-MTA: dns; a\n");
	for (int i = 0; i < LIMIT_REPORT_RECIPIENTS + 2; i++)
		buf_addf(&mail,
		    "\nFinal-Recipient: rfc822; r%d@example.com\n"
		    "Action: failed\nStatus: 5.1.1\n",
		    i);
	buf_add_text(&mail, "--b--\n");
	report_read(buf_span(&mail), &r);
	ck_assert_int_eq(r.type, REPORT_BOUNCE);
	ck_assert_uint_eq(r.recipients_n, LIMIT_REPORT_RECIPIENTS);
	ck_assert_str_eq(r.note, "more recipients than we read");
	ck_assert_str_eq(r.recipients[999].final.addr.text, "r999@example.com");
	report_done(&r);
	buf_done(&mail);
}
END_TEST

static void *
read_often(void *mail)
{
	struct report r;
	size_t failed = 0;

	for (int i = 0; i < 50; i++) {
		report_read(span_of(mail), &r);
		failed += r.type != REPORT_BOUNCE;
		report_done(&r);
	}
	return failed == 0 ? mail : NULL;
}

START_TEST(is_thread_safe)
{
	static char mail[] =
	    "Subject: =?utf-8?q?x?=\nContent-Type: multipart/report; "
	    "boundary=b\n\n--b\nContent-Type: message/delivery-status\n"
	    "Content-Transfer-Encoding: base64\n\n"
	    /* Final-Recipient: rfc822; a@example.com, Action: failed */
	    "RmluYWwtUmVjaXBpZW50OiByZmM4MjI7IGFAZXhhbXBsZS5jb20KQWN0aW9u"
	    "OiBmYWlsZWQK\n--b--\n";
	pthread_t threads[4];
	void *ok;

	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		ck_assert_int_eq(
		    pthread_create(&threads[i], NULL, read_often, mail), 0);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
		ck_assert_int_eq(pthread_join(threads[i], &ok), 0);
		ck_assert_ptr_nonnull(ok);
	}
}
END_TEST

static Suite *
report_limits_suite(void)
{
	Suite *s = suite_create("report_limits");
	TCase *t = tcase_create("report_limits");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, survives_hostile_mail, 0, ARRAY_LEN(hostile));
	tcase_add_test(t, stops_at_the_limit_of_recipients);
	tcase_add_test(t, is_thread_safe);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(report_limits_suite)
