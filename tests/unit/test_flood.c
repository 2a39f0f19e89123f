#include "tests/unit/unit.h"

#include "milter/flood.h"

START_TEST(so_many_a_minute)
{
	struct flood f = { .most = 3 };

	for (int i = 0; i < 10; i++)
		ck_assert_int_eq(flood_allows(&f, 100000 + i), i < 3);
	/* Not before the minute is over. */
	ck_assert_uint_eq(flood_held(&f, 100059), 0);
	ck_assert_uint_eq(flood_held(&f, 100060), 7);
	ck_assert_uint_eq(flood_held(&f, 100061), 0);
	ck_assert(flood_allows(&f, 100061));
}
END_TEST

/* At the stop all is told, and a clock that has just begun is no matter. */
START_TEST(at_both_ends_of_time)
{
	struct flood f = { .most = 1 };

	ck_assert(flood_allows(&f, 0));
	ck_assert(!flood_allows(&f, 0));
	ck_assert_uint_eq(flood_held(&f, INT64_MAX), 1);
}
END_TEST

/* What nobody has asked for goes into the next count. */
START_TEST(nothing_is_lost)
{
	struct flood f = { .most = 1 };
	unsigned long long held = 0;

	for (int i = 0; i < 1000; i++)
		if (!flood_allows(&f, 100000 + i))
			held++;
	ck_assert_uint_eq(flood_held(&f, INT64_MAX), held);
	ck_assert_uint_eq(held, 1000 - (1000 + 59) / 60);
}
END_TEST

static Suite *
flood_suite(void)
{
	Suite *s = suite_create("flood");
	TCase *t = tcase_create("flood");

	tcase_add_test(t, so_many_a_minute);
	tcase_add_test(t, at_both_ends_of_time);
	tcase_add_test(t, nothing_is_lost);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(flood_suite)
