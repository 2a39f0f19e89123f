#include "tests/unit/unit.h"

#include <string.h>
#include <sys/socket.h>

#include "milter/session.h"
#include "policy/decide.h"
#include "policy/token.h"
#include "tests/unit/ring.h"
#include "tests/unit/spoil.h"

#define BAD "<listed@example.net>"
#define GOOD "<anna@example.net>"
#define REFUSAL "this recipient is suppressed: an administrator stopped "
#define NOT_NOW "the suppression list cannot be read now "

static struct error err;
static struct conf *conf;
static struct shared shared;
static struct session *session;

static struct keys *ring; /* NULL: no keys */

static void
current(struct conf **c, struct keys **keys)
{
	*c = conf_ref(conf);
	*keys = keys_ref(ring);
}

static void
open_conf(enum action action, bool by_header, enum on_error on_error)
{
	static const char *const actions[] = { "reject", "remove", "hold",
		"defer", "observe" };
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/conf", scratch_dir);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fprintf(f,
	    "on_error = \"%s\"; inbound = { bounces = [ "
	    "\"@bounces.example.com\" ]; report_max_bytes = 2000; };\n"
	    "streams = ( { name = \"a\"; action = \"%s\"; %s } );\n",
	    on_error == ON_ERROR_ACCEPT ? "accept" : "defer", actions[action],
	    by_header ? "header = [ \"X-Stream: a\" ];" : "");
	fclose(f);
	conf = conf_load(path, &err);
	ck_assert_msg(conf != NULL, "%s", err.text);
}

static void
open_store(void)
{
	const struct store_options options = { .mode = STORE_WRITE,
		.create = true };
	struct change c = { .op = CHANGE_ADD,
		.source = SOURCE_USER,
		.stream = "*",
		.by = "alice" };
	struct change_result r;
	char dir[128];

	snprintf(dir, sizeof(dir), "%s/store", scratch_dir);
	shared = (struct shared){ .current = current,
		.store = store_open(dir, &options, &err) };
	ck_assert_msg(shared.store != NULL, "%s", err.text);
	ck_assert(value_parse(span_of("listed@example.net"), &c.value, &err));
	ck_assert_msg(store_change(shared.store, &c, 1, &r, &err), "%s",
	    err.text);
}

/* So that no lookup can be answered. */
static void
break_store(void)
{
	char store[128];

	snprintf(store, sizeof(store), "%s/store", scratch_dir);
	spoil_files(store, SPOIL_RECORDS, (char)0xff);
	spoil_files(store, SPOIL_MEMBERS, (char)0xff);
}

static void
open_session(bool internal)
{
	const struct ip client = { .family = AF_INET,
		.bytes = { 127, 0, 0, 1 } };

	session = session_new(&shared);
	session_connect(session, &client, !internal, NULL);
	session_helo(session, "client.example.com");
	session_mail(session, "<news@example.com>", NULL, NULL);
}

static void
done(void)
{
	session_free(session);
	session = NULL;
	store_close(shared.store);
	conf_unref(conf);
	conf = NULL;
	scratch_end();
}

