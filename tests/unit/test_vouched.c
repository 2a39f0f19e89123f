/* Authentication-Results as a proof: whose they are and where they stand. */
#include "tests/unit/unit.h"

#include <string.h>

#include "policy/engine.h"
#include "policy/trust.h"
#include "policy/vouched.h"
#include "tests/unit/conf_text.h"

#define AR(text) "Authentication-Results: " text "\n"
#define PASS AR("mx.example.com; dkim=pass header.d=fbl.example.org")
#define OURS "Received: from x by mx.example.com with ESMTP; Thu\n"
#define FOREIGN "Received: from y by mx.example.net with ESMTP; Thu\n"
#define REST "From: feedback@fbl.example.org\nTo: fbl@example.com\n"

static struct conf *conf;

static void
begin(void)
{
	conf = conf_of("inbound = { authserv_ids = [ \"mx.example.com\" ];"
		       " own_domains = [ \"example.com\" ];"
		       " trusted_reporters = [ \"fbl.example.org\" ]; };");
}

static void
end(void)
{
	conf_unref(conf);
}

static const struct {
	const char *header;
	bool proves;
	const char *said;
} cases[] = {
	{ PASS, true,
	    "mx.example.com says dkim=pass header.d=fbl.example.org" },
	{ PASS FOREIGN, true, "dkim=pass" },
	{ OURS PASS FOREIGN, true, "dkim=pass" },
	/* A host of our own domain has stored it. */
	{ "Received: by imap.example.com with LMTP; Thu\n" PASS FOREIGN, true,
	    "dkim=pass" },
	{ "From joe@example.net Thu Nov 26 21:00:00 2026\n" PASS, true,
	    "dkim=pass" },
	{ "Authentication-results:\n\tmx.example.com;\n\tdkim=pass\n"
	  "\theader.d=sub.fbl.example.org\n",
	    true, "header.d=sub.fbl.example.org" },
	{ AR("mx.example.com; spf=pass smtp.mailfrom=fbl.example.org"), true,
	    "spf=pass smtp.mailfrom=fbl.example.org" },
	/* One host may write several, and others may, too. */
	{ AR("mx.example.net; dkim=fail header.d=fbl.example.org")
		AR("mx.example.com; spf=softfail smtp.mailfrom=fbl.example.org")
		    PASS,
	    true, "dkim=pass" },
	{ AR("mx.example.com; dkim=pass header.d=list.example.net;"
	     " dkim=pass header.d=fbl.example.org"),
	    true, "header.d=fbl.example.org" },

	/* Nobody of ours says it. */
	{ "", false, "none of a host" },
	{ AR("mx.example.net; dkim=pass header.d=fbl.example.org"), false,
	    "none of a host" },
	{ AR("imap.example.com; dkim=pass header.d=fbl.example.org"), false,
	    "none of a host" },
	{ AR("mx.example.com.evil.example; dkim=pass header.d=fbl.example.org"),
	    false, "none of a host" },
	{ AR("(mx.example.com) evil.example; dkim=pass "
	     "header.d=fbl.example.org"),
	    false, "none of a host" },
	{ "X-Authentication-Results: mx.example.com; dkim=pass "
	  "header.d=fbl.example.org\n",
	    false, "none of a host" },
	{ "ARC-Authentication-Results: i=1; mx.example.com; dkim=pass "
	  "header.d=fbl.example.org\n",
	    false, "none of a host" },
	/* What it says proves nothing. */
	{ AR("mx.example.com; none"), false, "of nothing that it passes" },
	{ AR("mx.example.com; dkim=fail header.d=fbl.example.org"), false,
	    "of nothing that it passes" },
	{ AR("mx.example.com; dkim=pass header.d=evil.example"), false,
	    "no reporter that is trusted" },
	{ AR("mx.example.com; dkim=pass header.d=example.org"), false,
	    "no reporter that is trusted" },
	{ AR("mx.example.com; dkim=pass header.d=evilfbl.example.org"), false,
	    "no reporter that is trusted" },
	{ AR("mx.example.com; dkim=pass header.i=@fbl.example.org"), false,
	    "of nothing that it passes" },
	/* Below the first foreign Received anybody may have written it. */
	{ FOREIGN PASS, false, "none of a host" },
	{ OURS FOREIGN PASS, false, "none of a host" },
	{ OURS FOREIGN OURS PASS, false, "none of a host" },
	{ "Received: from mx.example.com; Thu\n" PASS, false,
	    "none of a host" },
	{ "Received: from x (by mx.example.com) by evil.example; Thu\n" PASS,
	    false, "none of a host" },
	/* Forged below the one that our host wrote, above the Received. */
	{ AR("mx.example.com; dkim=none") PASS, false,
	    "of nothing that it passes" },
	{ AR("mx.example.com; dkim=pass header.d=evil.example") PASS FOREIGN,
	    false, "no reporter that is trusted" },
	/* Not in the header of the mail. */
	{ REST "\n" PASS, false, "none of a host" },
};

