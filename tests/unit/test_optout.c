/* Requests to unsubscribe: whom they are believed about, and attacks. */
#include "tests/unit/ring.h"

#include <string.h>

#include "policy/engine.h"
#include "policy/optout.h"
#include "policy/token.h"
#include "tests/unit/conf_text.h"
#include "tests/unit/slots.h"

#define NOW (INT64_C(20782) * 86400)
#define ALICE "alice@example.net"
#define BOB "bob@example.net"
#define LONG                                                                   \
	"j\xC3\xBCrgen.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@" \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."        \
	"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb."        \
	"cccccccccccccccccccccccccccccccccccccccccccccccccccccccc.example"
#define OLD "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static struct conf *conf;
static struct keys *ring; /* a signs, r is retired */

/* Tokens by the name that stands for them in the cases, as {A}. */
static struct slot tokens[] = {
	{ "A", "" },       /* Alice leaves news */
	{ "A-all", "" },   /* offers, which is all */
	{ "A-gone", "" },  /* a stream that is not there any more */
	{ "A-admin", "" }, /* default, as to her own colleague */
	{ "B", "" },       /* Bob */
	{ "AB", "" },      /* both */
	{ "L", "" },       /* the longest address that SMTP bears, in UTF-8 */
	{ "boss", "" },    /* who is protected */
	{ "a", "" },       /* the short ones */
	{ "a-all", "" }, { "a-gone", "" }, { "b", "" }, { "retired", "" },
	{ "other", "" },                  /* another site's */
	{ "cut", "" },                    /* {A} by a letter, and by eight */
	{ "cut8", "" }, { "longer", "" }, /* {A} and a letter, or eight */
	{ "longer8", "" }, { "changed", "" },
	{ "cut-a", "" },                       /* the same of the short one */
	{ "changed-a", "" }, { "folded", "" }, /* {A} in two pieces */
	{ "A1", "" },                          /* {A} as two encoded words */
};

static void
make(const char *name, const struct key *key, const char *stream,
    const char *address)
{
	struct buf out;

	buf_init(&out, LIMIT_TOKEN_BYTES);
	token_one(key, NOW, stream, address, &out);
	slot_put(name, buf_span(&out));
	buf_done(&out);
}

static void
make_with(const char *name, const char *secret)
{
	struct keys *other;

	ring_put("x.key", "2026-01-01", secret, 0600);
	other = ring_load("x");
	make(name, keys_signer(other), "news", ALICE);
	keys_unref(other);
}

/* In two, with this before, between and behind them. */
static void
part(const char *name, const char *before, const char *between,
    const char *behind)
{
	const char *whole = slot("A");
	struct buf out;

	buf_init(&out, SLOT_TEXT);
	buf_addf(&out, "%s%.90s%s%s%s", before, whole, between, whole + 90,
	    behind);
	ck_assert(span_copy(buf_span(&out), slot(name), SLOT_TEXT));
	buf_done(&out);
}

static void
make_list(void)
{
	static char *const both[] = { (char *)(uintptr_t)ALICE,
		(char *)(uintptr_t)BOB };
	struct buf out;

	buf_init(&out, LIMIT_TOKEN_BYTES);
	token_header(keys_signer(ring), NOW, "news", both, 2, 2, 4096, &out);
	slot_put("AB", buf_span(&out));
	buf_done(&out);
}

static void
begin(void)
{
	const struct key *key;
	char path[128];

	scratch_begin();
	slots_use(tokens, ARRAY_LEN(tokens));
	make_with("retired", OLD);
	make_with("other", RING_OTHER);
	snprintf(path, sizeof(path), "%s/x.key", scratch_dir);
	ck_assert_int_eq(unlink(path), 0);
	ring_put("a.key", "2026-11-25", RING_ZERO_TO_31, 0600);
	ring_put("r.retired.key", "2026-01-01", OLD, 0600);
	ring = ring_load("");
	key = keys_signer(ring);
	make("A", key, "news", ALICE);
	make("A-all", key, "offers", ALICE);
	make("A-gone", key, "gone", ALICE);
	make("A-admin", key, "default", "al@example.com");
	make("B", key, "news", BOB);
	make("L", key, "news", LONG);
	make("boss", key, "news", "boss@example.org");
	make_list();
	token_short(key, NOW, "news", ALICE, slot("a"));
	token_short(key, NOW, "offers", ALICE, slot("a-all"));
	token_short(key, NOW, "gone", ALICE, slot("a-gone"));
	token_short(key, NOW, "news", BOB, slot("b"));
	slot_spoil("cut", "A", -1);
	slot_spoil("cut8", "A", -8);
	slot_spoil("longer", "A", 1);
	slot_spoil("longer8", "A", 8);
	slot_spoil("changed", "A", 0);
	slot_spoil("cut-a", "a", -1);
	slot_spoil("changed-a", "a", 0);
	part("folded", "", "\n ", "");
	part("A1", "=?utf-8?Q?", "?=\n =?utf-8?Q?", "?=");
	conf = conf_of(
	    "inbound = { own_domains = [ \"example.com\" ];\n"
	    "bounces = [ \"bounces@example.com\" ];\n"
	    "protected = [ \"boss@example.org\" ];\n"
	    "unsubscribe = [ \"unsub@example.com\", \"@u.example.com\" ]; };\n"
	    "streams = ( { name = \"news\"; sender = [ \"n*\" ]; },\n"
	    "{ name = \"offers\"; sender = [ \"o*\" ];\n"
	    "unsubscribe_all = true; } );\n");
}