/* The answers to a message to BAD, and to GOOD, too, unless alone. */
static const struct {
	enum action action;
	bool internal;
	bool by_header;
	bool alone;
	enum session_answer at_rcpt;
	enum session_answer at_end;
	size_t removed;
	bool held;
} verdicts[] = {
	/* action, internal, by header, alone: at RCPT, at the end, ... */
	{ ACTION_REJECT, 0, 0, 0, SESSION_REJECT, SESSION_CONTINUE, 0, 0 },
	{ ACTION_REJECT, 0, 0, 1, SESSION_REJECT, SESSION_CONTINUE, 0, 0 },
	{ ACTION_REJECT, 0, 1, 0, SESSION_CONTINUE, SESSION_CONTINUE, 1, 0 },
	{ ACTION_REJECT, 0, 1, 1, SESSION_CONTINUE, SESSION_REJECT, 0, 0 },
	{ ACTION_REJECT, 1, 0, 0, SESSION_CONTINUE, SESSION_CONTINUE, 1, 0 },
	{ ACTION_REJECT, 1, 0, 1, SESSION_CONTINUE, SESSION_DISCARD, 0, 0 },
	{ ACTION_REJECT, 1, 1, 0, SESSION_CONTINUE, SESSION_CONTINUE, 1, 0 },
	{ ACTION_REJECT, 1, 1, 1, SESSION_CONTINUE, SESSION_DISCARD, 0, 0 },
	{ ACTION_DEFER, 0, 0, 0, SESSION_TEMPFAIL, SESSION_CONTINUE, 0, 0 },
	{ ACTION_DEFER, 0, 1, 0, SESSION_CONTINUE, SESSION_CONTINUE, 1, 0 },
	{ ACTION_DEFER, 0, 1, 1, SESSION_CONTINUE, SESSION_TEMPFAIL, 0, 0 },
	{ ACTION_DEFER, 1, 0, 0, SESSION_CONTINUE, SESSION_CONTINUE, 1, 0 },
	{ ACTION_DEFER, 1, 1, 1, SESSION_CONTINUE, SESSION_DISCARD, 0, 0 },
	{ ACTION_REMOVE, 0, 0, 0, SESSION_CONTINUE, SESSION_CONTINUE, 1, 0 },
	{ ACTION_REMOVE, 0, 0, 1, SESSION_CONTINUE, SESSION_DISCARD, 0, 0 },
	{ ACTION_REMOVE, 0, 1, 0, SESSION_CONTINUE, SESSION_CONTINUE, 1, 0 },
	{ ACTION_REMOVE, 1, 0, 1, SESSION_CONTINUE, SESSION_DISCARD, 0, 0 },
	{ ACTION_HOLD, 0, 0, 0, SESSION_CONTINUE, SESSION_CONTINUE, 0, 1 },
	{ ACTION_HOLD, 0, 1, 1, SESSION_CONTINUE, SESSION_CONTINUE, 0, 1 },
	{ ACTION_HOLD, 1, 0, 1, SESSION_CONTINUE, SESSION_CONTINUE, 0, 1 },
	{ ACTION_OBSERVE, 0, 0, 1, SESSION_CONTINUE, SESSION_CONTINUE, 0, 0 },
	{ ACTION_OBSERVE, 1, 1, 0, SESSION_CONTINUE, SESSION_CONTINUE, 0, 0 },
};

static void
check_text(const struct session_reply *r)
{
	if (r->answer != SESSION_REJECT && r->answer != SESSION_TEMPFAIL) {
		ck_assert_int_eq(r->code, 0);
		return;
	}
	ck_assert_int_eq(r->code, r->answer == SESSION_REJECT ? 550 : 450);
	ck_assert_str_eq(r->status,
	    r->answer == SESSION_REJECT ? "5.7.1" : "4.7.1");
	ck_assert_ptr_nonnull(strstr(r->text, REFUSAL));
	ck_assert_ptr_nonnull(strstr(r->text, DECIDE_MARK));
}

START_TEST(carries_out_a_verdict)
{
	struct session_edits edits;
	struct session_reply r;

	open_conf(verdicts[_i].action, verdicts[_i].by_header, ON_ERROR_DEFER);
	open_session(verdicts[_i].internal);
	r = session_rcpt(session, BAD, NULL, "smtp", NULL);
	ck_assert_int_eq(r.answer, verdicts[_i].at_rcpt);
	check_text(&r);
	if (!verdicts[_i].alone) {
		r = session_rcpt(session, GOOD, NULL, "smtp", NULL);
		ck_assert_int_eq(r.answer, SESSION_CONTINUE);
	}
	session_header(session, "X-Stream", "a");
	session_eoh(session);
	r = session_eom(session, "Q1", &edits);
	ck_assert_int_eq(r.answer, verdicts[_i].at_end);
	check_text(&r);
	ck_assert_uint_eq(edits.remove_n, verdicts[_i].removed);
	if (edits.remove_n > 0)
		ck_assert_str_eq(edits.remove[0], BAD);
	ck_assert_int_eq(edits.quarantine != NULL, verdicts[_i].held);
}
END_TEST

