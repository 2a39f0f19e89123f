#include "tests/unit/unit.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "base/buf.h"
#include "policy/engine.h"
#include "tests/unit/conf_text.h"
#include "tests/unit/stores.h"

#define NOW 1800000000
#define RCPTS_MAX 3

static struct conf *conf;
static struct store *store;
static struct buf mail;

static void
begin(void)
{
	scratch_begin();
	store = open_as(STORE_WRITE);
	conf = conf_of("inbound = { own_domains = [ \"example.com\" ];"
		       " protected = [ \"vip@example.net\","
		       "   \"@partner.example.org\" ]; };");
	buf_init(&mail, LIMIT_REPORT_BYTES);
	err = (struct error){ 0 };
}

static void
end(void)
{
	buf_done(&mail);
	store_close(store);
	conf_unref(conf);
	scratch_end();
}

/* One recipient of a bounce. */
struct rcpt {
	const char *final;
	const char *action;
	const char *status;
	const char *diagnostic; /* NULL: "550 STATUS no such user" */
};

static void
write_bounce(const struct rcpt *rcpts, const char *message_id)
{
	buf_init(&mail, LIMIT_REPORT_BYTES);
	buf_add_text(&mail,
	    "From: MAILER-DAEMON@mx.example.net\n"
	    "To: bounces@bounces.example.com\n"
	    "Content-Type: multipart/report;"
	    " report-type=delivery-status; boundary=b\n\n--b\n\n"
	    "It failed.\n--b\nContent-Type: message/delivery-status\n\n"
	    "Reporting-MTA: dns; mx.example.net\n");
	for (size_t i = 0; i < RCPTS_MAX && rcpts[i].final != NULL; i++) {
		buf_addf(&mail,
		    "\nFinal-Recipient: rfc822; %s\nAction: %s\n"
		    "Status: %s\nDiagnostic-Code: smtp; ",
		    rcpts[i].final, rcpts[i].action, rcpts[i].status);
		if (rcpts[i].diagnostic != NULL)
			buf_addf(&mail, "%s\n", rcpts[i].diagnostic);
		else
			buf_addf(&mail, "550 %s no such user\n",
			    rcpts[i].status);
	}
	buf_addf(&mail,
	    "\n--b\nContent-Type: text/rfc822-headers\n\n"
	    "From: news@example.com\nMessage-ID: <%s>\n--b--\n",
	    message_id);
}

static void
write_complaint(const char *type, const char *to, const char *message_id)
{
	buf_init(&mail, LIMIT_REPORT_BYTES);
	buf_addf(&mail,
	    "From: fbl@example.org\nTo: fbl@example.com\n"
	    "Content-Type: multipart/report;"
	    " report-type=feedback-report; boundary=b\n\n--b\n\n"
	    "A complaint.\n--b\nContent-Type: message/feedback-report\n\n"
	    "Feedback-Type: %s\nUser-Agent: T/1\nVersion: 1\n\n"
	    "--b\nContent-Type: text/rfc822-headers\n\n"
	    "From: news@example.com\nTo: <%s>\nMessage-ID: <%s>\n--b--\n",
	    type, to, message_id);
}

enum way { STRANGER, OWN, ADMIN };

static const struct arrival ways[] = {
	[STRANGER] = { .helo = "mx.example.net", .mail_from = "" },
	[OWN] = { .own_bounce = true, .helo = "", .mail_from = "" },
	[ADMIN] = { .assume_trust = true, .helo = "", .mail_from = "" },
};

/* The caller's: lesson_done(). */
static struct lesson
learn(enum way way)
{
	struct lesson l;

	ck_assert_msg(engine_learn(conf, store, NULL, &ways[way],
			  buf_span(&mail), NOW, &l, &err),
	    "%s", err.text);
	buf_done(&mail);
	return l;
}

static void
learn_quietly(enum way way)
{
	struct lesson l = learn(way);

	lesson_done(&l);
}

/* What the journal says of one value. */
struct tale {
	const char *value;
	int adds;
	int reports;
	int others; /* events of other values */
	enum source source;
	struct evidence evidence; /* of the last */
	char by[LIMIT_ACTOR_TEXT];
	char why[LIMIT_WHY_TEXT];
};

static bool
hear(const struct event *ev, void *arg)
{
	struct tale *t = arg;

	if (strcmp(ev->value.text, t->value) != 0) {
		t->others++;
		return true;
	}
	t->adds += ev->op == EVENT_ADD;
	t->reports += ev->op == EVENT_REPORT;
	t->source = ev->source;
	t->evidence = ev->evidence;
	memcpy(t->by, ev->by, sizeof(t->by));
	memcpy(t->why, ev->why, sizeof(t->why));
	return true;
}

