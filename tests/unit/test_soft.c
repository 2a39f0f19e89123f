#include "policy/soft.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "policy/expire.h"
#include "policy/review.h"
#include "tests/unit/stores.h"
#include "tests/unit/unit.h"

#define DAY INT64_C(86400)

static struct store *st;
static struct conf *conf;
static struct value value;
static int reports;

static void
set_up(void)
{
	scratch_begin();
	st = open_as(STORE_WRITE);
	conf = conf_defaults();
	value_of(&value, KIND_EMAIL, "joe@example.net");
}

static void
tear_down(void)
{
	conf_unref(conf);
	store_close(st);
	scratch_end();
}

/* What has happened to the value at a time, 0: now, when the store writes it;
 * the store gives it the present time. */
static void
happened(int64_t at, enum change_op op, const char *class, const char *trust,
    int64_t expires)
{
	char text[CLOCK_TEXT] = "";
	struct change c = { .op = op,
		.value = value,
		.source = op == CHANGE_REMOVE ? 0 : SOURCE_BOUNCED,
		.stream = "*",
		.expires = expires };
	struct change_result r;

	(void)span_copy(span_of("bounce"), c.evidence.report,
	    sizeof(c.evidence.report));
	(void)span_copy(span_of(class), c.evidence.class,
	    sizeof(c.evidence.class));
	(void)span_copy(span_of(trust), c.evidence.trust,
	    sizeof(c.evidence.trust));
	snprintf(c.evidence.ref, sizeof(c.evidence.ref), "ref%d", reports++);
	if (at != 0)
		clock_format(at, text);
	(void)span_copy(span_of(text), c.evidence.happened,
	    sizeof(c.evidence.happened));
	ck_assert_msg(store_change(st, &c, 1, &r, &err), "%s", err.text);
	ck_assert(r.changed);
}

static void
happens(enum change_op op, const char *class, const char *trust,
    int64_t expires)
{
	happened(0, op, class, trust, expires);
}

/* With a further one that has happened at a time; 0: now. */
static struct soft
count_late(int64_t now, int64_t at)
{
	struct evidence report = { .ref = "new" };
	struct soft soft;

	if (at != 0)
		clock_format(at, report.happened);
	ck_assert_msg(soft_count(conf, st, &value, &report, now, &soft, &err),
	    "%s", err.text);
	return soft;
}

static struct soft
count(int64_t now)
{
	return count_late(now, 0);
}

static int64_t
last_at(void)
{
	int64_t at;

	ck_assert(store_last_time(st, &at, &err));
	return at;
}

/* Events before, on the present day; what a further one counts today and on
 * the last day of the window. */
static const struct {
	enum change_op op;
	const char *class;
	const char *trust;
	unsigned next_day;
} events[] = {
	{ CHANGE_REPORT, "full", "believed", 2 },
	{ CHANGE_REPORT, "temporary", "believed", 2 },
	{ CHANGE_REPORT, "full", "unverified", 1 },
	{ CHANGE_REPORT, "full", "held", 1 },
	{ CHANGE_REPORT, "policy", "believed", 1 },
	{ CHANGE_REPORT, "expired", "believed", 1 },
	{ CHANGE_REPORT, "bad-address", "believed", 1 },
	{ CHANGE_REPORT, "alive", "believed", 1 },
};

START_TEST(counts_days)
{
	int64_t first, now;

	ck_assert_uint_eq(count(1764000000).days, 1);
	/* Twice on one day, unless midnight comes between them. */
	do {
		value.text[0]++; /* another one */
		happens(events[_i].op, events[_i].class, events[_i].trust, 0);
		first = last_at();
		happens(events[_i].op, events[_i].class, events[_i].trust, 0);
		now = last_at();
	} while (first / DAY != now / DAY);
	ck_assert_uint_eq(count(now - now % DAY + DAY).days,
	    events[_i].next_day);
	ck_assert_uint_eq(count(now - now % DAY + 29 * DAY).days,
	    events[_i].next_day);
	ck_assert_uint_eq(count(now - now % DAY + 30 * DAY).days, 1);
}
END_TEST

