/* What the store's knowledge makes of a report: soft bounces over days, a
 * receiver that fails for everybody, proofs of life. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "db/query.h"
#include "policy/engine.h"
#include "policy/review.h"
#include "tests/unit/conf_text.h"
#include "tests/unit/stores.h"

#define DAY INT64_C(86400)

static struct conf *conf;
static struct store *st;

static const struct arrival own = { .own_bounce = true };
static const struct arrival admin = { .assume_trust = true };
static const struct arrival stranger = { .helo = "", .mail_from = "" };

static void
set_up(void)
{
	scratch_begin();
	st = open_as(STORE_WRITE);
	conf = conf_of("inbound = { own_domains = [ \"example.com\" ]; };"
		       "soft = { days = 2; };"
		       "storm = { addresses = 3; percent = 20; };");
}

static void
tear_down(void)
{
	conf_unref(conf);
	store_close(st);
	scratch_end();
}

#define MAIL_TEXT 1024

/* A DSN about one recipient; the id tells one report from another. */
static void
write_mail(char mail[MAIL_TEXT], const char *rcpt, const char *action,
    const char *status, int id)
{
	snprintf(mail, MAIL_TEXT,
	    "From: MAILER-DAEMON@mx.example.net\n"
	    "Message-Id: <%d@mx.example.net>\n"
	    "Content-Type: multipart/report;"
	    " report-type=delivery-status; boundary=b\n\n--b\n\nText.\n--b\n"
	    "Content-Type: message/delivery-status\n\n"
	    "Reporting-MTA: dns; mx.example.net\n\n"
	    "Final-Recipient: rfc822; %s\nAction: %s\nStatus: %s\n\n--b--\n",
	    id, rcpt, action, status);
}

static struct finding
learn(const struct arrival *arrival, const char *rcpt, const char *action,
    const char *status, int id, int64_t now)
{
	struct lesson l;
	struct finding f;
	char mail[MAIL_TEXT];

	write_mail(mail, rcpt, action, status, id);
	ck_assert_msg(
	    engine_learn(conf, st, NULL, arrival, span_of(mail), now, &l, &err),
	    "%s", err.text);
	ck_assert_uint_eq(l.findings_n, 1);
	f = l.findings[0];
	lesson_done(&l);
	return f;
}

static bool
keep_expires(const struct reason_row *row, void *arg)
{
	*(int64_t *)arg = row->reason->expires;
	return true;
}

/* -1: not suppressed; else when it ends, 0 being never. */
static int64_t
ends(const char *address, int64_t now)
{
	int64_t expires = -1;
	struct value v;
	size_t n;

	value_of(&v, KIND_EMAIL, address);
	ck_assert(query_value(st, &v, now, keep_expires, &expires, &n, &err));
	return expires;
}

static bool
count_event(const struct event *ev, void *arg)
{
	(void)ev;
	(*(size_t *)arg)++;
	return true;
}

static size_t
events_of(const char *address)
{
	const struct filter all = { 0 };
	struct value v;
	size_t n = 0;

	value_of(&v, KIND_EMAIL, address);
	ck_assert(query_history(st, &v, &all, count_event, &n, &err));
	return n;
}

/* Failing again on the day after: does that suppress? */
static const struct {
	const char *action;
	const char *status;
	bool suppresses;
} soft[] = {
	{ "failed", "5.2.2", true },
	{ "failed", "4.2.2", true },
	{ "failed", "4.4.1", true },
	{ "delayed", "4.4.1", false },
	{ "failed", "5.7.1", false },
	{ "failed", "5.3.4", false },
	{ "failed", "4.4.7", false },
};

START_TEST(soft_bounces_suppress_on_the_second_day)
{
	int64_t now = clock_now();
	struct finding f;

	f = learn(&own, "joe@example.net", soft[_i].action, soft[_i].status, 1,
	    now);
	ck_assert(!f.suppress);
	ck_assert_int_eq(ends("joe@example.net", now), -1);
	now += DAY;
	f = learn(&own, "joe@example.net", soft[_i].action, soft[_i].status, 2,
	    now);
	ck_assert_int_eq(f.suppress, soft[_i].suppresses);
	ck_assert_int_eq(ends("joe@example.net", now),
	    soft[_i].suppresses ? now + 14 * DAY : -1);
	ck_assert_int_eq(ends("joe@example.net", now + 14 * DAY), -1);
}
END_TEST

