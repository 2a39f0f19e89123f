#include "db/traffic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

#define HOUR 3600
#define T0 INT64_C(1764061200) /* the start of an hour */

static struct traffic *t;

static void
set_up(void)
{
	scratch_begin();
	t = traffic_new();
}

static void
tear_down(void)
{
	traffic_free(t);
	scratch_end();
}

static void
want(const char *domain, int64_t now, uint64_t passed, uint64_t bounced)
{
	struct traffic_counts c = traffic_of(t, domain, now);

	ck_assert_uint_eq(c.passed, passed);
	ck_assert_uint_eq(c.bounced, bounced);
}

START_TEST(counts_each_domain)
{
	traffic_passed(t, "example.net", T0);
	traffic_passed(t, "example.net", T0 + 1);
	traffic_bounced(t, "example.net", T0 + 2);
	traffic_passed(t, "example.org", T0);
	want("example.net", T0 + 3, 2, 1);
	want("example.org", T0 + 3, 1, 0);
	want("example.com", T0 + 3, 0, 0);
}
END_TEST

/* Whatever number of domains there is. */
START_TEST(counts_what_is_unproven_apart)
{
	char domain[32];

	traffic_bounced(t, TRAFFIC_UNPROVEN, T0);
	for (int i = 0; i < 3 * TRAFFIC_DOMAINS; i++) {
		snprintf(domain, sizeof(domain), "d%d.example", i);
		traffic_passed(t, domain, T0);
	}
	traffic_bounced(t, TRAFFIC_UNPROVEN, T0 + HOUR);
	ck_assert_uint_eq(traffic_of(t, TRAFFIC_UNPROVEN, T0 + HOUR).bounced,
	    2);
	ck_assert(traffic_save(t, scratch_dir, "traffic", T0 + HOUR));
	traffic_free(t);
	t = traffic_new();
	ck_assert_uint_eq(traffic_of(t, TRAFFIC_UNPROVEN, T0 + HOUR).bounced,
	    0);
	traffic_load(t, scratch_dir, "traffic", T0 + HOUR);
	ck_assert_uint_eq(
	    traffic_of(t, TRAFFIC_UNPROVEN, T0 + 23 * HOUR).bounced, 2);
	ck_assert_uint_eq(
	    traffic_of(t, TRAFFIC_UNPROVEN, T0 + 24 * HOUR).bounced, 1);
}
END_TEST

/* Hours as a whole: 24 of them, the current one included. */
START_TEST(forgets_after_a_day)
{
	traffic_passed(t, "example.net", T0);
	traffic_bounced(t, "example.net", T0 + 5 * HOUR);
	want("example.net", T0 + 23 * HOUR, 1, 1);
	want("example.net", T0 + 24 * HOUR, 0, 1);
	want("example.net", T0 + 28 * HOUR, 0, 1);
	want("example.net", T0 + 29 * HOUR, 0, 0);
	traffic_passed(t, "example.net", T0 + 500 * HOUR);
	want("example.net", T0 + 500 * HOUR, 1, 0);
}
END_TEST

START_TEST(bears_a_clock_that_goes_back)
{
	traffic_passed(t, "example.net", T0 + 100 * HOUR);
	traffic_passed(t, "example.net", T0 + 99 * HOUR);
	traffic_passed(t, "example.net", T0);
	want("example.net", T0 + 100 * HOUR, 2, 0);
}
END_TEST

/* More domains than there is room for: the newest stay. */
START_TEST(has_a_bound)
{
	char domain[64];

	for (int i = 0; i < 3 * TRAFFIC_DOMAINS; i++) {
		snprintf(domain, sizeof(domain), "d%d.example.net", i);
		traffic_passed(t, domain, T0 + i * HOUR);
		want(domain, T0 + i * HOUR, 1, 0);
	}
}
END_TEST

