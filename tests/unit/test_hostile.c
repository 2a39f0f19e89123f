/*
 * Mails made to cost as much as they can, through the whole chain: parse,
 * whom, class, verdict. Each is as large as a report may be. The limits here
 * are far above what each needs (some hundredths of a second, 13 MB), and
 * far below what one that gets out of hand would take.
 */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/limits.h"
#include "policy/engine.h"

#define CPU_S 20
#define GROWTH_KIB (32L * 1024)

#define FROM "From: MAILER-DAEMON@mx.example.net\nSubject: Undelivered Mail\n"
#define MIXED FROM "Content-Type: multipart/mixed; boundary=b\n\n"
#define DSN                                                                    \
	FROM "Content-Type: multipart/report; boundary=b\n\n--b\n"             \
	     "Content-Type: message/delivery-status\n"
#define GROUPS DSN "\nReporting-MTA: dns; mx.example.net\n\n"
#define ARF                                                                    \
	FROM "Content-Type: multipart/report; boundary=b\n\n--b\n"             \
	     "Content-Type: message/feedback-report\n\nFeedback-Type: abuse\n"
#define RETURNED "\n--b\nContent-Type: message/rfc822\n\n"
/* 60 bytes of a boundary, and 15 levels of it, each a bit longer. */
#define B60 "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define LEVEL(x)                                                               \
	"Content-Type: multipart/mixed; boundary=" B60 x "\n\n--" B60 x "\n"
#define LEVELS3(x) LEVEL(x "a") LEVEL(x "b") LEVEL(x "c")
#define LEVELS LEVELS3("a") LEVELS3("b") LEVELS3("c") LEVELS3("d") LEVELS3("e")

/* head, then piece as often as there is room; "#" in it is a number. */
static const struct {
	const char *what;
	const char *head;
	const char *piece;
} mails[] = {
	{ "lines of a header", FROM, "X: y\n" },
	{ "lines of a header that is read", FROM, "From: a@b\n" },
	{ "content types", FROM, "Content-Type: text/html; charset=a\n" },
	{ "parameters", FROM "Content-Type: text/plain", "; a*0=b" },
	{ "folds", FROM "Content-Type: text/plain;", "\n a=b;" },
	{ "encoded words", FROM, "Subject: =?utf-8?b?eA==?= =?x?q?=?= \n" },
	{ "encoded words in a line", "Subject:", " =?utf-8?q?x?=" },
	{ "comments", FROM "Auto-Submitted: ", "(" },
	{ "fields with comments", FROM,
	    "Auto-Submitted: ((((((((((((((((((((((((((((((((((((((((((\n" },
	{ "addresses in From", "", "From: a@b.example, <c@d>, e:f@g;, \"h\n" },
	{ "one line", FROM "\n", "x" },
	{ "one line of addresses", FROM "\n", "user unknown <a@b.example>" },
	{ "brackets", FROM "\n\n", "<a@" },
	{ "empty lines", FROM "\n", "\n" },
	{ "carriage returns", "Subject: a\r\r", "x\r" },
	{ "NULs", FROM "\n", "\0" },

	{ "parts", MIXED, "--b\n\nx\n" },
	{ "message parts", FROM "Content-Type: message/rfc822\n\n",
	    "Content-Type: message/rfc822\n\n" },
	{ "lines that begin as boundaries do", FROM LEVELS "\n",
	    "--" B60 "\n" },
	{ "boundaries of all levels", FROM LEVELS "\n", "--" B60 "aa--\n" },
	{ "wrapped bounces",
	    "Subject: Fwd: x\nContent-Type: multipart/mixed; boundary=b\n\n"
	    "see below\n--b\nContent-Type: message/rfc822\n\n",
	    FROM "Content-Type: multipart/report; boundary=c\n\n--c\n" },

	{ "recipients", GROUPS,
	    "Final-Recipient: rfc822; r#@example.net\nAction: failed\n"
	    "Status: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 unknown\n\n" },
	{ "one recipient again and again", GROUPS,
	    "Final-Recipient: rfc822; a@example.net\nAction: failed\n\n" },
	{ "recipients in one group", GROUPS,
	    "Final-Recipient: rfc822; a#@example.net\nAction: failed\n" },
	{ "groups", GROUPS, "X: y\n\n" },
	{ "parts of recipients", DSN "\n",
	    "Final-Recipient: rfc822; a#@example.net\nAction: failed\n\n--b\n"
	    "Content-Type: message/delivery-status\n\n" },
	{ "base64 of recipients", DSN "Content-Transfer-Encoding: base64\n\n",
	    /* Final-Recipient: a@example.net, Action: failed */
	    "RmluYWwtUmVjaXBpZW50OmFAZXhhbXBsZS5uZXQKQWN0aW9uOmZhaWxlZAoK" },
	{ "quoted-printable",
	    DSN "Content-Transfer-Encoding: quoted-printable\n\n", "=0A=" },
	{ "uuencoded", DSN "Content-Transfer-Encoding: x-uuencode\n\n",
	    "begin 644 a\n" },
	{ "names of other alphabets", GROUPS,
	    "Final-Recipient: utf-8; \303\274\\x{FC}@"
	    "\303\274\303\274\303\274\303\274\303\274\303\274.xn--tda#."
	    "\303\274\303\274\303\274\303\274\303\274\303\274.example\n"
	    "Action: failed\n\n" },
	/* The rules' patterns: much that nearly fits, and backtracks. */
	{ "words of the rules", GROUPS,
	    "Final-Recipient: rfc822; r#@example.net\nAction: failed\n"
	    "Diagnostic-Code: smtp; user mailbox account recipient address "
	    "domain is is is has has been been not mailbox user account user "
	    "exceeded exceed quota of of of message mail e-mail content body "
	    "sender sender sender address address address host host is is was "
	    "undeliverable address: undeliverable address: undeliverable: "
	    "user user user user user user user user user user user user user "
	    "unable to deliver unable to deliver after after after 1 2 3 4 5\n"
	    "\n" },
	{ "codes in a diagnostic", GROUPS,
	    "Final-Recipient: rfc822; r#@example.net\nAction: failed\n"
	    "Diagnostic-Code: smtp; 550-5.1.1 550 5.1.1 550 5.1.1 550-5.1.1 "
	    "550-5.1.1 550-5.1.1 550-5.1.1 550-5.1.1 550-5.1.1 550-5.1.1\n"
	    "\n" },

	{ "complainers", ARF, "Original-Rcpt-To: a#@example.net\n" },
	{ "placeholders", ARF, "Redacted-Address: a#@\n" },
	{ "lines of what is returned", ARF RETURNED, "To: a@example.net\n" },
	{ "addresses in what is returned", ARF RETURNED "To: b",
	    ", a@example.net" },
	{ "tokens in what is returned", ARF RETURNED,
	    "X-Suppressd-Id: ceaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n" },
	{ "hosts in what is returned", ARF RETURNED "To: a@example.net\n",
	    "Received: by b for <a@example.net>; x\n" },

	{ "recipients of qmail",
	    FROM "\nHi. This is the qmail-send program at mx.example.net.\n",
	    "<a#@example.net>:\nno such user\n\n" },
	{ "recipients of Exim",
	    FROM "X-Failed-Recipients: a@example.net\n\n"
		 "A message that you sent could not be delivered\n",
	    "  a#@example.net\n    unknown user\n" },
	{ "blanks where an address may be",
	    FROM "\nThis is the email server at mx.example.net.\n",
	    "x                                                              "
	    "                                                               "
	    "                                                               "
	    "                                                               "
	    "                                                              x" },
	{ "fields of Exim", FROM, "X-Failed-Recipients: a#@example.net\n" },
	{ "tags", FROM "Content-Type: text/html\n\n", "<div a='" },
	{ "entities", FROM "Content-Type: text/html\n\n", "&#x41" },
	{ "styles", FROM "Content-Type: text/html\n\n", "<style><!--" },
	{ "parts of HTML", MIXED,
	    "--b\nContent-Type: text/html; charset=gb18030\n"
	    "Content-Transfer-Encoding: base64\n\n"
	    "PHN0eWxlPjwhLS0gPGEgPHN0eWxlPjwhLS0gPGEgPHN0eWxlPjwhLS0gPGEg\n" },
	{ "a text in UTF-7", FROM "Content-Type: text/plain; charset=utf-7\n\n",
	    "+AGEAYQ-" },
	{ "a text that shifts",
	    FROM "Content-Type: text/plain; charset=iso-2022-jp\n\n",
	    "\033$B\033(B" },
	{ "arrays of JSON", "From: no-reply@sns.amazonaws.com\n\n", "[" },
	{ "objects of JSON", "From: no-reply@sns.amazonaws.com\n\n{",
	    "\"a\":{" },
	{ "recipients of JSON",
	    "From: no-reply@sns.amazonaws.com\n\n{\"notificationType\":"
	    "\"Bounce\",\"bounce\":{\"bouncedRecipients\":[",
	    "{\"emailAddress\":\"a#@example.net\"}," },
};