/* The same when the list can't be read. */
static const struct {
	enum on_error on_error;
	bool internal;
	bool by_header;
	enum session_answer at_rcpt;
	enum session_answer at_end;
} failures[] = {
	{ ON_ERROR_DEFER, 0, 0, SESSION_TEMPFAIL, SESSION_CONTINUE },
	{ ON_ERROR_DEFER, 0, 1, SESSION_CONTINUE, SESSION_TEMPFAIL },
	{ ON_ERROR_DEFER, 1, 0, SESSION_CONTINUE, SESSION_TEMPFAIL },
	{ ON_ERROR_DEFER, 1, 1, SESSION_CONTINUE, SESSION_TEMPFAIL },
	{ ON_ERROR_ACCEPT, 0, 0, SESSION_CONTINUE, SESSION_CONTINUE },
	{ ON_ERROR_ACCEPT, 0, 1, SESSION_CONTINUE, SESSION_CONTINUE },
	{ ON_ERROR_ACCEPT, 1, 0, SESSION_CONTINUE, SESSION_CONTINUE },
};

START_TEST(cannot_tell)
{
	struct session_edits edits;
	struct session_reply r;

	open_conf(ACTION_REMOVE, failures[_i].by_header, failures[_i].on_error);
	break_store();
	open_session(failures[_i].internal);
	r = session_rcpt(session, BAD, NULL, "smtp", NULL);
	ck_assert_int_eq(r.answer, failures[_i].at_rcpt);
	if (r.answer == SESSION_TEMPFAIL)
		ck_assert_str_eq(r.text, NOT_NOW DECIDE_MARK);
	session_header(session, "X-Stream", "a");
	session_eoh(session);
	r = session_eom(session, NULL, &edits);
	ck_assert_int_eq(r.answer, failures[_i].at_end);
	ck_assert_uint_eq(edits.remove_n, 0);
	/* It is forgotten with the message. */
	session_mail(session, "<news@example.com>", NULL, NULL);
	session_eoh(session);
	r = session_eom(session, NULL, &edits);
	ck_assert_int_eq(r.answer, SESSION_CONTINUE);
}
END_TEST

START_TEST(decides_without_an_end_of_headers)
{
	struct session_edits edits;
	struct session_reply r;

	open_conf(ACTION_REJECT, true, ON_ERROR_DEFER);
	open_session(false);
	(void)session_rcpt(session, BAD, NULL, NULL, NULL);
	session_header(session, "X-Stream", "a");
	r = session_eom(session, NULL, &edits);
	ck_assert_int_eq(r.answer, SESSION_REJECT);
}
END_TEST

/* A key, and a stream that wants tokens, by its header or at once. */
static void
open_signing(enum action action, bool by_header, const char *settings)
{
	char path[128];
	FILE *f;

	open_conf(ACTION_REJECT, false, ON_ERROR_DEFER);
	conf_unref(conf);
	snprintf(path, sizeof(path), "%s/conf", scratch_dir);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fprintf(f,
	    "inbound = { own_domains = [ \"example.com\" ]; };\n%s"
	    "streams = ( { name = \"a\"; action = \"%s\"; token = true; %s } "
	    ");\n",
	    settings, names_text(action_names, (int)action),
	    by_header ? "header = [ \"X-Stream: a\" ];" : "");
	fclose(f);
	conf = conf_load(path, &err);
	ck_assert_msg(conf != NULL, "%s", err.text);
	ring_put("a.key", "2026-11-25", RING_ZERO_TO_31, 0600);
	ring = ring_load("");
}

/* The value of the one header that was added; NULL: none was. */
static const char *
token_of(const struct session_edits *edits)
{
	if (edits->headers_n == 0)
		return NULL;
	ck_assert_uint_eq(edits->headers_n, 1);
	ck_assert_str_eq(edits->headers[0].name, TOKEN_HEADER);
	return edits->headers[0].value;
}