static struct tale
tale_of(const char *value)
{
	struct tale t = { .value = value };

	ck_assert_msg(store_walk_events(store, hear, &t, &err), "%s", err.text);
	return t;
}

static bool
is_suppressed(const char *value)
{
	struct record rec;
	struct value v;
	size_t n = 0;
	bool found;

	ck_assert(value_parse(span_of(value), &v, &err));
	ck_assert_msg(store_get(store, &v, &rec, &found, &err), "%s", err.text);
	if (found) {
		n = record_live(&rec, NOW, NULL, 0);
		record_done(&rec);
	}
	return n > 0;
}

/* What becomes of joe@example.net, or whoever the one recipient is. */
static const struct {
	const char *what;
	enum way way;
	struct rcpt rcpt;
	bool suppress;
	bool kept; /* in the history, without suppressing */
	const char *spared;
} single[] = {
	{ "our Postfix says so", OWN,
	    { "joe@example.net", "failed", "5.1.1", NULL }, true, false, "" },
	{ "an admin brings it", ADMIN,
	    { "joe@example.net", "failed", "5.1.1", NULL }, true, false, "" },
	{ "nothing proves it", STRANGER,
	    { "joe@example.net", "failed", "5.1.1", NULL }, false, true,
	    "not proven" },
	{ "full", OWN, { "joe@example.net", "failed", "5.2.2", NULL }, false,
	    true, "" },
	{ "gave up after retries", OWN,
	    { "joe@example.net", "failed", "4.4.1", NULL }, false, true, "" },
	{ "delayed", OWN, { "joe@example.net", "delayed", "5.1.1", NULL },
	    false, true, "" },
	{ "delivered", OWN, { "joe@example.net", "delivered", "2.0.0", NULL },
	    false, false, "" },
	{ "relayed", OWN, { "joe@example.net", "relayed", "2.0.0", NULL },
	    false, false, "" },
	{ "expanded", OWN, { "joe@example.net", "expanded", "2.0.0", NULL },
	    false, false, "" },
	{ "delivered with a code that says bad", OWN,
	    { "joe@example.net", "delivered", "5.1.1", NULL }, false, false,
	    "" },
	{ "delivered, a stranger says", STRANGER,
	    { "joe@example.net", "delivered", "2.0.0", NULL }, false, false,
	    "" },
	{ "an action that nobody knows", OWN,
	    { "joe@example.net", "deliverable", "5.1.1", NULL }, false, false,
	    "" },
	{ "protected", OWN, { "vip@example.net", "failed", "5.1.1", NULL },
	    false, true, "protected" },
	{ "protected with a tag", OWN,
	    { "vip+x@example.net", "failed", "5.1.1", NULL }, false, true,
	    "protected" },
	{ "of a protected domain", ADMIN,
	    { "ann@partner.example.org", "failed", "5.1.1", NULL }, false, true,
	    "protected" },
	{ "ours", OWN, { "ann@example.com", "failed", "5.1.1", NULL }, false,
	    false, "" },
	{ "our own refusal", OWN,
	    { "joe@example.net", "failed", "5.1.1",
		"550 5.1.1 No: it has bounced (suppressd)" },
	    false, false, "our own refusal" },
	{ "our own refusal, brought by an admin", ADMIN,
	    { "joe@example.net", "failed", "5.7.1",
		"550-5.7.1 No 550 5.7.1 it has bounced (suppressd)" },
	    false, false, "our own refusal" },
};

START_TEST(one_recipient)
{
	const struct rcpt rcpts[RCPTS_MAX] = { single[_i].rcpt };
	const char *value = rcpts[0].final;
	struct lesson l;
	struct tale t;

	write_bounce(rcpts, "1@example.com");
	l = learn(single[_i].way);
	ck_assert_uint_eq(l.findings_n, 1);
	ck_assert_msg(l.findings[0].suppress == single[_i].suppress, "%s",
	    single[_i].what);
	ck_assert_msg(strcmp(l.findings[0].spared, single[_i].spared) == 0,
	    "%s: %s", single[_i].what, l.findings[0].spared);
	ck_assert_int_eq(l.findings[0].changed,
	    single[_i].suppress || single[_i].kept);
	t = tale_of(value);
	ck_assert_msg(t.adds == single[_i].suppress &&
			  t.reports == single[_i].kept && t.others == 0,
	    "%s: %d adds, %d reports, %d others", single[_i].what, t.adds,
	    t.reports, t.others);
	ck_assert_int_eq(is_suppressed(value), single[_i].suppress);
	lesson_done(&l);
}
END_TEST