static void
write_mail(size_t i, struct buf *out)
{
	const char *number = strchr(mails[i].piece, '#');
	size_t len = strlen(mails[i].piece);

	buf_init(out, LIMIT_REPORT_BYTES);
	buf_add_text(out, mails[i].head);
	if (len == 0)
		len = 1; /* the NUL */
	for (unsigned n = 0; out->len + len + 10 < LIMIT_REPORT_BYTES; n++)
		if (number != NULL)
			buf_addf(out, "%.*s%u%s",
			    (int)(number - mails[i].piece), mails[i].piece, n,
			    number + 1);
		else
			buf_add(out, mails[i].piece, len);
	ck_assert(!out->full);
}

static long
peak_kib(void)
{
	struct rusage usage;

	ck_assert_int_eq(getrusage(RUSAGE_SELF, &usage), 0);
	return usage.ru_maxrss;
}

/* A process that needs more time is ended by the system. */
START_TEST(costs_little)
{
	const struct rlimit cpu = { CPU_S, CPU_S };
	const struct arrival arrival = { .assume_trust = true,
		.helo = "",
		.mail_from = "" };
	struct conf *conf = conf_defaults();
	struct lesson lesson;
	struct buf mail;
	long before;

	write_mail((size_t)_i, &mail);
	ck_assert_int_eq(setrlimit(RLIMIT_CPU, &cpu), 0);
	before = peak_kib();
	engine_explain(conf, NULL, &arrival, buf_span(&mail), 1764000000,
	    &lesson);
	ck_assert_uint_le(lesson.findings_n, LIMIT_REPORT_RECIPIENTS);
	/* Sanitizers keep what has been freed. */
	ck_assert_msg(SANITIZED || peak_kib() - before <= GROWTH_KIB,
	    "%s: %ld KiB more", mails[_i].what, peak_kib() - before);
	lesson_done(&lesson);
	buf_done(&mail);
	conf_unref(conf);
}
END_TEST

static Suite *
hostile_suite(void)
{
	Suite *s = suite_create("hostile");
	TCase *t = tcase_create("hostile");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, costs_little, 0, ARRAY_LEN(mails));
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(hostile_suite)
