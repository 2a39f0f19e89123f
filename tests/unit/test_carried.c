/* Tokens that reports bring back: what they prove, and attacks. */
#include "tests/unit/ring.h"

#include <string.h>

#include "policy/carried.h"
#include "policy/return_path.h"
#include "policy/trust.h"
#include "tests/unit/conf_text.h"
#include "tests/unit/slots.h"

#define NOW (INT64_C(20782) * 86400)
#define ALICE "alice@example.net"
#define BOB "bob@example.net"
#define OLD "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define GONE "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static struct conf *conf;
static struct keys *ring; /* ours: a signs, r is retired */

/* Tokens by the name that stands for them in the cases, as {A}. */
static struct slot tokens[] = {
	{ "A", "" },    /* for Alice */
	{ "B", "" },    /* for Bob */
	{ "A2", "" },   /* for Alice, of another stream */
	{ "AB", "" },   /* for both */
	{ "part", "" }, /* for Alice and more, who had no room */
	{ "a", "" },    /* the short ones */
	{ "b", "" }, { "retired", "" }, /* for Alice, with keys of the past */
	{ "removed", "" }, { "other", "" }, /* for Alice, another site's */
	{ "cut", "" },                      /* {A} by a letter, and by eight */
	{ "cut5", "" }, { "longer", "" },   /* {A} and two letters, or eight */
	{ "longer8", "" }, { "changed", "" },
	{ "cut-a", "" }, /* the same of the short one */
	{ "changed-a", "" },
	{ "p", "" }, /* in the return path: for Alice, of news@example.com */
	{ "p-bob", "" }, { "several", "" },
	{ "p-other", "" }, /* another site's */
};

static void
make(const char *name, const struct key *key, const char *stream, size_t n,
    size_t all)
{
	static char *const both[] = { (char *)(uintptr_t)ALICE,
		(char *)(uintptr_t)BOB };
	struct buf out;

	buf_init(&out, LIMIT_TOKEN_BYTES);
	token_header(key, NOW, stream, both + (strcmp(name, "B") == 0), n, all,
	    4096, &out);
	slot_put(name, buf_span(&out));
	buf_done(&out);
}

/* The local part of a return path; n: how many recipients. */
static void
make_path(const char *name, const struct key *key, const char *address,
    size_t n)
{
	char path[LIMIT_VALUE_TEXT], *to = slot(name);
	struct addr base, sender;
	struct error err;

	ck_assert(addr_parse(span_of("bounces@example.com"), &base, &err));
	ck_assert(addr_parse(span_of("news@example.com"), &sender, &err));
	ck_assert(return_path_make(key, NOW, &base, &sender,
	    n == 1 ? address : NULL, 0, path));
	memcpy(to, path, strlen(path) + 1);
	*strchr(to, '@') = '\0';
}

/* With one key in the directory, whose ID does not matter. */
static void
make_with(const char *name, const char *secret)
{
	struct keys *other;

	ring_put("x.key", "2026-01-01", secret, 0600);
	other = ring_load("x");
	make(name, keys_signer(other), "default", 1, 1);
	make_path("p-other", keys_signer(other), ALICE, 1);
	keys_unref(other);
}

static void
begin(void)
{
	char path[128];
	const struct key *key;

	scratch_begin();
	slots_use(tokens, ARRAY_LEN(tokens));
	make_with("retired", OLD);
	make_with("removed", GONE);
	make_with("other", RING_OTHER);
	snprintf(path, sizeof(path), "%s/x.key", scratch_dir);
	ck_assert_int_eq(unlink(path), 0);
	ring_put("a.key", "2026-11-25", RING_ZERO_TO_31, 0600);
	ring_put("r.retired.key", "2026-01-01", OLD, 0600);
	ring = ring_load("");
	key = keys_signer(ring);
	make("A", key, "default", 1, 1);
	make("B", key, "default", 1, 1);
	make("A2", key, "news", 1, 1);
	make("AB", key, "default", 2, 2);
	make("part", key, "default", 1, 2);
	token_short(key, NOW, "default", ALICE, slot("a"));
	token_short(key, NOW, "default", BOB, slot("b"));
	make_path("p", key, ALICE, 1);
	make_path("p-bob", key, BOB, 1);
	make_path("several", key, "", 2);
	slot_spoil("cut", "A", -1);
	slot_spoil("cut5", "A", -8);
	slot_spoil("longer", "A", 2);
	slot_spoil("longer8", "A", 8);
	slot_spoil("changed", "A", 0);
	slot_spoil("cut-a", "a", -1);
	slot_spoil("changed-a", "a", 0);
	conf = conf_of("inbound = { own_domains = [ \"example.com\" ]; };");
}