static void
end(void)
{
	conf_unref(conf);
	keys_unref(ring);
	scratch_end();
}

#define UNSUB "unsub@example.com"
#define SUBJECT(s) "Subject: " s "\n"
#define MALLORY "mallory@example.org"

/* What Apple Mail adds to such a mail. */
#define APPLE "Auto-Submitted: auto-replied\nX-Apple-Unsubscribe: true\n"

/* A mail to the address of a list, or to our own. */
static const struct {
	const char *what;
	const char *from;
	const char *to;
	const char *header;
	const char *want;   /* who is suppressed; "": nobody */
	const char *stream; /* which then is blocked */
	const char *said;   /* by the token */
} cases[] = {
	/* What has to work. */
	{ "the mailto", ALICE, UNSUB, SUBJECT("unsubscribe {A}"), ALICE, "news",
	    "names who" },
	{ "Apple Mail", ALICE, UNSUB, SUBJECT("unsubscribe {A}") APPLE, ALICE,
	    "news", "names who" },
	{ "forwarded to another address", MALLORY, UNSUB,
	    SUBJECT("unsubscribe {A}"), ALICE, "news", "names who" },
	{ "nobody's", "MAILER-DAEMON", UNSUB, SUBJECT("unsubscribe {A}"), ALICE,
	    "news", "names who" },
	{ "a subject of its own, and the token", ALICE, UNSUB,
	    SUBJECT("Re: please unsubscribe me: {A} thanks"), ALICE, "news",
	    "names who" },
	{ "nothing but the token", ALICE, UNSUB, SUBJECT("{A}"), ALICE, "news",
	    "names who" },
	{ "folded within the token", ALICE, UNSUB,
	    SUBJECT("unsubscribe\n {folded}"), ALICE, "news", "names who" },
	{ "encoded words", ALICE, UNSUB, SUBJECT("unsubscribe {A1}"), ALICE,
	    "news", "names who" },
	{ "a retired key", ALICE, UNSUB, SUBJECT("unsubscribe {retired}"),
	    ALICE, "news", "names who" },
	{ "the longest address", LONG, UNSUB, SUBJECT("unsubscribe {L}"), LONG,
	    "news", "names who" },
	{ "a stream whose row says all", ALICE, UNSUB,
	    SUBJECT("unsubscribe {A-all}"), ALICE, "*", "names who" },
	{ "a stream without a row", ALICE, UNSUB,
	    SUBJECT("unsubscribe {A-gone}"), ALICE, "gone", "names who" },
	{ "short in the address", ALICE, "unsub+{a}@example.com",
	    SUBJECT("unsubscribe"), ALICE, "news", "names who" },
	{ "short, all", ALICE, "unsub+{a-all}@example.com", "", ALICE, "*",
	    "names who" },
	{ "short, of a stream without a row", ALICE, "{a-gone}@u.example.com",
	    "", ALICE, "*", "names who" },
	{ "short in the subject", ALICE, UNSUB, SUBJECT("leave {a}"), ALICE,
	    "news", "names who" },
	{ "both", ALICE, "unsub+{a}@example.com", SUBJECT("unsubscribe {A}"),
	    ALICE, "news", "names who" },
	{ "both, from elsewhere", MALLORY, "unsub+{a}@example.com",
	    SUBJECT("unsubscribe {A}"), ALICE, "news", "names who" },
	{ "beside one that is cut", ALICE, "unsub+{cut-a}@example.com",
	    SUBJECT("unsubscribe {A}"), ALICE, "news", "names who" },

	/* Attacks, and what was lost. */
	{ "no token", ALICE, UNSUB, SUBJECT("unsubscribe"), "", "",
	    "none came back" },
	{ "Apple Mail without one", ALICE, UNSUB, SUBJECT("unsubscribe") APPLE,
	    "", "", "none came back" },
	{ "no subject", ALICE, UNSUB, "", "", "", "none came back" },
	{ "no sender and no token", "<>", UNSUB, "", "", "", "none came back" },
	{ "cut by a letter", ALICE, UNSUB, SUBJECT("unsubscribe {cut}"), "", "",
	    "cut, changed" },
	{ "cut by eight letters", ALICE, UNSUB, SUBJECT("unsubscribe {cut8}"),
	    "", "", "" },
	{ "longer by a letter", ALICE, UNSUB, SUBJECT("unsubscribe {longer}"),
	    "", "", "forged" },
	{ "longer by eight letters", ALICE, UNSUB,
	    SUBJECT("unsubscribe {longer8}"), "", "", "forged" },
	{ "changed", ALICE, UNSUB, SUBJECT("unsubscribe {changed}"), "", "",
	    "forged" },
	{ "another site's key", ALICE, UNSUB, SUBJECT("unsubscribe {other}"),
	    "", "", "none of our keys" },
	{ "one for several", ALICE, UNSUB, SUBJECT("unsubscribe {AB}"), "", "",
	    "several" },
	{ "the short one cut", ALICE, "unsub+{cut-a}@example.com", "", "", "",
	    "cut, changed" },
	{ "the short one changed", ALICE, "unsub+{changed-a}@example.com", "",
	    "", "", "not for who writes" },
	{ "the short one replayed for Bob", BOB, "unsub+{a}@example.com", "",
	    "", "", "not for who writes" },
	{ "Alice's and Bob's", ALICE, UNSUB, SUBJECT("{A} {B}"), "", "",
	    "several different" },
	{ "of two streams", ALICE, "unsub+{a}@example.com",
	    SUBJECT("unsubscribe {A-all}"), "", "", "several different" },
	{ "in another field", ALICE, UNSUB, "X-Token: {A}\n", "", "",
	    "none came back" },
	{ "in a second subject", ALICE, UNSUB, SUBJECT("x") SUBJECT("{A}"), "",
	    "", "none came back" },
	{ "a token of a colleague", ALICE, UNSUB,
	    SUBJECT("unsubscribe {A-admin}"), "", "", "names who" },
	{ "somebody who is protected", "boss@example.org", UNSUB,
	    SUBJECT("unsubscribe {boss}"), "", "", "names who" },
};

