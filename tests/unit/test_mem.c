#include "tests/unit/unit.h"

#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
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

/* A large block and, when that is free again, many smaller ones. */
static void *
work_big(void *arg)
{
	enum { LARGE = 16 * 1024 * 1024, SMALL = 1000, N = 8000 };
	static char *small[N];
	char *large = mem_new(LARGE, 1);

	memset(large, 1, LARGE);
	free(large);
	for (int i = 0; i < N; i++)
		small[i] = memset(mem_new(SMALL, 1), 1, SMALL);
	for (int i = 0; i < N; i++)
		free(small[i]);
	return arg;
}

START_TEST(big_work_is_given_back)
{
	size_t before = mallinfo2().arena;
	pthread_t thread;

	mem_stay_small();
	ck_assert_int_eq(pthread_create(&thread, NULL, work_big, NULL), 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	/* All heaps together. */
	ck_assert_uint_lt(mallinfo2().arena, before + 1024 * 1024);
}
END_TEST

/* KiB of this process that no file has. */
static long
resident(void)
{
	FILE *f = fopen("/proc/self/status", "re");
	char line[200];
	long kib = -1;

	ck_assert_ptr_nonnull(f);
	while (fgets(line, sizeof(line), f) != NULL)
		(void)sscanf(line, "RssAnon: %ld", &kib);
	fclose(f);
	ck_assert_int_ge(kib, 0);
	return kib;
}

START_TEST(the_middle_is_given_back)
{
	enum { SMALL = 1000, N = 8000 };
	static char *small[N];
	long full;
	char *last;

	mem_stay_small();
	for (int i = 0; i < N; i++)
		small[i] = memset(mem_new(SMALL, 1), 1, SMALL);
	last = mem_new(SMALL, 1);
	full = resident();
	/* valgrind has an allocator of its own. */
	if (mallinfo2().arena < (size_t)SMALL * N)
		return;
	for (int i = 0; i < N; i++)
		free(small[i]);
	mem_worked(9999);
	mem_worked(1);
	ck_assert_int_lt(resident(), full - 6 * 1024);
	free(last);
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
	/* Sanitizers end the program in a way of their own, and keep what is
	 * freed. */
	if (!SANITIZED) {
		tcase_add_loop_test_raise_signal(t, aborts_when_there_is_none,
		    SIGABRT, 0, 2);
		tcase_add_test(t, big_work_is_given_back);
		tcase_add_test(t, the_middle_is_given_back);
	}
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(mem_suite)