/* The evidence is in the journal, for people and for a second look. */
START_TEST(the_history_says_why)
{
	const struct rcpt rcpts[RCPTS_MAX] = { { "joe@example.net", "failed",
	    "5.1.1", NULL } };
	struct tale t;

	write_bounce(rcpts, "1@example.com");
	learn_quietly(OWN);
	t = tale_of("joe@example.net");
	ck_assert_int_eq(t.source, SOURCE_BOUNCED);
	ck_assert_str_eq(t.by, "suppressd");
	ck_assert_str_eq(t.why, "5.1.1 550 5.1.1 no such user");
	ck_assert_str_eq(t.evidence.report, "bounce");
	ck_assert_str_eq(t.evidence.class, "bad-address");
	ck_assert_str_eq(t.evidence.status, "5.1.1");
	ck_assert_str_eq(t.evidence.trust, "believed");
	ck_assert_str_eq(t.evidence.proof, "own-bounce");
	ck_assert_str_ne(t.evidence.rule, "");
	ck_assert_str_ne(t.evidence.ref, "");
}
END_TEST

/* Only who has failed; never the others of the same message. */
START_TEST(each_recipient_for_itself)
{
	const struct rcpt rcpts[RCPTS_MAX] = {
		{ "joe@example.net", "failed", "5.1.1", NULL },
		{ "ann@example.net", "delivered", "2.0.0", NULL },
		{ "jim@example.net", "failed", "5.2.2", NULL },
	};

	write_bounce(rcpts, "1@example.com");
	learn_quietly(OWN);
	ck_assert(is_suppressed("joe@example.net"));
	ck_assert(!is_suppressed("ann@example.net"));
	ck_assert(!is_suppressed("jim@example.net"));
	ck_assert(!is_suppressed("@example.net"));
	ck_assert(!is_suppressed("news@example.com"));
}
END_TEST

/* Complaints; who believes whom is in test_trust. */
static const struct {
	const char *type;
	enum way way;
	const char *to;
	bool suppress;
	bool kept;
	bool opt_out; /* the setting */
	enum source source;
} complaints[] = {
	{ "abuse", ADMIN, "joe@example.net", true, false, 0, SOURCE_ABUSE },
	{ "abuse", STRANGER, "joe@example.net", false, true, 0, SOURCE_ABUSE },
	/* bounce(8) makes no complaints. */
	{ "abuse", OWN, "joe@example.net", false, true, 0, SOURCE_ABUSE },
	{ "not-spam", ADMIN, "joe@example.net", false, true, 0, SOURCE_ABUSE },
	{ "fraud", ADMIN, "joe@example.net", false, true, 0, SOURCE_ABUSE },
	{ "abuse", ADMIN, "vip@example.net", false, true, 0, SOURCE_ABUSE },
	{ "abuse", ADMIN, "ann@example.com", false, false, 0, 0 },
	/* A wish that some streams may pass, as of whoever unsubscribes. */
	{ "opt-out", ADMIN, "joe@example.net", false, true, 0, SOURCE_USER },
	{ "opt-out", ADMIN, "joe@example.net", true, false, 1, SOURCE_USER },
	{ "Opt-Out", ADMIN, "joe@example.net", true, false, 1, SOURCE_USER },
	{ "opt-out", STRANGER, "joe@example.net", false, true, 1, SOURCE_USER },
	{ "opt-out", ADMIN, "vip@example.net", false, true, 1, SOURCE_USER },
	/* Of one list: a reason of ours would be for all mail. */
	{ "opt-out-list", ADMIN, "joe@example.net", false, true, 1,
	    SOURCE_ABUSE },
	{ "not-spam", ADMIN, "joe@example.net", false, true, 1, SOURCE_ABUSE },
	{ "abuse", ADMIN, "joe@example.net", true, false, 1, SOURCE_ABUSE },
};

START_TEST(complained)
{
	const char *to = complaints[_i].to;
	struct lesson l;
	struct tale t;

	conf->opt_out = complaints[_i].opt_out;
	write_complaint(complaints[_i].type, to, "1@example.com");
	l = learn(complaints[_i].way);
	ck_assert_uint_eq(l.findings_n, 1);
	ck_assert_int_eq(l.findings[0].suppress, complaints[_i].suppress);
	t = tale_of(to);
	ck_assert_int_eq(t.adds, complaints[_i].suppress);
	ck_assert_int_eq(t.reports, complaints[_i].kept);
	ck_assert_int_eq(is_suppressed(to), complaints[_i].suppress);
	ck_assert_int_eq(t.source, complaints[_i].source);
	lesson_done(&l);
}
END_TEST