/* Who is in the token of a message to these: 1 good, 2 listed, 4 local. */
static const struct {
	enum action action;
	bool by_header;
	const char *stream; /* X-Stream */
	unsigned to;
	unsigned want; /* 0: no token */
	enum token_form form;
} signings[] = {
	{ ACTION_REJECT, 0, "a", 1, 1, TOKEN_ONE },
	{ ACTION_REJECT, 0, "a", 1 | 2, 1, TOKEN_ONE },
	{ ACTION_REJECT, 0, "a", 1 | 4, 1, TOKEN_ONE },
	{ ACTION_REJECT, 0, "a", 2, 0, 0 }, { ACTION_REJECT, 0, "a", 4, 0, 0 },
	{ ACTION_REMOVE, 0, "a", 1 | 2, 1, TOKEN_ONE },
	{ ACTION_REMOVE, 0, "a", 2, 0, 0 },
	{ ACTION_OBSERVE, 0, "a", 2, 2, TOKEN_ONE },
	{ ACTION_OBSERVE, 0, "a", 1 | 2, 1 | 2, TOKEN_LIST },
	{ ACTION_HOLD, 0, "a", 1 | 2, 1 | 2, TOKEN_LIST },
	{ ACTION_REJECT, 1, "a", 1 | 2, 1, TOKEN_ONE },
	{ ACTION_OBSERVE, 1, "a", 1 | 2, 1 | 2, TOKEN_LIST },
	{ ACTION_REJECT, 1, "b", 1, 0, 0 }, /* the default stream: no token */
};

static void
check_token(const char *text, unsigned want, enum token_form form)
{
	enum token_fault fault;
	struct token t;

	ck_assert(token_read(ring, span_of(text), &t, &fault));
	ck_assert_int_eq(t.form, form);
	ck_assert_str_eq(t.stream, "a");
	ck_assert(token_is_for(&t, "anna@example.net") == ((want & 1) != 0));
	ck_assert(token_is_for(&t, "listed@example.net") == ((want & 2) != 0));
	ck_assert(!token_is_for(&t, "local@example.com"));
}

START_TEST(adds_a_token)
{
	struct session_edits edits;

	open_signing(signings[_i].action, signings[_i].by_header, "");
	open_session(false);
	ck_assert(session_wants_token(session));
	if (signings[_i].to & 1)
		(void)session_rcpt(session, GOOD, NULL, "smtp", NULL);
	if (signings[_i].to & 2)
		(void)session_rcpt(session, BAD, NULL, "smtp", NULL);
	if (signings[_i].to & 4)
		(void)session_rcpt(session, "<local@example.com>", NULL,
		    "local", NULL);
	/* Whoever brings one is neither trusted nor robbed. */
	session_header(session, "X-Suppressd-Id", "chvtxpe3knzf5sfn2eack");
	session_header(session, "X-Stream", signings[_i].stream);
	session_eoh(session);
	(void)session_eom(session, NULL, &edits);
	if (signings[_i].want == 0)
		ck_assert_ptr_null(token_of(&edits));
	else
		check_token(token_of(&edits), signings[_i].want,
		    signings[_i].form);
	keys_unref(ring);
}
END_TEST

/* More than a header of 512 bytes takes: those that fit, and it says so. */
START_TEST(adds_a_token_of_some)
{
	struct session_edits edits;
	enum token_fault fault;
	char to[64];
	struct token t;

	open_signing(ACTION_REJECT, false, "token = { max_bytes = 512; };\n");
	open_session(false);
	for (int i = 0; i < 100; i++) {
		snprintf(to, sizeof(to), "<r%d@example.net>", i);
		(void)session_rcpt(session, to, NULL, "smtp", NULL);
	}
	session_eoh(session);
	(void)session_eom(session, NULL, &edits);
	ck_assert_uint_le(strlen(token_of(&edits)) + strlen("X-Suppressd-Id: "),
	    512);
	ck_assert(token_read(ring, span_of(token_of(&edits)), &t, &fault));
	ck_assert_int_eq(t.form, TOKEN_PART);
	ck_assert(token_is_for(&t, "r0@example.net"));
	ck_assert(!token_is_for(&t, "r99@example.net"));
	keys_unref(ring);
}
END_TEST

/* Mail that is not ours, or without a key, gets none. */
START_TEST(adds_no_token)
{
	const struct ip stranger = { .family = AF_INET,
		.bytes = { 192, 0, 2, 1 } };
	struct session_edits edits;

	open_signing(ACTION_REJECT, false, "");
	session = session_new(&shared);
	session_connect(session, &stranger, true, NULL);
	session_mail(session, "<x@example.org>", NULL, NULL);
	(void)session_rcpt(session, GOOD, NULL, "smtp", NULL);
	session_eoh(session);
	(void)session_eom(session, NULL, &edits);
	ck_assert_ptr_null(token_of(&edits));
	session_free(session);
	keys_unref(ring);
	ring = NULL;
	open_session(false);
	ck_assert(!session_wants_token(session));
	(void)session_rcpt(session, GOOD, NULL, "smtp", NULL);
	session_eoh(session);
	(void)session_eom(session, NULL, &edits);
	ck_assert_ptr_null(token_of(&edits));
}
END_TEST

