/* Complaints by CFBL-Address (RFC 9477): what makes them believed. */
#include "tests/unit/ring.h"

#include <string.h>

#include "policy/engine.h"
#include "policy/token.h"
#include "tests/unit/conf_text.h"

#define NOW (INT64_C(20782) * 86400)
#define ALICE "alice@example.net"

static struct conf *conf;
static struct keys *ring;
static char token[800];   /* Alice's, folded as the header is */
static char another[800]; /* another site's */

static void
make(char *out)
{
	static char *const alice[] = { (char *)(uintptr_t)ALICE };
	struct keys *keys = ring_load("");
	struct buf text;

	buf_init(&text, LIMIT_TOKEN_BYTES);
	token_header(keys_signer(keys), NOW, "news", alice, 1, 1, 4096, &text);
	ck_assert(span_copy(buf_span(&text), out, 800));
	buf_done(&text);
	keys_unref(keys);
}

static void
begin(void)
{
	scratch_begin();
	ring_put("a.key", "2026-11-25", RING_OTHER, 0600);
	make(another);
	ring_put("a.key", "2026-11-25", RING_ZERO_TO_31, 0600);
	make(token);
	ring = ring_load("");
	conf = conf_of(
	    "inbound = { own_domains = [ \"example.com\" ];\n"
	    "authserv_ids = [ \"mx.example.com\" ];\n"
	    "complaints = [ \"fbl@example.com\", \"cfbl@example.com\" ]; };\n"
	    "streams = ( { name = \"news\"; cfbl = \"cfbl@example.com\"; } "
	    ");\n");
}

static void
end(void)
{
	conf_unref(conf);
	keys_unref(ring);
	scratch_end();
}

#define LOOP "cfbl@example.com"
#define SAYS(what) "Authentication-Results: mx.example.com; " what "\n"
#define SIGNED SAYS("dkim=pass header.d=provider.example")
#define FOREIGN "Received: by mx.provider.example; Thu\n"
#define WANTS "RFC 9477 wants its DKIM signature: "

static const struct {
	const char *what;
	const char *header; /* above the report */
	const char *from;
	const char *to;
	const char *id;    /* the field that has the token */
	const char *token; /* NULL: Alice's */
	bool believed;
	const char *said; /* by the token */
} cases[] = {
	{ "as the RFC has it", SIGNED, "f@provider.example", LOOP,
	    "CFBL-Feedback-ID", NULL, true, "names who" },
	{ "to a plus-tag", SIGNED, "f@provider.example", "cfbl+x@example.com",
	    "CFBL-Feedback-ID", NULL, true, "names who" },
	{ "signed for a domain below", SIGNED, "f@fbl.provider.example", LOOP,
	    "CFBL-Feedback-ID", NULL, true, "names who" },
	{ "by an address of another list", SIGNED, "f@provider.example",
	    "fbl@example.com", "CFBL-Feedback-ID", NULL, true, "names who" },
	{ "signed twice",
	    SAYS("dkim=pass header.d=other.example; dkim=pass "
		 "header.d=provider.example"),
	    "f@provider.example", LOOP, "CFBL-Feedback-ID", NULL, true,
	    "names who" },
	{ "with the other header", SIGNED, "f@provider.example", LOOP,
	    "X-Suppressd-Id", NULL, true, "names who" },
	/* It is none of that loop: the token alone proves it, as ever. */
	{ "no report of the loop", "", "f@provider.example", "fbl@example.com",
	    "X-Suppressd-Id", NULL, true, "names who" },

	{ "not signed", "", "f@provider.example", LOOP, "CFBL-Feedback-ID",
	    NULL, false, WANTS "none of a host" },
	{ "not signed, to another address", "", "f@provider.example",
	    "fbl@example.com", "CFBL-Feedback-ID", NULL, false, WANTS },
	{ "not signed, with the other header", "", "f@provider.example", LOOP,
	    "X-Suppressd-Id", NULL, false, WANTS },
	{ "signed by somebody else", SIGNED, "f@victim.example", LOOP,
	    "CFBL-Feedback-ID", NULL, false, "not who writes" },
	{ "by a name that looks alike", SIGNED, "f@evilprovider.example", LOOP,
	    "CFBL-Feedback-ID", NULL, false, "not who writes" },
	{ "by one below", SAYS("dkim=pass header.d=a.provider.example"),
	    "f@provider.example", LOOP, "CFBL-Feedback-ID", NULL, false,
	    "not who writes" },
	{ "a bad signature", SAYS("dkim=fail header.d=provider.example"),
	    "f@provider.example", LOOP, "CFBL-Feedback-ID", NULL, false,
	    WANTS },
	{ "SPF is no signature",
	    SAYS("spf=pass smtp.mailfrom=provider.example"),
	    "f@provider.example", LOOP, "CFBL-Feedback-ID", NULL, false,
	    "not who writes" },
	{ "another host says so",
	    "Authentication-Results: evil.example; dkim=pass "
	    "header.d=provider.example\n",
	    "f@provider.example", LOOP, "CFBL-Feedback-ID", NULL, false,
	    "none of a host" },
	{ "below a Received of a stranger", FOREIGN SIGNED,
	    "f@provider.example", LOOP, "CFBL-Feedback-ID", NULL, false,
	    "none of a host" },
	{ "nobody's From", SIGNED, "feedback", LOOP, "CFBL-Feedback-ID", NULL,
	    false, "From is no address" },
	{ "signed, without a token", SIGNED, "f@provider.example", LOOP,
	    "CFBL-Feedback-ID", "111:222:333:4444", false, "none came back" },
	{ "signed, with another site's", SIGNED, "f@provider.example", LOOP,
	    "CFBL-Feedback-ID", another, false, "none of our keys" },
	{ "signed, in another field", SIGNED, "f@provider.example", LOOP,
	    "X-Feedback-ID", NULL, false, "none came back" },
};