START_TEST(survives_a_restart)
{
	traffic_passed(t, "example.net", T0);
	traffic_passed(t, "example.net", T0 + HOUR);
	traffic_bounced(t, "example.net", T0 + HOUR);
	traffic_passed(t,
	    "b\xc3\xbc"
	    "cher.example",
	    T0 + HOUR);
	ck_assert(traffic_save(t, scratch_dir, "traffic", T0 + HOUR));
	traffic_free(t);
	t = traffic_new();
	traffic_load(t, scratch_dir, "traffic", T0 + HOUR);
	want("example.net", T0 + HOUR, 2, 1);
	want("example.net", T0 + 24 * HOUR, 1, 1);
	want("b\xc3\xbc"
	     "cher.example",
	    T0 + HOUR, 1, 0);
}
END_TEST

/* Most commands change no count: they cost no write. */
START_TEST(saves_what_is_new)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/traffic", scratch_dir);
	ck_assert(traffic_save(t, scratch_dir, "traffic", T0));
	ck_assert_int_ne(access(path, F_OK), 0);
	traffic_passed(t, "example.net", T0);
	ck_assert(!traffic_save(t, "/nowhere", "traffic", T0));
	ck_assert(traffic_save(t, scratch_dir, "traffic", T0));
	ck_assert_int_eq(unlink(path), 0);
	ck_assert(traffic_save(t, scratch_dir, "traffic", T0));
	ck_assert_int_ne(access(path, F_OK), 0);
	traffic_bounced(t, "example.net", T0);
	traffic_uncount(t, "example.net", T0);
	ck_assert(traffic_save(t, scratch_dir, "traffic", T0));
	traffic_free(t);
	t = traffic_new();
	traffic_load(t, scratch_dir, "traffic", T0);
	want("example.net", T0, 1, 0);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert(traffic_save(t, scratch_dir, "traffic", T0));
	ck_assert_int_ne(access(path, F_OK), 0);
}
END_TEST

/* Counts that can't be read are no counts, and no failure. */
START_TEST(bears_a_damaged_file)
{
	static const char text[] =
	    "{\"domain\":\"example.net\",\"hour\":490016,\"passed\":7,"
	    "\"bounced\":3}\n"
	    "{\"domain\":\"example.net\",\"hour\":490016,\"passed\":-7}\n"
	    "{\"domain\":\"example.net\",\"hour\":490017,\"passed\":7}\n"
	    "{\"domain\":\"example.net\",\"hour\":490016,\"pas\n"
	    "no JSON\n\n"
	    "{\"domain\":\"example.net\",\"hour\":12,\"passed\":7}\n"
	    "{\"hour\":490016,\"passed\":7}\n"
	    "{\"domain\":\"example.org\",\"hour\":490016,\"passed\":1,"
	    "\"bounced\":0}";
	struct error err;

	traffic_load(t, scratch_dir, "traffic", T0);
	want("example.net", T0, 0, 0);
	ck_assert(file_replace(scratch_dir, "traffic",
	    (struct span){ text, strlen(text) }, 0640, &err));
	ck_assert_int_eq(T0 / HOUR, 490017);
	traffic_load(t, scratch_dir, "traffic", T0 - 1);
	want("example.net", T0 - 1, 7, 3);
	want("example.org", T0 - 1, 1, 0);
}
END_TEST

static Suite *
traffic_suite(void)
{
	Suite *s = suite_create("traffic");
	TCase *c = tcase_create("traffic");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_test(c, counts_each_domain);
	tcase_add_test(c, counts_what_is_unproven_apart);
	tcase_add_test(c, forgets_after_a_day);
	tcase_add_test(c, bears_a_clock_that_goes_back);
	tcase_add_test(c, has_a_bound);
	tcase_add_test(c, survives_a_restart);
	tcase_add_test(c, saves_what_is_new);
	tcase_add_test(c, bears_a_damaged_file);
	suite_add_tcase(s, c);
	return s;
}

UNIT_MAIN(traffic_suite)