static const char *
token_said(const struct finding *f)
{
	for (size_t i = 0; i < f->tried_n; i++)
		if (strcmp(f->tried[i].proof, "token") == 0)
			return f->tried[i].said;
	return "";
}

/* Fills in what the mail is; envelope: its recipient is known. */
static void
explain(int i, bool envelope, struct lesson *l)
{
	struct arrival arrival = { .helo = "mx.example.net",
		.mail_from = "",
		.keys = ring };
	struct buf mail, to;
	struct error err;
	struct addr a;

	buf_init(&mail, 10000);
	buf_init(&to, 2000);
	slots_expand(cases[i].to, &to);
	buf_addf(&mail, "From: <%s>\nTo: <%s>\n", cases[i].from, buf_text(&to));
	slots_expand(cases[i].header, &mail);
	buf_add_text(&mail, "Message-ID: <1@example.net>\n\nBody.\n");
	ck_assert_msg(addr_parse(buf_span(&to), &a, &err), "%s", err.text);
	arrival.recipients = &a;
	arrival.recipients_n = envelope ? 1 : 0;
	engine_explain(conf, NULL, &arrival, buf_span(&mail), NOW, l);
	buf_done(&to);
	buf_done(&mail);
}

static void
judge(int i, bool envelope)
{
	const bool proven = cases[i].want[0] != '\0';
	const struct finding *f;
	struct lesson l;

	explain(i, envelope, &l);
	ck_assert_msg(l.report.type == REPORT_UNSUBSCRIBE, "%s", cases[i].what);
	ck_assert_uint_eq(l.findings_n, 1);
	f = &l.findings[0];
	ck_assert_msg(f->suppress == proven, "%s: %s: %s", cases[i].what,
	    f->value.text, token_said(f));
	ck_assert_msg(strstr(token_said(f), cases[i].said) != NULL, "%s: %s",
	    cases[i].what, token_said(f));
	if (proven) {
		ck_assert_str_eq(f->trust, "believed");
		ck_assert_str_eq(f->whom, "token");
		ck_assert_str_eq(f->value.text, cases[i].want);
		ck_assert_int_eq(f->change.op, CHANGE_ADD);
		ck_assert_int_eq(f->change.source, SOURCE_LEAD);
		ck_assert_str_eq(f->change.stream, cases[i].stream);
		ck_assert_str_eq(f->change.value.text, cases[i].want);
	} else if (strcmp(f->trust, "believed") != 0) {
		/* It waits for a person, about who writes. */
		ck_assert_str_eq(f->trust, "unverified");
		ck_assert_str_eq(f->value.text,
		    cases[i].from[0] == '<' ? "" : cases[i].from);
		ck_assert_str_eq(f->change.value.text, f->value.text);
		ck_assert(
		    f->value.text[0] == '\0' || f->change.op == CHANGE_REPORT);
	} else {
		ck_assert_str_ne(f->spared, "");
	}
	lesson_done(&l);
}

