#include "policy/review.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

static struct error err;
static struct store *st;

static void
set_up(void)
{
	const struct store_options options = { .mode = STORE_WRITE,
		.create = true };

	scratch_begin();
	st = store_open(scratch_dir, &options, &err);
	ck_assert_msg(st != NULL, "%s", err.text);
}

static void
tear_down(void)
{
	store_close(st);
	scratch_end();
}

static void
keep(const char *value, enum source source, const char *report,
    const char *class, const char *trust)
{
	static int reports;
	struct change c = { .op = CHANGE_REPORT,
		.source = source,
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

struct waiting {
	size_t n;
	struct change settled;
	enum review_answer answer;
};

static bool
take(const struct event *ev, void *arg)
{
	struct waiting *w = arg;

	w->n++;
	review_settle(ev, w->answer, "alice", "", &w->settled);
	return true;
}

static size_t
waiting(const struct filter *f)
{
	const struct filter all = { 0 };
	struct waiting w = { 0 };

	ck_assert_msg(review_walk(st, f != NULL ? f : &all, take, &w, &err),
	    "%s", err.text);
	return w.n;
}

/* What waits for a person, and what does not. */
static const struct {
	enum source source;
	const char *report;
	const char *class;
	const char *trust;
	size_t want;
} reports[] = {
	{ SOURCE_BOUNCED, "bounce", "bad-address", "unverified", 1 },
	{ SOURCE_BOUNCED, "bounce", "bad-domain", "unverified", 1 },
	{ SOURCE_BOUNCED, "bounce", "bad-address", "held", 1 },
	{ SOURCE_ABUSE, "complaint", "", "unverified", 1 },
	{ SOURCE_LEAD, "unsubscribe", "", "unverified", 1 },
	{ SOURCE_BOUNCED, "bounce", "full", "unverified", 0 },
	{ SOURCE_BOUNCED, "bounce", "policy", "unverified", 0 },
	{ SOURCE_BOUNCED, "delayed", "", "unverified", 0 },
	{ SOURCE_ABUSE, "complaint-other", "", "unverified", 0 },
	{ SOURCE_BOUNCED, "bounce", "bad-address", "believed", 0 },
};

START_TEST(waits_or_not)
{
	keep("joe@example.net", reports[_i].source, reports[_i].report,
	    reports[_i].class, reports[_i].trust);
	ck_assert_uint_eq(waiting(NULL), reports[_i].want);
}
END_TEST

static const struct {
	enum review_answer answer;
	size_t suppressed;
} answers[] = {
	{ REVIEW_ACCEPT, 1 },
	{ REVIEW_REJECT, 0 },
};

static bool
is_ours(const struct reason_row *row, void *arg)
{
	(void)arg;
	ck_assert_int_eq(row->reason->source, SOURCE_BOUNCED);
	ck_assert_str_eq(row->first->by, "alice");
	ck_assert_str_eq(row->first->why, "550 5.1.1 no such user");
	return true;
}

/* Settled once, it waits no more; a new report waits again. */
START_TEST(settles)
{
	const struct filter all = { 0 };
	struct waiting w = { .answer = answers[_i].answer };
	struct change_result r;
	struct value v;
	size_t n;

	keep("joe@example.net", SOURCE_BOUNCED, "bounce", "bad-address",
	    "unverified");
	keep("ann@example.net", SOURCE_BOUNCED, "bounce", "full", "unverified");
	ck_assert(review_walk(st, &all, take, &w, &err));
	ck_assert_uint_eq(w.n, 1);
	ck_assert(store_change(st, &w.settled, 1, &r, &err));
	ck_assert(r.changed);
	ck_assert_uint_eq(waiting(NULL), 0);
	value_of(&v, KIND_EMAIL, "joe@example.net");
	ck_assert(query_value(st, &v, 2000000000, is_ours, NULL, &n, &err));
	ck_assert_uint_eq(n, answers[_i].suppressed);
	ck_assert(store_change(st, &w.settled, 1, &r, &err));
	ck_assert(!r.changed);
	keep("joe@example.net", SOURCE_BOUNCED, "bounce", "bad-address",
	    "unverified");
	ck_assert_uint_eq(waiting(NULL), 1);
}
END_TEST

START_TEST(filters)
{
	struct filter f = { 0 };

	keep("a@example.net", SOURCE_BOUNCED, "bounce", "full", "unverified");
	keep("b@example.net", SOURCE_BOUNCED, "bounce", "bad-address", "held");
	keep("c@example.net", SOURCE_ABUSE, "complaint", "", "unverified");
	keep("d@example.org", SOURCE_ABUSE, "complaint", "", "unverified");
	ck_assert_uint_eq(waiting(NULL), 3);
	f.limit = 1;
	ck_assert_uint_eq(waiting(&f), 1);
	f.limit = 0;
	f.source = SOURCE_ABUSE;
	ck_assert_uint_eq(waiting(&f), 2);
	(void)span_copy(span_of("@example.org"), f.search, sizeof(f.search));
	ck_assert_uint_eq(waiting(&f), 1);
}
END_TEST

static Suite *
review_suite(void)
{
	Suite *s = suite_create("review");
	TCase *t = tcase_create("review");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, waits_or_not, 0, ARRAY_LEN(reports));
	tcase_add_loop_test(t, settles, 0, ARRAY_LEN(answers));
	tcase_add_test(t, filters);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(review_suite)