/* What makes the count begin anew. */
START_TEST(begins_anew_after_life)
{
	happens(CHANGE_REPORT, "full", "believed", 0);
	happens(CHANGE_REPORT, SOFT_ALIVE, "believed", 0);
	ck_assert_uint_eq(count(last_at() + DAY).days, 1);
}
END_TEST

START_TEST(begins_anew_after_a_removal)
{
	happens(CHANGE_REPORT, "full", "believed", 0);
	happens(CHANGE_ADD, "full", "believed", last_at() + 14 * DAY);
	happens(CHANGE_REMOVE, "", "", 0);
	ck_assert_uint_eq(count(last_at() + DAY).days, 1);
	ck_assert_int_eq(count(last_at() + DAY).last_s, 0);
}
END_TEST

START_TEST(begins_anew_after_a_suppression)
{
	happens(CHANGE_REPORT, "full", "believed", 0);
	happens(CHANGE_ADD, "full", "believed", last_at() + 14 * DAY);
	happens(CHANGE_REPORT, "full", "believed", 0);
	ck_assert_uint_eq(count(last_at() + 20 * DAY).days, 2);
	/* The clock of the store may have moved on by a second or two. */
	ck_assert_int_le(count(last_at() + DAY).last_s, 14 * DAY);
	ck_assert_int_gt(count(last_at() + DAY).last_s, 14 * DAY - 10);
}
END_TEST

static bool
go_on(void *arg)
{
	(void)arg;
	return true;
}

/* The reason is over and has been cleaned away: nobody took it off. */
START_TEST(remembers_what_was_cleaned)
{
	const int64_t length = 3;
	uint64_t lifted = 0;
	struct soft soft;

	happens(CHANGE_REPORT, "full", "believed", 0);
	happens(CHANGE_ADD, "full", "believed", clock_now() + length);
	while (lifted == 0) {
		ck_assert(expire(st, clock_now(), go_on, NULL, &lifted, &err));
		usleep(100000);
	}
	soft = count(last_at() + 20 * DAY);
	ck_assert_uint_eq(soft.days, 1);
	ck_assert_int_gt(soft.last_s, 0);
	ck_assert_int_le(soft.last_s, length);
	conf->soft_days = 1;
	ck_assert_int_eq(soft_expires(conf, &soft, 1000),
	    1000 + 2 * soft.last_s);
	/* And it goes on with what happened before, too. */
	happens(CHANGE_REPORT, "full", "believed", 0);
	ck_assert_uint_eq(count(last_at() + DAY).days, 2);
}
END_TEST

/* What a person has accepted of a storm counts as what was believed. */
START_TEST(remembers_what_was_accepted)
{
	happens(CHANGE_REPORT, "full", "held", 0);
	happens(CHANGE_ADD, "full", REVIEW_ACCEPTED, last_at() + 14 * DAY);
	ck_assert_int_gt(count(last_at() + DAY).last_s, 13 * DAY);
	ck_assert_uint_eq(count(last_at() + DAY).days, 1);
}
END_TEST

/* A backlog, in any order; days ago. The further one is read last. */
#define BACKLOG_MAX 6
static const struct {
	int ago[BACKLOG_MAX]; /* 0: no more */
	int alive;            /* a proof of life that is read in between */
	int further;          /* 0: today */
	unsigned want;
} backlogs[] = {
	{ { 4, 3, 2, 1 }, 0, 0, 5 },
	{ { 1, 3, 4, 2 }, 0, 0, 5 },
	{ { 4, 4, 1, 1 }, 0, 1, 2 },
	{ { 1, 2, 3 }, 0, 3, 3 },
	/* Within the window, today included, of 30 days. */
	{ { 29, 28 }, 0, 0, 3 },
	{ { 30, 31, 400 }, 0, 0, 1 },
	{ { 3, 2, 1 }, 0, 30, 3 },
	{ { 400 }, 0, 401, 0 },
	/* Tomorrow, and the day after, are today. */
	{ { -1, -2, -30 }, 0, 0, 1 },
	{ { 3 }, 0, -1, 2 },
	/* What came before the proof of life, whenever it is read. */
	{ { 4, 3, 2, 1 }, 3, 0, 3 },
	{ { 1, 2, 3, 4 }, 3, 0, 3 },
	{ { 1, 2, 3, 4 }, 1, 2, 0 },
	{ { 5, 4 }, 1, 0, 1 },
	{ { 2, 1 }, 5, 0, 3 },
};

