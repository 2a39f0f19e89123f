#include "policy/expire.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "db/query.h"
#include "tests/unit/stores.h"

#define DAY INT64_C(86400)

static struct store *st;

static void
set_up(void)
{
	scratch_begin();
	st = open_as(STORE_WRITE);
}

static void
tear_down(void)
{
	store_close(st);
	scratch_end();
}

static void
put(const char *value, enum source source, const char *stream, int64_t expires)
{
	struct change c = change_of(CHANGE_ADD, value, source, stream);

	c.expires = expires;
	ck_assert(make(st, c).changed);
}

struct rests {
	size_t n;
	size_t most; /* then it ends */
};

static bool
rest(void *arg)
{
	struct rests *r = arg;

	return ++r->n < r->most;
}

static uint64_t
clean(struct rests *r)
{
	uint64_t lifted;

	ck_assert_msg(expire(st, clock_now(), rest, r, &lifted, &err), "%s",
	    err.text);
	return lifted;
}

static uint64_t
clean_all(void)
{
	return clean(&(struct rests){ .most = SIZE_MAX });
}

/* Reasons in the record, counting or not. */
static size_t
reasons_of(const char *value)
{
	struct record rec = { 0 };
	struct value v;
	bool found;
	size_t n;

	ck_assert(value_parse(span_of(value), &v, &err));
	ck_assert(store_get(st, &v, &rec, &found, &err));
	n = rec.reasons_n;
	record_done(&rec);
	return n;
}

/* By days from now; 0: never. What is left of it. */
static const struct {
	enum source source;
	int days;
	size_t left;
} cases[] = {
	{ SOURCE_BOUNCED, -1, 0 },
	{ SOURCE_BOUNCED, 1, 1 },
	{ SOURCE_BOUNCED, 0, 1 },
	/* A wish that was for a time is over, too. */
	{ SOURCE_ABUSE, -1, 0 },
	{ SOURCE_LEAD, -1, 0 },
};

START_TEST(cleans_only_what_is_over)
{
	int days = cases[_i].days;

	put("joe@example.net", cases[_i].source, "*",
	    days == 0 ? 0 : clock_now() + days * DAY);
	ck_assert_uint_eq(clean_all(), 1 - cases[_i].left);
	ck_assert_uint_eq(reasons_of("joe@example.net"), cases[_i].left);
	ck_assert_uint_eq(clean_all(), 0);
	ck_assert_uint_eq(faults(st), 0);
}
END_TEST

START_TEST(other_reasons_of_the_value_stay)
{
	put("joe@example.net", SOURCE_BOUNCED, "*", clock_now() - DAY);
	put("joe@example.net", SOURCE_BOUNCED, "news", clock_now() - DAY);
	put("joe@example.net", SOURCE_USER, "*", 0);
	put("@example.org", SOURCE_USER, "*", clock_now() - DAY);
	ck_assert_uint_eq(clean_all(), 3);
	ck_assert_uint_eq(reasons_of("joe@example.net"), 1);
	ck_assert_uint_eq(reasons_of("@example.org"), 0);
}
END_TEST

/* The caller's time only says where to look: the writer has a clock. */
START_TEST(the_writer_decides)
{
	uint64_t lifted;

	put("joe@example.net", SOURCE_BOUNCED, "*", clock_now() + DAY);
	ck_assert(expire(st, clock_now() + 2 * DAY, rest,
	    &(struct rests){ .most = 10 }, &lifted, &err));
	ck_assert_uint_eq(lifted, 0);
	ck_assert_uint_eq(reasons_of("joe@example.net"), 1);
}
END_TEST

static bool
is_told(const struct event *ev, void *arg)
{
	(*(int *)arg)++;
	ck_assert_int_eq(ev->op, EVENT_REMOVE);
	ck_assert_str_eq(ev->by, "suppressd");
	ck_assert_str_eq(ev->why, "its time is over");
	ck_assert_str_eq(ev->evidence.report, REPORT_EXPIRY);
	return false; /* the newest */
}

START_TEST(the_history_says_so)
{
	const struct filter all = { 0 };
	struct value v;
	int n = 0;

	put("joe@example.net", SOURCE_BOUNCED, "*", clock_now() - DAY);
	ck_assert_uint_eq(clean_all(), 1);
	value_of(&v, KIND_EMAIL, "joe@example.net");
	ck_assert(query_history(st, &v, &all, is_told, &n, &err));
	ck_assert_int_eq(n, 1);
}
END_TEST

#define MANY 5000

static void
put_many(void)
{
	static struct change changes[MANY];
	static struct change_result results[MANY];
	char text[32];

	for (int i = 0; i < MANY; i++) {
		snprintf(text, sizeof(text), "user%d@x.test", i);
		changes[i] = change_of(CHANGE_ADD, text, SOURCE_BOUNCED, "*");
		changes[i].expires = clock_now() - DAY;
	}
	ck_assert(store_change(st, changes, MANY, results, &err));
}

/* Mail goes first: it rests after each thousand, and ends when it should. */
START_TEST(rests_between_the_pieces)
{
	struct rests r = { .most = SIZE_MAX };

	put_many();
	ck_assert_uint_eq(clean(&r), MANY);
	ck_assert_uint_ge(r.n, MANY / 1000);
	ck_assert_uint_eq(faults(st), 0);
}
END_TEST

START_TEST(ends_in_the_middle_and_goes_on_later)
{
	uint64_t first;

	put_many();
	first = clean(&(struct rests){ .most = 2 });
	ck_assert_uint_gt(first, 0);
	ck_assert_uint_lt(first, MANY);
	ck_assert_uint_eq(clean_all(), MANY - first);
}
END_TEST

static Suite *
expire_suite(void)
{
	Suite *s = suite_create("expire");
	TCase *t = tcase_create("expire");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, cleans_only_what_is_over, 0, ARRAY_LEN(cases));
	tcase_add_test(t, other_reasons_of_the_value_stay);
	tcase_add_test(t, the_writer_decides);
	tcase_add_test(t, the_history_says_so);
	tcase_add_test(t, rests_between_the_pieces);
	tcase_add_test(t, ends_in_the_middle_and_goes_on_later);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(expire_suite)