static void
end(void)
{
	conf_unref(conf);
	keys_unref(ring);
	scratch_end();
}

#define FINAL(a) "Final-Recipient: rfc822; " a "\n"
#define ORIGINAL(a) "Original-Recipient: rfc822; " a "\n"
#define ID(t) "X-Suppressd-Id: {" t "}\n"
#define RCPT(a) "Original-Rcpt-To: " a "\n"
#define TO(a) "To: " a "\n"

/*
 * A report of a stranger: a bounce with the fields of one recipient, or a
 * complaint with fields of its own; the header of what it returns.
 */
struct attempt {
	const char *what;
	const char *fields;
	const char *returned;
	const char *to;    /* that the report came to; "": bounces@ */
	const char *envid; /* Original-Envelope-Id; "": none */
	const char *want;  /* who is suppressed; "": nobody */
	const char *said;  /* by the token */
};

static const struct attempt bounces[] = {
	/* What has to work. */
	{ "the header", FINAL(ALICE), ID("A"), "", "", ALICE, "made for" },
	{ "another stream", FINAL(ALICE), ID("A2"), "", "", ALICE, "made for" },
	{ "folded anew, in upper case", FINAL(ALICE), "x-suppressd-ID:\n {A}\n",
	    "", "", ALICE, "made for" },
	{ "a list", FINAL(BOB), ID("AB"), "", "", BOB, "made for" },
	{ "a retired key", FINAL(ALICE), ID("retired"), "", "", ALICE,
	    "made for" },
	{ "forwarded by the other side",
	    ORIGINAL(ALICE) FINAL("inner@backend.example.org"), ID("A"), "", "",
	    ALICE, "made for" },
	{ "in the recipient", FINAL(ALICE), "", "bounces+{a}@example.com", "",
	    ALICE, "made for" },
	{ "in the recipient, with what XVERP adds", FINAL(ALICE), "",
	    "bounces+{a}+alice=example.net@example.com", "", ALICE,
	    "made for" },
	{ "the recipient", FINAL(ALICE), "", "{a}@bounces.example.com", "",
	    ALICE, "made for" },
	{ "in the ENVID", FINAL(ALICE), "", "", "{a}", ALICE, "made for" },
	{ "sealed in the ENVID", FINAL(ALICE), "", "", "{A}", ALICE,
	    "made for" },
	{ "everywhere", FINAL(ALICE), ID("A"), "{a}@bounces.example.com", "{a}",
	    ALICE, "made for" },
	{ "twice the same", FINAL(ALICE), ID("A") ID("A"), "", "", ALICE,
	    "made for" },
	{ "beside that of another site", FINAL(ALICE), ID("other") ID("A"), "",
	    "", ALICE, "made for" },
	{ "no address can be read", "Final-Recipient: LOCAL; <>\n", ID("A"), "",
	    "", ALICE, "names whom" },

	{ "in the return path", FINAL(ALICE), "", "{p}@example.com", "", ALICE,
	    "made for" },
	{ "and in all other places", FINAL(ALICE), ID("A"), "{p}@example.com",
	    "{a}", ALICE, "made for" },
	{ "XVERP behind it", FINAL(ALICE), "",
	    "{p}+alice=example.net@example.com", "", ALICE, "claimed" },
	{ "a forwarded one, by XVERP", FINAL("inner@example.org"), "",
	    "{p}+alice=example.net@example.com", "", ALICE, "came to names" },
	{ "one of two, by XVERP", FINAL("inner@example.org"), ID("AB"),
	    "{several}+bob=example.net@example.com", "", BOB, "came to names" },
	{ "by XVERP, without a return path of ours", FINAL("i@example.org"),
	    ID("AB"), "bounces+bob=example.net@example.com", "", BOB,
	    "came to names" },
	{ "to several, with the list of them", FINAL(BOB), ID("AB"),
	    "{several}@example.com", "", BOB, "claimed" },

	/* Attacks. */
	{ "a return path replayed", FINAL(BOB), "", "{p}@example.com", "", "",
	    "somebody else" },
	{ "and XVERP forged behind it", FINAL(BOB), "",
	    "{p}+bob=example.net@example.com", "", "", "somebody else" },
	{ "only XVERP forged", FINAL("inner@example.org"), "",
	    "{p}+bob=example.net@example.com", "", "", "somebody else" },
	{ "the return path of a mail to several proves none", FINAL(BOB), "",
	    "{several}@example.com", "", "", "to several" },
	{ "whoever XVERP names", FINAL(BOB), "",
	    "{several}+bob=example.net@example.com", "", "", "to several" },
	{ "XVERP, and no token", FINAL(BOB), "",
	    "bounces+bob=example.net@example.com", "", "", "none came back" },
	{ "several fail, XVERP names one",
	    FINAL("x@example.org") "Action: failed\nStatus: 5.1.1\n\n" FINAL(
		"y@example.org"),
	    ID("A"), "bounces+alice=example.net@example.com", "", "",
	    "somebody else" },
	{ "a return path that contradicts the header", FINAL(ALICE), ID("A"),
	    "{p-bob}@example.com", "", "", "somebody else" },
	{ "that contradicts the ENVID", FINAL(ALICE), "", "{p-bob}@example.com",
	    "{a}", "", "somebody else" },
	{ "another site's return path", FINAL(ALICE), "",
	    "{p-other}@example.com", "", "", "none of our keys" },
	{ "another sender in it", FINAL(ALICE), "", "{p}x@example.com", "", "",
	    "forged" },
	{ "below another domain", FINAL(ALICE), "", "{p}@bounces.example.com",
	    "", "", "forged" },
	{ "no token", FINAL(ALICE), "Message-ID: <guessed@example.com>\n", "",
	    "", "", "none came back" },
	{ "replayed for somebody else", FINAL(BOB), ID("A"), "", "", "",
	    "somebody else" },
	{ "the short one replayed", FINAL(BOB), "", "{a}@bounces.example.com",
	    "", "", "somebody else" },
	{ "replayed in the ENVID", FINAL(BOB), "", "", "{a}", "",
	    "somebody else" },
	{ "an archived header, with its To", FINAL(BOB),
	    "From: news@example.com\n" TO(ALICE) ID("A"), "", "", "",
	    "somebody else" },
	{ "an archived header under a false To", FINAL(BOB), TO(BOB) ID("A"),
	    "", "", "", "somebody else" },
	{ "who was not in the list", FINAL("carol@example.net"), ID("AB"), "",
	    "", "", "somebody else" },
	{ "who had no room in it", FINAL(BOB), ID("part"), "", "", "",
	    "does not know" },
	{ "another site's key", FINAL(ALICE), ID("other"), "", "", "",
	    "none of our keys" },
	{ "a removed key", FINAL(ALICE), ID("removed"), "", "", "",
	    "none of our keys" },
	{ "cut by a letter", FINAL(ALICE), ID("cut"), "", "", "",
	    "cut, changed" },
	{ "cut by eight letters", FINAL(ALICE), ID("cut5"), "", "", "",
	    "cut, changed" },
	{ "longer by two letters", FINAL(ALICE), ID("longer"), "", "", "",
	    "cut, changed" },
	{ "longer by eight letters", FINAL(ALICE), ID("longer8"), "", "", "",
	    "forged" },
	{ "changed", FINAL(ALICE), ID("changed"), "", "", "", "forged" },
	{ "the short one cut", FINAL(ALICE), "", "{cut-a}@bounces.example.com",
	    "", "", "none came back" },
	{ "the short one changed", FINAL(ALICE), "",
	    "{changed-a}@bounces.example.com", "", "", "somebody else" },
	{ "two of ours", FINAL(ALICE), ID("A") ID("B"), "", "", "",
	    "several different" },
	{ "two of ours for one", FINAL(ALICE), ID("A") ID("A2"), "", "", "",
	    "several different" },
	{ "two of ours in two places", FINAL(ALICE), ID("A"), "", "{B}", "",
	    "several different" },
	{ "two short ones", FINAL(ALICE), "", "{a}@bounces.example.com", "{b}",
	    "", "several different" },
	{ "two that contradict each other", FINAL(ALICE), ID("A"),
	    "{b}@bounces.example.com", "", "", "somebody else" },
	{ "Bob with Alice's, and the other way round",
	    ORIGINAL("carol@example.net") FINAL(BOB), ID("A"), "", "", "",
	    "somebody else" },
	{ "in another field", FINAL(ALICE), "X-Other: {A}\nSubject: {A}\n", "",
	    "", "", "none came back" },
	{ "below the header of what is returned", FINAL(ALICE),
	    "Subject: x\n\n" ID("A"), "", "", "", "none came back" },
	{ "in the report's own fields", FINAL(ALICE) ID("A"), "", "", "", "",
	    "none came back" },
};

