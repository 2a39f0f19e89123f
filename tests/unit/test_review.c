#include "policy/review.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "tests/unit/conf_text.h"
#include "tests/unit/stores.h"
#include "tests/unit/unit.h"

#define DAY INT64_C(86400)

static struct store *st;
static struct conf *conf;

static void
set_up(void)
{
	scratch_begin();
	st = open_as(STORE_WRITE);
	conf = conf_of("inbound = { own_domains = [ \"example.com\" ];"
		       "protected = [ \"vip@example.net\" ]; };"
		       "review = { days = 10; };");
}

static void
tear_down(void)
{
	conf_unref(conf);
	store_close(st);
	scratch_end();
}

static void
keep_until(const char *value, enum source source, const char *report,
    const char *class, const char *trust, int64_t expires)
{
	static int reports;
	struct change c = { .op = CHANGE_REPORT,
		.source = source,
		.expires = expires,
		.stream = "*",
		.by = "suppressd",
		.why = "550 5.1.1 no such user" };
	struct change_result r;
	struct evidence *e = &c.evidence;

	value_of(&c.value, KIND_EMAIL, value);
	(void)span_copy(span_of(report), e->report, sizeof(e->report));
	(void)span_copy(span_of(class), e->class, sizeof(e->class));
	(void)span_copy(span_of(trust), e->trust, sizeof(e->trust));
	snprintf(e->ref, sizeof(e->ref), "ref%d", reports++);
	ck_assert_msg(store_change(st, &c, 1, &r, &err), "%s", err.text);
	ck_assert(r.changed);
}

static void
keep(const char *value, enum source source, const char *report,
    const char *class, const char *trust)
{
	keep_until(value, source, report, class, trust, 0);
}

/* A bounce that waits. */
static void
keep_bounce(const char *value)
{
	keep(value, SOURCE_BOUNCED, "bounce", "bad-address", "unverified");
}

static const struct review every = { 0 };

struct waiting {
	size_t n;
	uint64_t last; /* number */
};

static bool
take(const struct event *ev, void *arg)
{
	struct waiting *w = arg;

	w->n++;
	w->last = ev->lsn;
	return true;
}

static struct waiting
waiting_at(const struct review *which, int64_t now)
{
	struct waiting w = { 0 };

	ck_assert_msg(review_walk(conf, st, which, now, take, &w, &err), "%s",
	    err.text);
	return w;
}

static size_t
waiting(const struct review *which)
{
	return waiting_at(which, clock_now()).n;
}

struct settled {
	size_t n;
	size_t changed;
};

static void
count(uint64_t number, const struct change *c, bool changed, void *arg)
{
	struct settled *s = arg;

	ck_assert_uint_gt(number, 0);
	ck_assert_str_eq(c->by, "alice");
	s->n++;
	s->changed += changed;
}

static struct settled
decide(const struct review *which, struct decision d)
{
	struct settled s = { 0 };

	d.by = "alice";
	ck_assert_msg(
	    review_decide(conf, st, which, &d, clock_now(), count, &s, &err),
	    "%s", err.text);
	return s;
}

static const struct decision accept_all = { .answer = REVIEW_ACCEPT,
	.why = "" };
static const struct decision reject_all = { .answer = REVIEW_REJECT,
	.why = "" };

#define JOE "joe@example.net"

/* What waits for a person, and what does not. */
static const struct {
	const char *value;
	enum source source;
	const char *report;
	const char *class;
	const char *trust;
	size_t want;
} reports[] = {
	{ JOE, SOURCE_BOUNCED, "bounce", "bad-address", "unverified", 1 },
	{ JOE, SOURCE_BOUNCED, "bounce", "bad-domain", "unverified", 1 },
	{ JOE, SOURCE_BOUNCED, "bounce", "bad-address", "held", 1 },
	{ JOE, SOURCE_ABUSE, "complaint", "", "unverified", 1 },
	{ JOE, SOURCE_LEAD, "unsubscribe", "", "unverified", 1 },
	{ JOE, SOURCE_BOUNCED, "bounce", "full", "unverified", 0 },
	{ JOE, SOURCE_BOUNCED, "bounce", "policy", "unverified", 0 },
	{ JOE, SOURCE_BOUNCED, "delayed", "", "unverified", 0 },
	{ JOE, SOURCE_ABUSE, "complaint-other", "", "unverified", 0 },
	{ JOE, SOURCE_BOUNCED, "bounce", "bad-address", "believed", 0 },
	/* Whom no report ever suppresses, no person should by accident. */
	{ "joe@example.com", SOURCE_BOUNCED, "bounce", "bad-address",
	    "unverified", 0 },
	{ "vip@example.net", SOURCE_BOUNCED, "bounce", "bad-address",
	    "unverified", 0 },
};

