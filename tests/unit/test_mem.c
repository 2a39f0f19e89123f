#include "tests/unit/unit.h"

#include <signal.h>
#include <stdint.h>
#include <string.h>

START_TEST(is_zeroed)
{
	unsigned char *p = mem_new(1000, 3);

	for (size_t i = 0; i < 3000; i++)
		ck_assert_int_eq(p[i], 0);
	free(p);
	p = mem_new(0, 8);
	ck_assert_ptr_nonnull(p);
	free(p);
}
END_TEST

START_TEST(is_resized)
{
	int *p = mem_resize(NULL, 2, sizeof(*p));

	p[0] = 7;
	p[1] = 8;
	p = mem_resize(p, 1000, sizeof(*p));
	ck_assert_int_eq(p[0], 7);
	ck_assert_int_eq(p[1], 8);
	p = mem_resize(p, 0, sizeof(*p));
	ck_assert_ptr_nonnull(p);
	free(p);
}
END_TEST

START_TEST(copies_bytes)
{
	char *p = mem_dup("abcdef", 3);

	ck_assert_str_eq(p, "abc");
	free(p);
	p = mem_dup("a\0b", 3);
	ck_assert_mem_eq(p, "a\0b", 4);
	free(p);
	p = mem_dup(NULL, 0);
	ck_assert_str_eq(p, "");
	free(p);
}
END_TEST

/* A product that wraps is no small block. */
START_TEST(aborts_when_there_is_none)
{
	volatile size_t half = SIZE_MAX / 2 + 2;

	if (_i == 0)
		free(mem_new(half, 2));
	else
		free(mem_resize(NULL, half, 2));
}
END_TEST

static Suite *
mem_suite(void)
{
	Suite *s = suite_create("mem");
	TCase *t = tcase_create("mem");

	tcase_add_test(t, is_zeroed);
	tcase_add_test(t, is_resized);
	tcase_add_test(t, copies_bytes);
	/* Sanitizers end the program in a way of their own. */
	if (!SANITIZED)
		tcase_add_loop_test_raise_signal(t, aborts_when_there_is_none,
		    SIGABRT, 0, 2);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(mem_suite)