START_TEST(the_same_soft_bounce_counts_once)
{
	int64_t now = clock_now();

	for (int i = 0; i < 2; i++)
		learn(&own, "joe@example.net", "failed", "5.2.2", 1, now);
	ck_assert_uint_eq(events_of("joe@example.net"), 1);
	now += DAY;
	for (int i = 0; i < 2; i++)
		learn(&own, "joe@example.net", "failed", "5.2.2", 2, now);
	ck_assert_uint_eq(events_of("joe@example.net"), 2);
	ck_assert_int_eq(ends("joe@example.net", now), now + 14 * DAY);
}
END_TEST

/* Whom nobody has proven, and our own, never count. */
START_TEST(soft_bounces_need_proof)
{
	int64_t now = clock_now();

	for (int i = 0; i < 4; i++) {
		learn(&stranger, "joe@example.net", "failed", "5.2.2", i,
		    now + i * DAY);
		learn(&admin, "ann@example.com", "failed", "5.2.2", i,
		    now + i * DAY);
	}
	ck_assert_int_eq(ends("joe@example.net", now), -1);
	ck_assert_int_eq(ends("ann@example.com", now), -1);
}
END_TEST

START_TEST(delivery_starts_the_count_anew)
{
	int64_t now = clock_now();

	learn(&own, "joe@example.net", "failed", "5.2.2", 1, now);
	learn(&own, "joe@example.net", "delivered", "2.1.5", 2, now);
	learn(&own, "joe@example.net", "failed", "5.2.2", 3, now + DAY);
	ck_assert_int_eq(ends("joe@example.net", now + DAY), -1);
}
END_TEST

START_TEST(a_stranger_proves_no_life)
{
	int64_t now = clock_now();

	learn(&own, "joe@example.net", "failed", "5.2.2", 1, now);
	learn(&stranger, "joe@example.net", "delivered", "2.1.5", 2, now);
	learn(&own, "joe@example.net", "failed", "5.2.2", 3, now + DAY);
	ck_assert_int_ne(ends("joe@example.net", now + DAY), -1);
}
END_TEST

/* Every success would else be a line of the journal. */
START_TEST(life_without_a_history_is_not_kept)
{
	learn(&own, "joe@example.net", "delivered", "2.1.5", 1, clock_now());
	ck_assert_uint_eq(events_of("joe@example.net"), 0);
}
END_TEST

static size_t
bounce_all(const struct arrival *arrival, int n)
{
	size_t suppressed = 0;
	char address[64];

	for (int i = 0; i < n; i++) {
		struct finding f;

		snprintf(address, sizeof(address), "user%d@example.net", i);
		f = learn(arrival, address, "failed", "5.1.1", i, clock_now());
		ck_assert(f.changed);
		if (!f.suppress)
			ck_assert_str_ne(f.spared, "");
		ck_assert_int_eq(ends(address, clock_now()),
		    f.suppress ? 0 : -1);
		suppressed += f.suppress;
	}
	return suppressed;
}

START_TEST(a_failing_receiver_is_held)
{
	const struct review all = { 0 };
	size_t waiting = 0;

	for (int i = 0; i < 20; i++)
		store_passed(st, "example.net", clock_now());
	/* A fifth of twenty; the rest waits for a person. */
	ck_assert_uint_eq(bounce_all(&own, 10), 4);
	ck_assert(review_walk(conf, st, &all, clock_now(), count_event,
	    &waiting, &err));
	ck_assert_uint_eq(waiting, 6);
}
END_TEST

START_TEST(whom_an_admin_vouches_for_is_not_held)
{
	ck_assert_uint_eq(bounce_all(&admin, 10), 10);
}
END_TEST

/* What came in a day; several of them count on one another. */
static const struct {
	const char *rcpt;
	const char *action;
	const char *status;
	int id;
} backlog[] = {
	{ "joe@example.net", "failed", "5.2.2", 1 },
	{ "ann@example.net", "failed", "5.1.1", 2 },
	{ "joe@example.net", "failed", "5.2.2", 1 },
	{ "joe@example.net", "failed", "5.2.2", 3 },
	{ "eve@example.net", "delivered", "2.1.5", 4 },
	{ "ann@example.net", "failed", "5.1.1", 2 },
	{ "ann@example.net", "failed", "5.1.1", 5 },
	{ "ann@example.net", "delivered", "2.1.5", 6 },
	{ "bob@example.net", "failed", "5.1.1", 7 },
	{ "bob@example.net", "failed", "4.2.2", 8 },
	{ "joe@example.net", "delivered", "2.1.5", 9 },
	{ "joe@example.net", "failed", "5.2.2", 10 },
	{ "joe@example.net", "delayed", "4.2.2", 11 },
};