/* Sent twice, tried again after a failure of ours, copied to the postmaster:
 * it counts once. Another message that bounces is another report. */
START_TEST(the_same_report_twice)
{
	const struct rcpt rcpts[RCPTS_MAX] = { { "joe@example.net", "failed",
	    "5.1.1", NULL } };
	struct lesson l;

	for (int i = 0; i < 2; i++) {
		write_bounce(rcpts, "1@example.com");
		l = learn(OWN);
		ck_assert_int_eq(l.findings[0].changed, i == 0);
		lesson_done(&l);
	}
	ck_assert_int_eq(tale_of("joe@example.net").adds, 1);
	write_bounce(rcpts, "2@example.com");
	learn_quietly(OWN);
	ck_assert_int_eq(tale_of("joe@example.net").adds, 2);
}
END_TEST

START_TEST(the_same_complaint_twice)
{
	for (int i = 0; i < 2; i++) {
		write_complaint("abuse", "joe@example.net", "1@example.com");
		learn_quietly(ADMIN);
	}
	ck_assert_int_eq(tale_of("joe@example.net").adds, 1);
}
END_TEST

/* The same recipient twice in one report. */
START_TEST(named_twice)
{
	const struct rcpt rcpts[RCPTS_MAX] = {
		{ "joe@example.net", "failed", "5.1.1", NULL },
		{ "Joe@Example.net", "failed", "5.1.1", NULL },
	};

	write_bounce(rcpts, "1@example.com");
	learn_quietly(OWN);
	ck_assert_int_eq(tale_of("joe@example.net").adds, 1);
}
END_TEST

/* What was kept as unverified counts when it comes again with a proof. */
START_TEST(proven_later)
{
	const struct rcpt rcpts[RCPTS_MAX] = { { "joe@example.net", "failed",
	    "5.1.1", NULL } };

	for (int i = 0; i < 2; i++) {
		write_bounce(rcpts, "1@example.com");
		learn_quietly(STRANGER);
	}
	ck_assert_int_eq(tale_of("joe@example.net").reports, 1);
	write_bounce(rcpts, "1@example.com");
	learn_quietly(ADMIN);
	ck_assert(is_suppressed("joe@example.net"));
}
END_TEST

/* After a person has lifted it, the old report does not put it back. */
START_TEST(lifted_stays_lifted)
{
	const struct rcpt rcpts[RCPTS_MAX] = { { "joe@example.net", "failed",
	    "5.1.1", NULL } };
	struct change c = { .op = CHANGE_REMOVE, .by = "alice" };
	struct change_result r;

	write_bounce(rcpts, "1@example.com");
	learn_quietly(OWN);
	value_of(&c.value, KIND_EMAIL, "joe@example.net");
	ck_assert(store_change(store, &c, 1, &r, &err));
	write_bounce(rcpts, "1@example.com");
	learn_quietly(OWN);
	ck_assert(!is_suppressed("joe@example.net"));
}
END_TEST

/* Diagnostics are a stranger's bytes: what is long or no UTF-8 is written,
 * not refused, or the mail would come again for ever. */
static const struct {
	const char *piece;
	int times;
} diagnostics[] = {
	{ "x", 4000 },
	{ "\xC3\xBC", 700 },
	{ "x\xE2\x82\xAC", 300 },
	{ "\xF0\x9F\x98\x80", 200 },
	{ "gr\xFC\xDF", 100 },
	{ "\xC3", 300 },
	{ "\x01\x1B[2J\x7F\"\\", 60 },
};

START_TEST(odd_diagnostics)
{
	struct rcpt rcpts[RCPTS_MAX] = { { "joe@example.net", "failed", "5.1.1",
	    NULL } };
	struct store_totals totals;
	struct buf text;
	struct tale t;

	buf_init(&text, 16384);
	buf_add_text(&text, "550 5.1.1 ");
	for (int i = 0; i < diagnostics[_i].times; i++)
		buf_add_text(&text, diagnostics[_i].piece);
	rcpts[0].diagnostic = buf_text(&text);
	write_bounce(rcpts, "1@example.com");
	learn_quietly(OWN);
	ck_assert(is_suppressed("joe@example.net"));
	t = tale_of("joe@example.net");
	ck_assert_int_eq(strncmp(t.why, "5.1.1 550 5.1.1 ", 16), 0);
	/* Cut between characters: no half of one at the end. */
	if (diagnostics[_i].piece[0] == '\xF0')
		ck_assert_str_eq(t.why + strlen(t.why) - 4, "\xF0\x9F\x98\x80");
	ck_assert(store_verify(store, NULL, NULL, &totals, &err));
	ck_assert_uint_eq(totals.faults, 0);
	buf_done(&text);
}
END_TEST