static const struct attempt complaints[] = {
	{ "redacted", "", "From: news@example.com\n" ID("A"), "", "", ALICE,
	    "names who" },
	{ "redacted in place", RCPT("redacted@example.net"),
	    TO("redacted@example.net") ID("A"), "", "", ALICE, "names who" },
	{ "named as well", RCPT(ALICE), TO(ALICE) ID("A"), "", "", ALICE,
	    "names who" },
	{ "one of several", RCPT(ALICE) RCPT(BOB), ID("A"), "", "", ALICE,
	    "names who" },
	{ "a list of ours in To", "", TO("all@example.com") ID("A"), "", "",
	    ALICE, "names who" },
	{ "a list, and one is named", RCPT(BOB), ID("AB"), "", "", BOB,
	    "made for" },
	{ "a short one, and who is named", RCPT(ALICE), "",
	    "fbl+{a}@example.com", "", ALICE, "made for" },
	{ "no token", RCPT(ALICE), TO(ALICE), "", "", "", "none came back" },
	{ "about somebody else", RCPT(BOB), ID("A"), "", "", "",
	    "somebody else" },
	{ "about somebody else, in To", "", TO(BOB) ID("A"), "", "", "",
	    "somebody else" },
	{ "an archived header about somebody else", RCPT(BOB),
	    "From: news@example.com\n" TO(ALICE) ID("A"), "", "", "",
	    "somebody else" },
	{ "about several others", RCPT(BOB) RCPT("carol@example.net"), ID("A"),
	    "", "", "", "somebody else" },
	{ "a list does not tell who", "", ID("AB"), "", "", "", "several" },
	{ "a list and a To do not", "", TO(BOB) ID("AB"), "", "", "",
	    "several" },
	{ "a list, and several are named", RCPT(ALICE) RCPT(BOB), ID("AB"), "",
	    "", "", "several" },
	{ "a short one, and nobody", "", "", "fbl+{a}@example.com", "", "",
	    "several" },
	{ "of the return path", RCPT(ALICE), "", "{p}@example.com", "", ALICE,
	    "made for" },
	{ "of the return path, of somebody else", RCPT(BOB), "",
	    "{p}@example.com", "", "", "somebody else" },
	{ "another site's key", "", ID("other"), "", "", "",
	    "none of our keys" },
	{ "in a message within that", RCPT(ALICE),
	    "Content-Type: message/rfc822\n\n" ID("A"), "", "", "",
	    "none came back" },
};