static void
write_report(int i, struct buf *mail)
{
	buf_addf(mail,
	    "%sFrom: %s\nTo: %s\nSubject: Abuse report\n"
	    "MIME-Version: 1.0\nContent-Type: multipart/report; "
	    "report-type=feedback-report; boundary=b\n\n"
	    "--b\nContent-Type: message/feedback-report\n\n"
	    "Feedback-Type: abuse\nUser-Agent: FBL/0.1\nVersion: 0.1\n\n"
	    "--b\nContent-Type: text/rfc822-headers\n\n"
	    "%s: %s\nMessage-ID: <1@example.com>\n--b--\n",
	    cases[i].header, cases[i].from, cases[i].to, cases[i].id,
	    cases[i].token != NULL ? cases[i].token : token);
}

static const char *
token_said(const struct finding *f)
{
	for (size_t i = 0; i < f->tried_n; i++)
		if (strcmp(f->tried[i].proof, "token") == 0)
			return f->tried[i].said;
	return "";
}

static void
explain(int i, struct arrival *arrival, struct lesson *l)
{
	struct buf mail;
	static struct addr to;
	struct error err;

	ck_assert(addr_parse(span_of(cases[i].to), &to, &err));
	arrival->recipients = &to;
	arrival->recipients_n = 1;
	arrival->helo = "mx.provider.example";
	arrival->mail_from = "";
	arrival->keys = ring;
	buf_init(&mail, 10000);
	write_report(i, &mail);
	engine_explain(conf, NULL, arrival, buf_span(&mail), NOW, l);
	buf_done(&mail);
	ck_assert_uint_eq(l->findings_n, 1);
}

START_TEST(is_believed)
{
	struct arrival arrival = { .helo = "" };
	const struct finding *f;
	struct lesson l;

	explain(_i, &arrival, &l);
	f = &l.findings[0];
	ck_assert_msg(f->suppress == cases[_i].believed, "%s: %s",
	    cases[_i].what, token_said(f));
	ck_assert_msg(strstr(token_said(f), cases[_i].said) != NULL, "%s: %s",
	    cases[_i].what, token_said(f));
	if (cases[_i].believed)
		ck_assert_str_eq(f->value.text, ALICE);
	else
		ck_assert_str_eq(f->trust, "unverified");
	lesson_done(&l);
}
END_TEST

/* Our own people write past the host that checks signatures. */
START_TEST(comes_from_inside)
{
	struct arrival arrival = { .inside = true };
	struct lesson l;

	explain(0, &arrival, &l);
	ck_assert(!l.findings[0].suppress);
	ck_assert_str_eq(token_said(&l.findings[0]),
	    WANTS "it comes from inside");
	lesson_done(&l);
}
END_TEST

/* A person vouches for it; the token then still says who. */
START_TEST(is_vouched_for)
{
	struct arrival arrival = { .assume_trust = true };
	struct lesson l;

	explain(7, &arrival, &l);
	ck_assert(l.findings[0].suppress);
	ck_assert_str_eq(l.findings[0].value.text, ALICE);
	lesson_done(&l);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("cfbl");
	TCase *t = tcase_create("cfbl");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_loop_test(t, is_believed, 0, ARRAY_LEN(cases));
	tcase_add_test(t, comes_from_inside);
	tcase_add_test(t, is_vouched_for);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(suite)