START_TEST(waits_or_not)
{
	keep(reports[_i].value, reports[_i].source, reports[_i].report,
	    reports[_i].class, reports[_i].trust);
	ck_assert_uint_eq(waiting(&every), reports[_i].want);
}
END_TEST

/* Whoever wants no more mail, by the setting only. */
START_TEST(waits_by_the_setting)
{
	struct change c = { .op = CHANGE_REPORT,
		.source = SOURCE_USER,
		.stream = "*",
		.by = "suppressd",
		.evidence = { .report = "complaint-other",
		    .trust = "unverified",
		    .rule = RULE_OPT_OUT } };
	struct change_result r;

	value_of(&c.value, KIND_EMAIL, JOE);
	ck_assert(store_change(st, &c, 1, &r, &err));
	ck_assert_uint_eq(waiting(&every), 0);
	conf_unref(conf);
	conf = conf_of("inbound = { opt_out = true; };");
	ck_assert_uint_eq(waiting(&every), 1);
}
END_TEST

/* As long as the settings say. */
START_TEST(waits_no_longer_than_the_setting)
{
	int64_t at;

	keep_bounce(JOE);
	ck_assert(store_last_time(st, &at, &err));
	ck_assert_uint_eq(waiting_at(&every, at + 10 * DAY).n, 1);
	ck_assert_uint_eq(waiting_at(&every, at + 10 * DAY + 1).n, 0);
}
END_TEST

static const struct {
	enum review_answer answer;
	const char *why;
	const char *kept_why;
	size_t suppressed;
} answers[] = {
	{ REVIEW_ACCEPT, "", "550 5.1.1 no such user", 1 },
	{ REVIEW_ACCEPT, "he is gone", "he is gone", 1 },
	{ REVIEW_REJECT, "", "550 5.1.1 no such user", 0 },
	{ REVIEW_REJECT, "he lives", "he lives", 0 },
};

static bool
is_ours(const struct reason_row *row, void *arg)
{
	ck_assert_int_eq(row->reason->source, SOURCE_BOUNCED);
	ck_assert_str_eq(row->first->by, "alice");
	ck_assert_str_eq(row->first->why, arg);
	return true;
}

static bool
is_told(const struct event *ev, void *arg)
{
	ck_assert_str_eq(ev->by, "alice");
	ck_assert_str_eq(ev->why, arg);
	return false; /* the newest */
}

static size_t
suppressed(const char *value, query_reason_fn *fn, void *arg)
{
	struct value v;
	size_t n;

	value_of(&v, KIND_EMAIL, value);
	ck_assert(query_value(st, &v, clock_now(), fn, arg, &n, &err));
	return n;
}

/* Settled once, it waits no more; a new report waits again. */
START_TEST(settles)
{
	const struct filter all = { 0 };
	const struct decision d = { .answer = answers[_i].answer,
		.why = answers[_i].why };
	char why[LIMIT_WHY_TEXT];
	struct settled s;
	struct value v;

	(void)span_copy(span_of(answers[_i].kept_why), why, sizeof(why));
	keep_bounce(JOE);
	keep("ann@example.net", SOURCE_BOUNCED, "bounce", "full", "unverified");
	s = decide(&every, d);
	ck_assert_uint_eq(s.n, 1);
	ck_assert_uint_eq(s.changed, 1);
	ck_assert_uint_eq(waiting(&every), 0);
	ck_assert_uint_eq(suppressed(JOE, is_ours, why),
	    answers[_i].suppressed);
	value_of(&v, KIND_EMAIL, JOE);
	ck_assert(query_history(st, &v, &all, is_told, why, &err));
	ck_assert_uint_eq(decide(&every, d).n, 0);
	keep_bounce(JOE);
	ck_assert_uint_eq(waiting(&every), 1);
}
END_TEST

struct settling {
	struct change change;
	const struct decision *decision;
};

static bool
make_change(const struct event *ev, void *arg)
{
	struct settling *s = arg;

	review_settle(ev, s->decision, clock_now(), &s->change);
	return true;
}

/* Two people at once: the second one changes nothing. */
START_TEST(settles_once)
{
	struct decision d = accept_all;
	struct settling s = { .decision = &d };
	struct change_result r;

	d.by = "alice";
	keep_bounce(JOE);
	ck_assert(
	    review_walk(conf, st, &every, clock_now(), make_change, &s, &err));
	ck_assert_uint_eq(decide(&every, accept_all).changed, 1);
	ck_assert(store_change(st, &s.change, 1, &r, &err));
	ck_assert(!r.changed);
}
END_TEST