/* What is removed of an argument as it came (milter/outbound.c). */
static const struct {
	const char *argument;
	const char *rcpt_addr; /* NULL: no macro */
	const char *removed[2];
} spellings[] = {
	{ BAD, NULL, { BAD } },
	{ "listed@example.net", NULL, { "listed@example.net" } },
	{ "<Listed@EXAMPLE.net>", NULL, { "<Listed@EXAMPLE.net>" } },
	{ "<example.net!listed>", "listed@example.net",
	    { "<example.net!listed>" } },
	{ "<@a.test,@b.test:listed@example.net>", NULL,
	    { "<@a.test,@b.test:listed@example.net>", BAD } },
	{ "@a.test:listed@example.net", "listed@example.net",
	    { "@a.test:listed@example.net", "listed@example.net" } },
};

START_TEST(removes_exactly_what_came)
{
	size_t n = spellings[_i].removed[1] != NULL ? 2 : 1;
	struct session_edits edits;

	open_conf(ACTION_REMOVE, false, ON_ERROR_DEFER);
	open_session(false);
	(void)session_rcpt(session, spellings[_i].argument,
	    spellings[_i].rcpt_addr, "smtp", NULL);
	(void)session_rcpt(session, GOOD, NULL, "smtp", NULL);
	session_eoh(session);
	(void)session_eom(session, NULL, &edits);
	ck_assert_uint_eq(edits.remove_n, n);
	for (size_t i = 0; i < n; i++)
		ck_assert_str_eq(edits.remove[i], spellings[_i].removed[i]);
}
END_TEST

/* A body is read for a report of ours, up to report_max_bytes (2000). */
static const struct {
	const char *recipient;
	size_t chunk;
	enum session_answer first;
	enum session_answer second;
} bodies[] = {
	{ GOOD, 100, SESSION_SKIP, SESSION_SKIP },
	{ "<b@bounces.example.com>", 100, SESSION_CONTINUE, SESSION_CONTINUE },
	{ "<b@bounces.example.com>", 1500, SESSION_CONTINUE, SESSION_SKIP },
	{ "<b@bounces.example.com>", 2001, SESSION_SKIP, SESSION_SKIP },
};

START_TEST(reads_what_may_be_a_report)
{
	static const char zeros[2001];
	const struct span chunk = { zeros, bodies[_i].chunk };
	struct session_edits edits;

	open_conf(ACTION_REJECT, false, ON_ERROR_DEFER);
	open_session(false);
	(void)session_rcpt(session, bodies[_i].recipient, NULL, NULL, NULL);
	session_header(session, "Subject", "Bounce");
	session_eoh(session);
	ck_assert_int_eq(session_body(session, chunk).answer, bodies[_i].first);
	ck_assert_int_eq(session_body(session, chunk).answer,
	    bodies[_i].second);
	ck_assert_int_eq(session_eom(session, NULL, &edits).answer,
	    SESSION_CONTINUE);
	ck_assert(session_wants_content(session));
}
END_TEST

static void
begin(void)
{
	scratch_begin();
	open_store();
}

static Suite *
suite(void)
{
	Suite *s = suite_create("session");
	TCase *tc = tcase_create("session");

	tcase_add_checked_fixture(tc, begin, done);
	tcase_add_loop_test(tc, carries_out_a_verdict, 0, ARRAY_LEN(verdicts));
	tcase_add_loop_test(tc, cannot_tell, 0, ARRAY_LEN(failures));
	tcase_add_test(tc, decides_without_an_end_of_headers);
	tcase_add_loop_test(tc, adds_a_token, 0, ARRAY_LEN(signings));
	tcase_add_test(tc, adds_a_token_of_some);
	tcase_add_test(tc, adds_no_token);
	tcase_add_loop_test(tc, removes_exactly_what_came, 0,
	    ARRAY_LEN(spellings));
	tcase_add_loop_test(tc, reads_what_may_be_a_report, 0,
	    ARRAY_LEN(bodies));
	suite_add_tcase(s, tc);
	return s;
}

UNIT_MAIN(suite)
