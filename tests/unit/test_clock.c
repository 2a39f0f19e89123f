#include "tests/unit/unit.h"

#include <string.h>

#include "base/clock.h"
#include "tests/unit/exact.h"

/* RFC 3339, 5.6; the numbers are from date(1). */
static const struct {
	const char *in;
	int64_t want; /* -1: must be refused */
} times[] = {
	{ "1970-01-01T00:00:00Z", 0 },
	{ "1970-01-01", 0 },
	{ "2026-11-24T05:15:02Z", 1795497302 },
	{ "2026-11-24", 1795478400 },
	{ "2024-02-29", 1709164800 },
	{ "2000-02-29", 951782400 },
	{ "2038-01-19T03:14:08Z", 2147483648 },
	{ "9999-12-31T23:59:59Z", CLOCK_MAX_S },
	{ "2023-02-29", -1 },
	{ "2100-02-29", -1 },
	{ "2026-04-31", -1 },
	{ "2026-00-01", -1 },
	{ "2026-13-01", -1 },
	{ "2026-01-00", -1 },
	{ "2026-01-32", -1 },
	{ "1969-12-31", -1 },
	{ "0000-01-01", -1 },
	{ "2026-11-24T24:00:00Z", -1 },
	{ "2026-11-24T23:60:00Z", -1 },
	{ "2026-11-24T23:59:60Z", -1 },
	{ "2026-11-24T05:15:02", -1 },
	{ "2026-11-24T05:15:02+", -1 },
	{ "2026-11-24 05:15:02Z", -1 },
	{ "2026-11-24T05:15:02Zx", -1 },
	{ "2026-11-2", -1 },
	{ "2026/11/24", -1 },
	{ "24.11.2026", -1 },
	{ "+026-11-24", -1 },
	{ "2026-1 -24", -1 },
	{ " 2026-11-2", -1 },
	{ "yesterday", -1 },
	{ "", -1 },
};

START_TEST(reads_times)
{
	struct error err = { 0 };
	int64_t at = -1;
	struct span in = exact(times[_i].in);
	bool ok = clock_parse(in, &at, &err);

	exact_free(in);
	ck_assert_msg(ok == (times[_i].want >= 0), "'%s'", times[_i].in);
	ck_assert_int_eq(at, times[_i].want);
	if (!ok) {
		ck_assert(err.code == ERROR_INVALID);
		ck_assert_ptr_nonnull(strstr(err.text, times[_i].in));
		ck_assert_ptr_nonnull(strstr(err.text, "write 2026-11-24"));
	}
}
END_TEST

/* What is read is written the same again. */
START_TEST(writes_times)
{
	char text[CLOCK_TEXT];

	if (times[_i].want < 0)
		return;
	clock_format(times[_i].want, text);
	ck_assert_uint_eq(strlen(text), CLOCK_TEXT - 1);
	ck_assert_mem_eq(text, times[_i].in, strlen(times[_i].in));
}
END_TEST

static const struct {
	int64_t at;
	const char *want;
} clamped[] = {
	{ -1, "1970-01-01T00:00:00Z" },
	{ INT64_MIN, "1970-01-01T00:00:00Z" },
	{ CLOCK_MAX_S + 1, "9999-12-31T23:59:59Z" },
	{ INT64_MAX, "9999-12-31T23:59:59Z" },
};

START_TEST(clamps)
{
	char text[CLOCK_TEXT];

	clock_format(clamped[_i].at, text);
	ck_assert_str_eq(text, clamped[_i].want);
}
END_TEST

static const struct {
	const char *in;
	int64_t want; /* 0: must be refused */
} durations[] = {
	{ "1s", 1 },
	{ "90s", 90 },
	{ "15m", 900 },
	{ "12h", 43200 },
	{ "30d", 2592000 },
	{ "2w", 1209600 },
	{ "1000000000s", 1000000000 },
	{ "1000000001s", 0 },
	{ "99999999999999999999d", 0 },
	{ "0d", 0 },
	{ "-1d", 0 },
	{ "1.5h", 0 },
	{ "30", 0 },
	{ "d", 0 },
	{ "30 d", 0 },
	{ "30D", 0 },
	{ "30y", 0 },
	{ "1d12h", 0 },
	{ "", 0 },
};

START_TEST(reads_durations)
{
	struct error err = { 0 };
	int64_t got = 0;
	struct span in = exact(durations[_i].in);
	bool ok = clock_duration(in, &got, &err);

	exact_free(in);
	ck_assert_msg(ok == (durations[_i].want > 0), "'%s'", durations[_i].in);
	ck_assert_int_eq(got, durations[_i].want);
	if (!ok)
		ck_assert_ptr_nonnull(strstr(err.text, "write 90s"));
}
END_TEST

START_TEST(tells_the_time)
{
	ck_assert_int_gt(clock_now(), 1700000000);
	ck_assert_int_lt(clock_now(), CLOCK_MAX_S);
}
END_TEST

static Suite *
clock_suite(void)
{
	Suite *s = suite_create("clock");
	TCase *t = tcase_create("clock");

	tcase_add_loop_test(t, reads_times, 0, ARRAY_LEN(times));
	tcase_add_loop_test(t, writes_times, 0, ARRAY_LEN(times));
	tcase_add_loop_test(t, clamps, 0, ARRAY_LEN(clamped));
	tcase_add_loop_test(t, reads_durations, 0, ARRAY_LEN(durations));
	tcase_add_test(t, tells_the_time);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(clock_suite)