static bool
keep_expires(const struct reason_row *row, void *arg)
{
	*(int64_t *)arg = row->reason->expires;
	return true;
}

/* What was held for a time, as a soft bounce is, is put for that time. */
START_TEST(lasts_as_long_as_it_would_have)
{
	int64_t expires = 0;

	keep_until(JOE, SOURCE_BOUNCED, "bounce", "full", "held",
	    clock_now() + 14 * DAY);
	ck_assert_uint_eq(decide(&every, accept_all).changed, 1);
	ck_assert_uint_eq(suppressed(JOE, keep_expires, &expires), 1);
	/* Seconds may pass between these calls, no more. */
	ck_assert_int_gt(expires, clock_now() + 13 * DAY);
	ck_assert_int_le(expires, clock_now() + 14 * DAY);
}
END_TEST

START_TEST(a_rehearsal_writes_nothing)
{
	struct decision d = accept_all;

	keep_bounce(JOE);
	d.rehearsal = true;
	ck_assert_uint_eq(decide(&every, d).changed, 1);
	ck_assert_uint_eq(waiting(&every), 1);
	ck_assert_uint_eq(suppressed(JOE, keep_expires, &(int64_t){ 0 }), 0);
}
END_TEST

START_TEST(settles_more_than_a_batch)
{
	for (int i = 0; i < 5; i++) {
		struct change c[2000];
		struct change_result r[ARRAY_LEN(c)];
		char text[64];

		for (size_t k = 0; k < ARRAY_LEN(c); k++) {
			c[k] = (struct change){ .op = CHANGE_REPORT,
				.source = SOURCE_ABUSE,
				.stream = "*",
				.by = "suppressd",
				.evidence = { .report = "complaint",
				    .trust = "unverified" } };
			snprintf(text, sizeof(text), "user%d-%zu@example.net",
			    i, k);
			value_of(&c[k].value, KIND_EMAIL, text);
		}
		ck_assert(store_change(st, c, ARRAY_LEN(c), r, &err));
	}
	ck_assert_uint_eq(waiting(&every), 10000);
	ck_assert_uint_eq(decide(&every, accept_all).changed, 10000);
	ck_assert_uint_eq(waiting(&every), 0);
}
END_TEST

START_TEST(filters)
{
	struct review r = { 0 };
	uint64_t number;

	keep("a@example.net", SOURCE_BOUNCED, "bounce", "full", "unverified");
	keep("b@example.net", SOURCE_BOUNCED, "bounce", "bad-address", "held");
	keep("c@example.net", SOURCE_ABUSE, "complaint", "", "unverified");
	keep("d@example.org", SOURCE_ABUSE, "complaint", "", "unverified");
	ck_assert_uint_eq(waiting(&r), 3);
	r.filter.limit = 1;
	ck_assert_uint_eq(waiting(&r), 1);
	r.filter.limit = 0;
	r.trust = "held";
	ck_assert_uint_eq(waiting(&r), 1);
	number = waiting_at(&r, clock_now()).last;
	r.trust = "unverified";
	ck_assert_uint_eq(waiting(&r), 2);
	r = (struct review){ .numbers = &number, .numbers_n = 1 };
	ck_assert_uint_eq(waiting(&r), 1);
	ck_assert_uint_eq(decide(&r, reject_all).changed, 1);
	ck_assert_uint_eq(waiting(&r), 0);
	r = (struct review){ .filter.source = SOURCE_ABUSE };
	ck_assert_uint_eq(waiting(&r), 2);
	(void)span_copy(span_of("@example.org"), r.filter.search,
	    sizeof(r.filter.search));
	ck_assert_uint_eq(waiting(&r), 1);
}
END_TEST

static Suite *
review_suite(void)
{
	Suite *s = suite_create("review");
	TCase *t = tcase_create("review");

	tcase_set_timeout(t, 60); /* ten thousand reports on a busy machine */
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, waits_or_not, 0, ARRAY_LEN(reports));
	tcase_add_test(t, waits_by_the_setting);
	tcase_add_test(t, waits_no_longer_than_the_setting);
	tcase_add_loop_test(t, settles, 0, ARRAY_LEN(answers));
	tcase_add_test(t, settles_once);
	tcase_add_test(t, lasts_as_long_as_it_would_have);
	tcase_add_test(t, a_rehearsal_writes_nothing);
	tcase_add_test(t, settles_more_than_a_batch);
	tcase_add_test(t, filters);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(review_suite)