/* No room for the second change: neither is there, now or afterwards. */
START_TEST(all_or_none)
{
	const struct rcpt rcpts[RCPTS_MAX] = {
		{ "joe@example.net", "failed", "5.1.1", NULL },
		{ "ann@example.net", "failed", "5.1.1", NULL },
	};
	struct rlimit old, tight;
	struct lesson l;
	bool ok;

	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &old), 0);
	tight = (struct rlimit){ .rlim_cur = 1000, .rlim_max = old.rlim_max };
	write_bounce(rcpts, "1@example.com");
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &tight), 0);
	ok = engine_learn(conf, store, NULL, &ways[OWN], buf_span(&mail), NOW,
	    &l, &err);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &old), 0);
	buf_done(&mail);
	ck_assert(!ok);
	ck_assert_int_ne(err.code, ERROR_NONE);
	/* Nothing is left to be freed. */
	ck_assert_ptr_null(l.findings);
	for (int i = 0; i < 2; i++) {
		ck_assert(!is_suppressed("joe@example.net"));
		ck_assert(!is_suppressed("ann@example.net"));
		ck_assert_int_eq(tale_of("joe@example.net").others, 0);
		store_close(store);
		store = open_as(STORE_WRITE);
	}
	/* And when it comes again, it is learned. */
	write_bounce(rcpts, "1@example.com");
	learn_quietly(OWN);
	ck_assert(is_suppressed("joe@example.net"));
	ck_assert(is_suppressed("ann@example.net"));
}
END_TEST

/* A mail that is no report has no findings and writes nothing. */
static const char *const no_reports[] = {
	"",
	"Subject: Out of office\nAuto-Submitted: auto-replied\n\nAway.\n",
	("From: ann@example.net\nSubject: a question\n\n"
	 "Why do I get \"550 5.1.1 User unknown\" for joe@example.net?\n"),
};

START_TEST(no_report)
{
	struct lesson l;

	buf_init(&mail, LIMIT_REPORT_BYTES);
	buf_add_text(&mail, no_reports[_i]);
	l = learn(ADMIN);
	ck_assert_uint_eq(l.findings_n, 0);
	ck_assert_int_eq(tale_of("joe@example.net").others, 0);
	ck_assert_int_eq(tale_of("joe@example.net").reports, 0);
	lesson_done(&l);
}
END_TEST

START_TEST(explain_writes_nothing)
{
	const struct rcpt rcpts[RCPTS_MAX] = { { "joe@example.net", "failed",
	    "5.1.1", NULL } };
	struct lesson l;

	write_bounce(rcpts, "1@example.com");
	engine_explain(conf, NULL, &ways[OWN], buf_span(&mail), NOW, &l);
	buf_done(&mail);
	ck_assert_uint_eq(l.findings_n, 1);
	ck_assert(l.findings[0].suppress);
	ck_assert(!l.findings[0].changed);
	ck_assert_str_eq(l.findings[0].value.text, "joe@example.net");
	ck_assert_str_eq(l.findings[0].whom, "final-recipient");
	ck_assert_str_eq(l.findings[0].proof, "own-bounce");
	ck_assert_str_eq(l.findings[0].trust, "believed");
	ck_assert_int_eq(tale_of("joe@example.net").adds, 0);
	lesson_done(&l);
}
END_TEST

static Suite *
learn_suite(void)
{
	Suite *s = suite_create("learn");
	TCase *t = tcase_create("learn");

	tcase_add_checked_fixture(t, begin, end);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, one_recipient, 0, ARRAY_LEN(single));
	tcase_add_test(t, the_history_says_why);
	tcase_add_test(t, each_recipient_for_itself);
	tcase_add_loop_test(t, complained, 0, ARRAY_LEN(complaints));
	tcase_add_test(t, the_same_report_twice);
	tcase_add_test(t, the_same_complaint_twice);
	tcase_add_test(t, named_twice);
	tcase_add_test(t, proven_later);
	tcase_add_test(t, lifted_stays_lifted);
	tcase_add_loop_test(t, odd_diagnostics, 0, ARRAY_LEN(diagnostics));
	tcase_add_test(t, all_or_none);
	tcase_add_loop_test(t, no_report, 0, ARRAY_LEN(no_reports));
	tcase_add_test(t, explain_writes_nothing);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(learn_suite)