START_TEST(proves)
{
	char said[sizeof(((struct tried *)0)->said)];
	struct buf mail;
	bool got;

	buf_init(&mail, 10000);
	buf_addf(&mail, "%s" REST "\nBody.\n", cases[_i].header);
	got = vouched_for(conf, buf_span(&mail), said, sizeof(said));
	ck_assert_msg(got == cases[_i].proves, "%s: %s", cases[_i].header,
	    said);
	ck_assert_msg(strstr(said, cases[_i].said) != NULL, "%s: %s",
	    cases[_i].header, said);
	buf_done(&mail);
}
END_TEST

START_TEST(wants_a_host)
{
	struct conf *none = conf_of(
	    "inbound = { trusted_reporters = [ \"fbl.example.org\" ]; };");
	char said[128];

	ck_assert(!vouched_for(none, span_of(PASS REST), said, sizeof(said)));
	ck_assert_str_eq(said, "authserv_ids names no host");
	conf_unref(none);
}
END_TEST

/* A complaint, in whose returned message and in whose body they stand. */
#define COMPLAINT(inner)                                                       \
	"Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/report;"       \
	" report-type=feedback-report; boundary=b\n\n"                         \
	"--b\n\n" PASS "\n--b\nContent-Type: message/feedback-report\n\n"      \
	"Feedback-Type: abuse\nUser-Agent: T/1\nVersion: 1\n" PASS "\n"        \
	"--b\nContent-Type: message/rfc822\n\n" inner                          \
	"From: news@example.com\nTo: joe@example.net\n\nHello.\n--b--\n"

static const struct {
	const char *mail;
	bool inside;
	bool proves;
} reports[] = {
	{ PASS REST COMPLAINT(""), false, true },
	{ REST COMPLAINT(PASS), false, false },
	/* Our own people write past the host that removes forgeries. */
	{ PASS REST COMPLAINT(""), true, false },
};

START_TEST(believes_a_report)
{
	const struct arrival a = { .helo = "mx.example.net",
		.mail_from = "",
		.inside = reports[_i].inside };
	struct lesson l;

	engine_explain(conf, NULL, &a, span_of(reports[_i].mail), 0, &l);
	ck_assert_uint_eq(l.findings_n, 1);
	ck_assert_str_eq(l.findings[0].proof,
	    reports[_i].proves ? "authentication-results" : "none");
	ck_assert_int_eq(l.findings[0].suppress, reports[_i].proves);
	ck_assert_str_eq(l.findings[0].value.text, "joe@example.net");
	lesson_done(&l);
}
END_TEST

static Suite *
vouched_suite(void)
{
	Suite *s = suite_create("vouched");
	TCase *t = tcase_create("vouched");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_loop_test(t, proves, 0, ARRAY_LEN(cases));
	tcase_add_test(t, wants_a_host);
	tcase_add_loop_test(t, believes_a_report, 0, ARRAY_LEN(reports));
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(vouched_suite)