static void
explain_backlog(struct lesson *lessons, const struct arrival *arrival)
{
	char mail[MAIL_TEXT];

	for (size_t i = 0; i < ARRAY_LEN(backlog); i++) {
		write_mail(mail, backlog[i].rcpt, backlog[i].action,
		    backlog[i].status, backlog[i].id);
		engine_explain(conf, NULL, arrival, span_of(mail), 0,
		    &lessons[i]);
		ck_assert_uint_eq(lessons[i].findings_n, 1);
	}
}

/* The same outcome for each, and the same history. */
static void
same_as_singly(const struct finding *single, const size_t *events)
{
	struct lesson lessons[ARRAY_LEN(backlog)];
	size_t done;

	explain_backlog(lessons, &own);
	ck_assert_msg(engine_commit(conf, st, lessons, ARRAY_LEN(backlog),
			  clock_now() + DAY, &done, &err),
	    "%s", err.text);
	ck_assert_uint_eq(done, ARRAY_LEN(backlog));
	for (size_t i = 0; i < ARRAY_LEN(backlog); i++) {
		const struct finding *f = &lessons[i].findings[0];

		ck_assert_msg(f->changed == single[i].changed, "%zu", i);
		ck_assert_msg(f->suppress == single[i].suppress, "%zu", i);
		ck_assert_str_eq(f->spared, single[i].spared);
		ck_assert_uint_eq(events_of(backlog[i].rcpt), events[i]);
		lesson_done(&lessons[i]);
	}
}

START_TEST(many_at_once_are_as_one_by_one)
{
	struct finding single[ARRAY_LEN(backlog)] = { 0 };
	size_t events[ARRAY_LEN(backlog)];

	/* Joe's is the last day but one. */
	learn(&own, "joe@example.net", "failed", "5.2.2", 20, clock_now());
	for (size_t i = 0; i < ARRAY_LEN(backlog); i++)
		single[i] = learn(&own, backlog[i].rcpt, backlog[i].action,
		    backlog[i].status, backlog[i].id, clock_now() + DAY);
	for (size_t i = 0; i < ARRAY_LEN(backlog); i++)
		events[i] = events_of(backlog[i].rcpt);
	ck_assert(single[0].suppress && !single[3].suppress);
	tear_down();
	set_up();
	learn(&own, "joe@example.net", "failed", "5.2.2", 20, clock_now());
	same_as_singly(single, events);
}
END_TEST

/* It is known which one can't be written, and the others can. */
START_TEST(one_at_fault_stops_only_itself)
{
	struct lesson lessons[ARRAY_LEN(backlog)];
	const size_t n = ARRAY_LEN(backlog), bad = 8;
	size_t done;

	explain_backlog(lessons, &admin);
	lessons[bad].findings[0].change.value.text[0] = '\xff';
	ck_assert(
	    !engine_commit(conf, st, lessons, n, clock_now(), &done, &err));
	ck_assert_int_eq(err.code, ERROR_INVALID);
	ck_assert_uint_eq(done, bad);
	ck_assert_int_eq(ends("ann@example.net", clock_now()), 0);
	ck_assert(engine_commit(conf, st, lessons + bad + 1, n - bad - 1,
	    clock_now(), &done, &err));
	ck_assert_uint_eq(done, n - bad - 1);
	ck_assert_uint_eq(events_of("bob@example.net"), 1);
	for (size_t i = 0; i < n; i++)
		lesson_done(&lessons[i]);
}
END_TEST

START_TEST(nothing_to_commit)
{
	struct lesson none = { 0 };
	size_t done;

	ck_assert(engine_commit(conf, st, NULL, 0, clock_now(), &done, &err));
	ck_assert(engine_commit(conf, st, &none, 1, clock_now(), &done, &err));
	ck_assert_uint_eq(done, 1);
}
END_TEST

