#include "db/stats.h"

#include "base/clock.h"
#include "tests/unit/stores.h"

static uint64_t seen_values;

static void
seen(uint64_t values)
{
	seen_values += values;
}

static uint64_t
named(const struct stats_count *list, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i].name, name) == 0)
			return list[i].n;
	return 0;
}

static void
refuse(const char *action, int64_t at, int times)
{
	const struct refusals_limits limits = { 400, 100000000 };
	struct refusals *log = refusals_open(scratch_dir, &limits, &err);
	struct refusal r = { .at = at,
		.recipient = "a@x.test",
		.value = "a@x.test",
		.source = SOURCE_USER };

	ck_assert_ptr_nonnull(log);
	(void)span_copy(span_of(action), r.action, sizeof(r.action));
	for (int i = 0; i < times; i++)
		refusals_add(log, &r);
	refusals_close(log);
}

START_TEST(counts)
{
	struct store *st = open_as(STORE_WRITE);
	int64_t now = clock_now();
	struct stats s;

	make(st, change_of(CHANGE_ADD, "a@x.test", SOURCE_USER, "*"));
	make(st, change_of(CHANGE_ADD, "a@x.test", SOURCE_USER, "*"));
	make(st, change_of(CHANGE_ADD, "a@x.test", SOURCE_ABUSE, "news"));
	make(st, change_of(CHANGE_ADD, "b@x.test", SOURCE_USER, "*"));
	make(st, change_of(CHANGE_ADD, "c@y.test", SOURCE_BOUNCED, "*"));
	make(st, change_of(CHANGE_ADD, "@z.test", SOURCE_USER, "*"));
	make(st, change_of(CHANGE_ADD, "gone@y.test", SOURCE_USER, "*"));
	make(st, change_of(CHANGE_REMOVE, "gone@y.test", SOURCE_USER, "*"));
	refuse("reject", now - CLOCK_DAY_S, 2);
	refuse("remove", now, 1);
	refuse("observe", now, 3);
	ck_assert_msg(stats_make(st, clock_now(), now - 9 * CLOCK_DAY_S, 1,
			  seen, &s, &err),
	    "%s", err.text);
	ck_assert_uint_eq(s.values, 4);
	ck_assert_uint_eq(seen_values, 4);
	ck_assert_uint_eq(s.reasons, 5);
	ck_assert_uint_eq(s.kinds[KIND_EMAIL].n, 3);
	ck_assert_uint_eq(s.kinds[KIND_DOMAIN].n, 1);
	ck_assert_str_eq(s.kinds[KIND_DOMAIN].name, "domain");
	ck_assert_uint_eq(s.sources[SOURCE_USER].n, 3);
	ck_assert_uint_eq(s.sources[SOURCE_ABUSE].n, 1);
	ck_assert_uint_eq(s.sources[SOURCE_BOUNCED].n, 1);
	ck_assert_uint_eq(s.sources[SOURCE_API].n, 0);
	ck_assert_uint_eq(s.streams_n, 2);
	ck_assert_str_eq(s.streams[0].name, "*");
	ck_assert_uint_eq(named(s.streams, s.streams_n, "*"), 4);
	ck_assert_uint_eq(named(s.streams, s.streams_n, "news"), 1);
	ck_assert_uint_eq(s.domains_n, 1);
	ck_assert_uint_eq(named(s.domains, s.domains_n, "x.test"), 2);
	/* Midnight may have passed meanwhile. */
	ck_assert_uint_ge(s.days_n, 10);
	{
		struct stats_day sum = { 0 };

		for (size_t i = 0; i < s.days_n; i++) {
			sum.added += s.days[i].added;
			sum.lifted += s.days[i].lifted;
			sum.refused += s.days[i].refused;
			sum.observed += s.days[i].observed;
		}
		ck_assert_uint_eq(sum.added, 6);
		ck_assert_uint_eq(sum.lifted, 1);
		ck_assert_uint_eq(sum.refused, 3);
		ck_assert_uint_eq(sum.observed, 3);
	}
	ck_assert_uint_eq(s.days[8].refused, 2);
	ck_assert_uint_eq(s.days[8].added, 0);
	stats_done(&s);
	store_close(st);
}
END_TEST

/* Nothing on the list, and more days and domains than there may be. */
START_TEST(has_bounds)
{
	struct store *st = open_as(STORE_WRITE);
	struct stats s;

	ck_assert_msg(stats_make(st, clock_now(), 1, 1000000, seen, &s, &err),
	    "%s", err.text);
	ck_assert_uint_eq(s.values, 0);
	ck_assert_uint_eq(s.days_n, STATS_DAYS_MAX);
	ck_assert_uint_eq(s.domains_n, 0);
	stats_done(&s);
	ck_assert(stats_make(st, 1000, 5000, 1, seen, &s, &err));
	ck_assert_uint_eq(s.days_n, 1);
	stats_done(&s);
	/* No domain is wanted. */
	make(st, change_of(CHANGE_ADD, "a@x.test", SOURCE_USER, "*"));
	ck_assert(stats_make(st, clock_now(), 1, 0, seen, &s, &err));
	ck_assert_uint_eq(s.values, 1);
	ck_assert_uint_eq(s.domains_n, 0);
	stats_done(&s);
	store_close(st);
}
END_TEST

static Suite *
stats_suite(void)
{
	Suite *s = suite_create("stats");
	TCase *c = tcase_create("stats");

	tcase_add_checked_fixture(c, scratch_begin, scratch_end);
	tcase_set_timeout(c, 60);
	tcase_add_test(c, counts);
	tcase_add_test(c, has_bounds);
	suite_add_tcase(s, c);
	return s;
}

UNIT_MAIN(stats_suite)