/* Where a report of each kind differs. */
struct shape {
	const char *report_type;
	const char *part;
	const char *common; /* fields of every report */
	const char *more;   /* fields behind those of the attempt */
};

static const struct shape bounce = { "delivery-status",
	"message/delivery-status", "Reporting-MTA: dns; mx.example.net\n",
	"Action: failed\nStatus: 5.1.1\n"
	"Diagnostic-Code: smtp; 550 5.1.1 no such user\n" };
static const struct shape complaint = { "feedback-report",
	"message/feedback-report",
	"Feedback-Type: abuse\nUser-Agent: T/1\nVersion: 1\n", "" };

static void
write_report(const struct shape *k, const struct attempt *a, struct buf *mail)
{
	buf_addf(mail,
	    "From: MAILER-DAEMON@mx.example.net\nTo: bounces@example.com\n"
	    "Subject: Undelivered Mail\nMIME-Version: 1.0\n"
	    "Content-Type: multipart/report; report-type=%s; boundary=b\n\n"
	    "--b\n\nWords.\n--b\nContent-Type: %s\n\n%s",
	    k->report_type, k->part, k->common);
	if (a->envid[0] != '\0')
		buf_add_text(mail, "Original-Envelope-Id: ");
	slots_expand(a->envid, mail);
	buf_addf(mail, "%s%s", a->envid[0] != '\0' ? "\n" : "",
	    k == &bounce ? "\n" : "");
	slots_expand(a->fields, mail);
	buf_addf(mail, "%s\n--b\nContent-Type: message/rfc822\n\n", k->more);
	buf_add_text(mail, "Message-ID: <1@example.com>\n");
	slots_expand(a->returned, mail);
	buf_add_text(mail, "\nBody.\n--b--\n");
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
check_finding(const struct attempt *a, const struct finding *f)
{
	const bool proven = a->want[0] != '\0';

	ck_assert_msg(f->suppress == proven, "%s: %s: %s", a->what,
	    f->value.text, token_said(f));
	ck_assert_str_eq(f->trust, proven ? "believed" : "unverified");
	ck_assert_str_eq(f->proof, proven ? "token" : "none");
	ck_assert_msg(strstr(token_said(f), a->said) != NULL, "%s: %s", a->what,
	    token_said(f));
	if (proven) {
		ck_assert_str_eq(f->value.text, a->want);
		ck_assert_str_eq(f->whom, "token");
	}
}

/* Each finding of a report; there are two where somebody else failed, too. */
static void
judge(const struct attempt *a, struct span mail)
{
	struct arrival arrival = { .helo = "mx.example.net",
		.mail_from = "",
		.keys = ring };
	struct addr to;
	struct error err;
	struct lesson l;
	struct buf text;

	buf_init(&text, 1000);
	slots_expand(a->to[0] != '\0' ? a->to : "bounces@example.com", &text);
	ck_assert(addr_parse(buf_span(&text), &to, &err));
	arrival.recipients = &to;
	arrival.recipients_n = 1;
	engine_explain(conf, NULL, &arrival, mail, NOW, &l);
	ck_assert_msg(l.findings_n == (strstr(a->fields, "\n\n") ? 2 : 1),
	    "%s: %zu findings", a->what, l.findings_n);
	for (size_t i = 0; i < l.findings_n; i++)
		check_finding(a, &l.findings[i]);
	lesson_done(&l);
	buf_done(&text);
}

static void
attempt(const struct shape *k, const struct attempt *a)
{
	struct buf mail;

	buf_init(&mail, LIMIT_REPORT_BYTES);
	write_report(k, a, &mail);
	judge(a, buf_span(&mail));
	buf_done(&mail);
}

START_TEST(bounced)
{
	attempt(&bounce, &bounces[_i]);
}
END_TEST

START_TEST(complained)
{
	attempt(&complaint, &complaints[_i]);
}
END_TEST

/* Somebody passes a bounce on: a message within a message proves nothing. */
START_TEST(is_passed_on)
{
	static const struct attempt a = { "passed on", FINAL(ALICE), ID("A"),
		"", "", "", "passes on" };
	struct buf mail;

	buf_init(&mail, LIMIT_REPORT_BYTES);
	buf_add_text(&mail,
	    "From: someone@example.org\nSubject: Fwd: Undelivered Mail\n"
	    "MIME-Version: 1.0\n"
	    "Content-Type: multipart/mixed; boundary=c\n\n"
	    "--c\n\nLook.\n--c\nContent-Type: message/rfc822\n\n");
	write_report(&bounce, &a, &mail);
	buf_add_text(&mail, "--c--\n");
	judge(&a, buf_span(&mail));
	buf_done(&mail);
}
END_TEST

/* Without keys, nothing comes of it. */
START_TEST(wants_keys)
{
	keys_unref(ring);
	ring = NULL;
	attempt(&bounce, &(const struct attempt){ "no keys", FINAL(ALICE),
			     ID("A"), "", "", "", "none of our keys" });
}
END_TEST

static Suite *
carried_suite(void)
{
	Suite *s = suite_create("carried");
	TCase *t = tcase_create("carried");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_loop_test(t, bounced, 0, ARRAY_LEN(bounces));
	tcase_add_loop_test(t, complained, 0, ARRAY_LEN(complaints));
	tcase_add_test(t, is_passed_on);
	tcase_add_test(t, wants_keys);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(carried_suite)