/* The journal's bytes. */
static off_t
journal_size(void)
{
	char path[128];
	struct stat s;

	snprintf(path, sizeof(path), "%s/journal/0000000001.jsonl",
	    scratch_dir);
	ck_assert_int_eq(stat(path, &s), 0);
	return s.st_size;
}

/* More than the setting of a day change nothing; what is proven passes. */
START_TEST(a_flood_of_forged_reports_is_bounded)
{
	const struct review all = { 0 };
	size_t waiting = 0, kept = 0;
	char address[64];
	off_t size = 0;

	conf_unref(conf);
	conf = conf_of("review = { per_day = 100; };");
	for (int i = 0; i < 10000; i++) {
		struct finding f;

		snprintf(address, sizeof(address), "user%d@example.net", i);
		f = learn(&stranger, address, "failed", "5.1.1", i,
		    clock_now());
		ck_assert(!f.suppress);
		ck_assert_int_ne(f.changed, f.dropped);
		kept += f.changed;
		if (i == 100)
			size = journal_size();
	}
	ck_assert_uint_eq(kept, 100);
	ck_assert_int_eq(journal_size(), size);
	ck_assert(review_walk(conf, st, &all, clock_now(), count_event,
	    &waiting, &err));
	ck_assert_uint_eq(waiting, 100);
	ck_assert(learn(&own, "user9999@example.net", "failed", "5.1.1", 10000,
	    clock_now())
		      .suppress);
	ck_assert(learn(&own, "ann@example.net", "failed", "5.2.2", 10001,
	    clock_now())
		      .changed);
}
END_TEST

/* Nor does it help them to come in one commit. */
START_TEST(a_flood_in_one_commit_is_bounded)
{
	struct lesson lessons[ARRAY_LEN(backlog)];
	size_t done, kept = 0;

	conf_unref(conf);
	conf = conf_of("review = { per_day = 3; };");
	explain_backlog(lessons, &stranger);
	ck_assert_msg(engine_commit(conf, st, lessons, ARRAY_LEN(backlog),
			  clock_now(), &done, &err),
	    "%s", err.text);
	ck_assert_uint_eq(done, ARRAY_LEN(backlog));
	for (size_t i = 0; i < ARRAY_LEN(backlog); i++) {
		const struct finding *f = &lessons[i].findings[0];

		ck_assert(!(f->changed && f->dropped));
		if (f->dropped)
			ck_assert_str_eq(f->spared,
			    "not kept: too many that are not proven");
		kept += f->changed;
		lesson_done(&lessons[i]);
	}
	ck_assert_uint_eq(kept, 3);
}
END_TEST

/* A restart is no fresh start for it. */
START_TEST(a_flood_is_remembered)
{
	conf_unref(conf);
	conf = conf_of("review = { per_day = 1; };");
	ck_assert(learn(&stranger, "joe@example.net", "failed", "5.1.1", 1,
	    clock_now())
		      .changed);
	store_close(st);
	st = open_as(STORE_WRITE);
	ck_assert(learn(&stranger, "ann@example.net", "failed", "5.1.1", 2,
	    clock_now())
		      .dropped);
}
END_TEST

static Suite *
weigh_suite(void)
{
	Suite *s = suite_create("weigh");
	TCase *t = tcase_create("weigh");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, soft_bounces_suppress_on_the_second_day, 0,
	    ARRAY_LEN(soft));
	tcase_add_test(t, the_same_soft_bounce_counts_once);
	tcase_add_test(t, soft_bounces_need_proof);
	tcase_add_test(t, delivery_starts_the_count_anew);
	tcase_add_test(t, a_stranger_proves_no_life);
	tcase_add_test(t, life_without_a_history_is_not_kept);
	tcase_add_test(t, a_failing_receiver_is_held);
	tcase_add_test(t, whom_an_admin_vouches_for_is_not_held);
	tcase_add_test(t, many_at_once_are_as_one_by_one);
	tcase_add_test(t, one_at_fault_stops_only_itself);
	tcase_add_test(t, nothing_to_commit);
	tcase_add_test(t, a_flood_of_forged_reports_is_bounded);
	tcase_add_test(t, a_flood_in_one_commit_is_bounded);
	tcase_add_test(t, a_flood_is_remembered);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(weigh_suite)
