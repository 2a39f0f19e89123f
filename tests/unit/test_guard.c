/* The guard of an add: a list that is cleaned passes, a receiver that fails
 * for everybody is held. */
#include "tests/unit/unit.h"

#include <stdio.h>

#include "base/clock.h"
#include "db/query.h"
#include "db/store.h"
#include "tests/unit/stores.h"

#define LEAST 50
#define PERCENT 20

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
send_mail(const char *domain, int n)
{
	for (int i = 0; i < n; i++)
		store_passed(st, domain, clock_now());
}

static struct change
bounce_of(const char *domain, int i)
{
	struct change c = { .op = CHANGE_ADD,
		.source = SOURCE_BOUNCED,
		.stream = "*",
		.guard = { LEAST, PERCENT },
		.by = "suppressd" };
	char text[LIMIT_VALUE_TEXT];

	snprintf(text, sizeof(text), "user%d@%s", i, domain);
	value_of(&c.value, KIND_EMAIL, text);
	snprintf(c.evidence.ref, sizeof(c.evidence.ref), "ref%d", i);
	(void)span_copy(span_of("bounce"), c.evidence.report,
	    sizeof(c.evidence.report));
	(void)span_copy(span_of("believed"), c.evidence.trust,
	    sizeof(c.evidence.trust));
	return c;
}

/* How many of n bounces, one after the other, are held. */
static int
bounce(const char *domain, int n)
{
	int held = 0;

	for (int i = 0; i < n; i++) {
		struct change c = bounce_of(domain, i);
		struct change_result r;

		ck_assert_msg(store_change(st, &c, 1, &r, &err), "%s",
		    err.text);
		ck_assert(r.changed);
		held += r.held;
	}
	return held;
}

static bool
count_row(const struct reason_row *row, void *arg)
{
	(void)row;
	(*(int *)arg)++;
	return true;
}

static int
suppressed(void)
{
	const struct filter all = { 0 };
	int n = 0;

	ck_assert(query_list(st, &all, clock_now(), count_row, &n, &err));
	return n;
}

/* Mails sent to the domain, how many of them bounce, how many are held. */
static const struct {
	int sent;
	int bounces;
	int held;
} cases[] = {
	{ 1000, 100, 0 },   /* a list with a tenth of dead addresses */
	{ 1000, 200, 0 },   /* a fifth: the worst that passes */
	{ 1000, 950, 750 }, /* December 2020: whoever it is, he is unknown */
	{ 60, 50, 0 },      /* a small domain that is gone */
	{ 60, 60, 10 },
	{ 0, 40, 0 }, /* bounces of what was sent before we were there */
	{ 0, 60, 10 },
};

START_TEST(cleaning_passes_and_storms_are_held)
{
	send_mail("example.net", cases[_i].sent);
	ck_assert_int_eq(bounce("example.net", cases[_i].bounces),
	    cases[_i].held);
	ck_assert_int_eq(suppressed(), cases[_i].bounces - cases[_i].held);
}
END_TEST

START_TEST(other_domains_are_not_held)
{
	ck_assert_int_eq(bounce("example.net", 60), 10);
	ck_assert_int_eq(bounce("example.org", 40), 0);
}
END_TEST

/* The same report again changes nothing, held or not. */
START_TEST(a_held_report_is_kept_once)
{
	struct change c = bounce_of("example.net", 55);
	struct change_result r;

	ck_assert_int_eq(bounce("example.net", 60), 10);
	ck_assert(store_change(st, &c, 1, &r, &err));
	ck_assert(!r.changed);
}
END_TEST

/* Who is suppressed for it already is not counted again. */
START_TEST(a_repetition_is_no_new_one)
{
	struct change_result r;

	for (int i = 0; i < 2 * LEAST; i++) {
		struct change c = bounce_of("example.net", 1);

		snprintf(c.evidence.ref, sizeof(c.evidence.ref), "again%d", i);
		ck_assert(store_change(st, &c, 1, &r, &err));
		ck_assert(r.changed && !r.held);
	}
}
END_TEST

START_TEST(counts_survive_a_restart)
{
	send_mail("example.net", 1000);
	ck_assert_int_eq(bounce("example.net", 150), 0);
	store_close(st);
	st = open_as(STORE_WRITE);
	for (int i = 150; i < 210; i++) {
		struct change c = bounce_of("example.net", i);
		struct change_result r;

		ck_assert(store_change(st, &c, 1, &r, &err));
		ck_assert_int_eq(r.held, i >= 200);
	}
}
END_TEST

/* What was not written was not counted, either. */
START_TEST(a_batch_that_fails_counts_nothing)
{
	struct change c[2] = { bounce_of("example.net", 1),
		bounce_of("example.net", 2) };
	struct change_result r[2];

	(void)span_copy(span_of("broken\xff@example.net"), c[1].value.text,
	    sizeof(c[1].value.text));
	for (int i = 0; i < 2 * LEAST; i++)
		ck_assert(!store_change(st, c, 2, r, &err));
	ck_assert_int_eq(bounce("example.net", 60), 10);
}
END_TEST

START_TEST(without_a_guard_nothing_is_held)
{
	for (int i = 0; i < 2 * LEAST; i++) {
		struct change c = bounce_of("example.net", i);
		struct change_result r;

		c.guard = (struct guard){ 0 };
		ck_assert(store_change(st, &c, 1, &r, &err));
		ck_assert(!r.held);
	}
}
END_TEST

static Suite *
guard_suite(void)
{
	Suite *s = suite_create("guard");
	TCase *t = tcase_create("guard");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, cleaning_passes_and_storms_are_held, 0,
	    ARRAY_LEN(cases));
	tcase_add_test(t, other_domains_are_not_held);
	tcase_add_test(t, a_held_report_is_kept_once);
	tcase_add_test(t, a_repetition_is_no_new_one);
	tcase_add_test(t, counts_survive_a_restart);
	tcase_add_test(t, a_batch_that_fails_counts_nothing);
	tcase_add_test(t, without_a_guard_nothing_is_held);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(guard_suite)