START_TEST(is_judged)
{
	judge(_i, true);
}
END_TEST

/* Out of a mailbox nobody knows the envelope. */
START_TEST(is_judged_by_its_header)
{
	judge(_i, false);
}
END_TEST

/* Mail that came to another address, or says what it is. */
START_TEST(is_no_request)
{
	struct arrival arrival = { .helo = "",
		.mail_from = "",
		.keys = ring,
		.recipients_n = 1 };
	static const char *const to[] = { "bounces@example.com",
		"other@example.com", "unsub@example.org" };
	struct error err;
	struct lesson l;
	struct buf mail;
	struct addr a;

	ck_assert(addr_parse(span_of(to[_i]), &a, &err));
	arrival.recipients = &a;
	buf_init(&mail, 10000);
	slots_expand("From: " ALICE "\nTo: " UNSUB "\nSubject: {A}\n\nBody.\n",
	    &mail);
	engine_explain(conf, NULL, &arrival, buf_span(&mail), NOW, &l);
	ck_assert_int_eq(l.report.type, REPORT_NONE);
	ck_assert_uint_eq(l.findings_n, 0);
	lesson_done(&l);
	buf_done(&mail);
}
END_TEST

/* A bounce that comes there is one. */
START_TEST(is_a_bounce)
{
	struct arrival arrival = { .helo = "", .mail_from = "", .keys = ring };
	struct lesson l;

	engine_explain(conf, NULL, &arrival,
	    span_of("From: MAILER-DAEMON@example.org\nTo: " UNSUB "\n"
		    "Content-Type: multipart/report; boundary=b;\n"
		    " report-type=delivery-status\n\n--b\nContent-Type: "
		    "message/delivery-status\n\nReporting-MTA: dns; x\n\n"
		    "Final-Recipient: rfc822; " ALICE "\n"
		    "Action: failed\nStatus: 5.1.1\n\n--b--\n"),
	    NOW, &l);
	ck_assert_int_eq(l.report.type, REPORT_BOUNCE);
	lesson_done(&l);
}
END_TEST

/* Two mails are two requests, also where no Message-Id tells them apart. */
START_TEST(may_come_again)
{
	struct arrival arrival = { .helo = "", .mail_from = "", .keys = ring };
	struct lesson l;
	struct buf mail;

	buf_init(&mail, 10000);
	buf_addf(&mail, "From: " ALICE "\n%sTo: " UNSUB "\n",
	    _i == 0 ? "" : "Message-ID: <2@example.net>\n");
	slots_expand("Subject: {A}\n\nBody.\n", &mail);
	engine_explain(conf, NULL, &arrival, buf_span(&mail), NOW, &l);
	ck_assert_uint_eq(l.findings_n, 1);
	ck_assert_int_eq(l.findings[0].change.evidence.ref[0] != '\0', _i);
	lesson_done(&l);
	buf_done(&mail);
}
END_TEST

/* What the one-click URL brings. */
START_TEST(reads_a_url)
{
	const char *why = "";
	struct optout out;

	ck_assert(
	    optout_token(conf, ring, span_of(slot("L")), NULL, &out, &why));
	ck_assert_str_eq(out.addr.text, LONG);
	ck_assert_str_eq(out.stream, "news");
	ck_assert(
	    !optout_token(conf, ring, span_of(slot("a")), NULL, &out, &why));
	ck_assert_ptr_nonnull(strstr(why, "not for who writes"));
	ck_assert(
	    !optout_token(conf, NULL, span_of(slot("A")), NULL, &out, &why));
	ck_assert_ptr_nonnull(strstr(why, "none of our keys"));
	ck_assert(!optout_token(conf, ring, span_of(""), NULL, &out, &why));
	ck_assert_ptr_nonnull(strstr(why, "no token"));
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("optout");
	TCase *t = tcase_create("optout");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_loop_test(t, is_judged, 0, ARRAY_LEN(cases));
	tcase_add_loop_test(t, is_judged_by_its_header, 0, ARRAY_LEN(cases));
	tcase_add_loop_test(t, is_no_request, 0, 3);
	tcase_add_test(t, is_a_bounce);
	tcase_add_loop_test(t, may_come_again, 0, 2);
	tcase_add_test(t, reads_a_url);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(suite)