START_TEST(counts_a_backlog)
{
	int64_t noon = clock_now(), at;

	noon -= noon % DAY - DAY / 2;
	for (int i = 0; i < BACKLOG_MAX && backlogs[_i].ago[i] != 0; i++) {
		at = noon - backlogs[_i].ago[i] * DAY;
		happened(at, CHANGE_REPORT, "full", "believed", 0);
		if (i == 1 && backlogs[_i].alive != 0)
			happened(noon + 60 - backlogs[_i].alive * DAY,
			    CHANGE_REPORT, SOFT_ALIVE, "believed", 0);
	}
	at = backlogs[_i].further == 0 ? 0 : noon - backlogs[_i].further * DAY;
	ck_assert_uint_eq(count_late(noon, at).days, backlogs[_i].want);
}
END_TEST

/* A suppression is no longer for what had happened before it began, nor does
 * that count after somebody has taken the value off the list. */
START_TEST(a_backlog_repeats_nothing)
{
	int64_t now = clock_now();

	happens(CHANGE_ADD, "full", "believed", now + 14 * DAY);
	happened(now - 2 * DAY, CHANGE_REPORT, "full", "believed", 0);
	happened(now - 3 * DAY, CHANGE_REPORT, "full", "believed", 0);
	ck_assert_uint_eq(count_late(now + 1, now - 4 * DAY).days, 0);
	ck_assert_uint_eq(count(now + DAY).days, 1);
	happens(CHANGE_REMOVE, "", "", 0);
	ck_assert_uint_eq(count_late(last_at(), now - 4 * DAY).days, 0);
	ck_assert_uint_eq(count(last_at() + DAY).days, 1);
}
END_TEST

/* Days of the settings: 5, first 14, at most 180. */
static const struct {
	unsigned days;
	int64_t last_days;
	int64_t want_days; /* 0: not yet */
} lengths[] = {
	{ 1, 0, 0 },
	{ 4, 0, 0 },
	{ 5, 0, 14 },
	{ 6, 0, 14 },
	{ 5, 14, 28 },
	{ 5, 28, 56 },
	{ 5, 112, 180 },
	{ 5, 180, 180 },
	{ 4, 180, 0 },
};

START_TEST(grows_at_each_repeat)
{
	const struct soft soft = { .days = lengths[_i].days,
		.last_s = lengths[_i].last_days * DAY };
	int64_t want = lengths[_i].want_days;

	ck_assert_int_eq(soft_expires(conf, &soft, 1000),
	    want == 0 ? 0 : 1000 + want * DAY);
}
END_TEST

START_TEST(is_off_by_setting)
{
	const struct soft soft = { .days = 400 };

	conf->soft_days = 0;
	ck_assert_int_eq(soft_expires(conf, &soft, 1000), 0);
}
END_TEST

START_TEST(knows_what_is_soft)
{
	for (int c = CLASS_BAD_ADDRESS; c <= CLASS_UNDETERMINED; c++)
		ck_assert_int_eq(soft_is((enum bounce_class)c),
		    c == CLASS_FULL || c == CLASS_TEMPORARY);
}
END_TEST

static Suite *
soft_suite(void)
{
	Suite *s = suite_create("soft");
	TCase *t = tcase_create("soft");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, counts_days, 0, ARRAY_LEN(events));
	tcase_add_test(t, begins_anew_after_life);
	tcase_add_test(t, begins_anew_after_a_removal);
	tcase_add_test(t, begins_anew_after_a_suppression);
	tcase_add_test(t, remembers_what_was_cleaned);
	tcase_add_test(t, remembers_what_was_accepted);
	tcase_add_loop_test(t, counts_a_backlog, 0, ARRAY_LEN(backlogs));
	tcase_add_test(t, a_backlog_repeats_nothing);
	tcase_add_loop_test(t, grows_at_each_repeat, 0, ARRAY_LEN(lengths));
	tcase_add_test(t, is_off_by_setting);
	tcase_add_test(t, knows_what_is_soft);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(soft_suite)
