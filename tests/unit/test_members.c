#include "tests/unit/unit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "db/members.h"
#include "tests/unit/scratch.h"

#define MANY 20000

static const uint8_t id[MEMBERS_ID_BYTES] = "12345678";
static struct error err;
static char path[128];

static void
begin(void)
{
	scratch_begin();
	snprintf(path, sizeof(path), "%s/members", scratch_dir);
}

/* As good as random, and another for each number. */
static const uint8_t *
hash_of(uint64_t number)
{
	static _Thread_local uint64_t words[2];

	words[0] = (number + 1) * UINT64_C(0x9E3779B97F4A7C15);
	words[1] = (words[0] ^ words[0] >> 29) * UINT64_C(0xBF58476D1CE4E5B9);
	words[0] ^= words[1] >> 32;
	return (const uint8_t *)words;
}

static enum members_answer
look(const struct members *m, uint64_t number)
{
	return members_look(m, hash_of(number));
}

static void
add(struct members *m, uint64_t first, uint64_t end)
{
	for (uint64_t i = first; i < end; i++)
		ck_assert_msg(members_add(m, hash_of(i), &err), "%s", err.text);
}

/* A file with room for n and those below `there` in it, open to be written. */
static struct members *
file_of(size_t n, uint64_t there)
{
	struct members *m = members_new(n, id);

	add(m, 0, there);
	ck_assert_msg(members_write(m, path, &err), "%s", err.text);
	members_close(m);
	m = members_open(path, id, true, &err);
	ck_assert_msg(m != NULL, "%s", err.text);
	return m;
}

static void
check_all(const struct members *m, uint64_t n)
{
	size_t count;

	for (uint64_t i = 0; i < 2 * n; i++)
		ck_assert_int_eq(look(m, i), i < n ? MEMBERS_YES : MEMBERS_NO);
	ck_assert(members_count(m, &count));
	ck_assert_uint_eq(count, n);
}

START_TEST(tells_who_is_there)
{
	struct members *m = members_new(MANY, id);

	check_all(m, 0);
	add(m, 0, MANY);
	add(m, 0, MANY); /* twice is once */
	check_all(m, MANY);
	ck_assert_uint_ge(members_room(m), MANY);
	members_close(m);
}
END_TEST

/* What is added is seen by who had it open before, and by who opens it. */
START_TEST(is_one_for_all)
{
	struct members *m = file_of(MANY, MANY / 2), *other, *later;

	other = members_open(path, id, false, &err);
	ck_assert(other != NULL);
	check_all(other, MANY / 2);
	add(m, MANY / 2, MANY);
	ck_assert(members_sync(m, &err));
	ck_assert(members_sync(m, &err));
	later = members_open(path, id, false, &err);
	ck_assert(later != NULL);
	check_all(m, MANY);
	check_all(other, MANY);
	check_all(later, MANY);
	members_close(later);
	members_close(other);
	members_close(m);
}
END_TEST

/* More than it was made for: slower, and never wrong. */
START_TEST(takes_what_comes_until_it_is_full)
{
	struct members *m = file_of(1, 0);
	uint64_t n = 0;

	while (members_add(m, hash_of(n), &err)) {
		n++;
		ck_assert_uint_lt(n, 1000);
	}
	ck_assert_uint_gt(n, members_room(m));
	for (uint64_t i = 0; i < n; i++)
		ck_assert_int_eq(look(m, i), MEMBERS_YES);
	/* All around, and nowhere an end. */
	ck_assert_int_eq(look(m, n), MEMBERS_DAMAGED);
	members_close(m);
}
END_TEST

static void
write_file(const struct buf *b, size_t len)
{
	struct error ignored;

	(void)unlink(path);
	ck_assert(
	    file_create(path, (struct span){ b->p, len }, 0600, &ignored));
}

/* Whatever byte changes: who is there is never "not there". */
START_TEST(a_changed_byte_hides_nobody)
{
	struct members *m = file_of(100, 100);
	size_t count;
	struct buf b;

	members_close(m);
	buf_init(&b, 1 << 20);
	ck_assert(file_read_path(path, &b, &err));
	for (size_t at = 0; at < b.len; at += 13) {
		int lost = 0;

		b.p[at] = (char)(b.p[at] ^ (1 << at % 8));
		write_file(&b, b.len);
		b.p[at] = (char)(b.p[at] ^ (1 << at % 8));
		m = members_open(path, id, false, &err);
		if (m == NULL) {
			ck_assert_int_eq(err.code, ERROR_CORRUPT);
			ck_assert_uint_lt(at, 64);
			continue;
		}
		for (uint64_t i = 0; i < 100; i++)
			lost += look(m, i) == MEMBERS_NO;
		ck_assert_int_eq(lost, 0);
		ck_assert(at < 64 || !members_count(m, &count));
		members_close(m);
	}
	buf_done(&b);
}
END_TEST

/* A page that the disk has lost, or put in the place of another. */
START_TEST(a_lost_page_is_damage)
{
	struct members *m = file_of(MANY, 0);
	struct buf b;

	members_close(m);
	buf_init(&b, 8 << 20);
	ck_assert(file_read_path(path, &b, &err));
	for (int way = 0; way < 2; way++) {
		int damaged = 0;

		if (way == 0)
			memset(b.p + 4096, 0, 4096);
		else
			memcpy(b.p + 4096, b.p + 8192, 4096);
		write_file(&b, b.len);
		m = members_open(path, id, false, &err);
		ck_assert(m != NULL);
		for (uint64_t i = 0; damaged < 3 && i < MANY; i++)
			damaged += look(m, i) == MEMBERS_DAMAGED;
		ck_assert_int_eq(damaged, 3);
		members_close(m);
	}
	buf_done(&b);
}
END_TEST

START_TEST(opens_only_its_own)
{
	struct members *m = file_of(100, 100);
	struct buf b;

	members_close(m);
	ck_assert(members_open(path, (const uint8_t *)"12345679", false,
		      &err) == NULL);
	ck_assert_int_eq(err.code, ERROR_CORRUPT);
	buf_init(&b, 1 << 20);
	ck_assert(file_read_path(path, &b, &err));
	for (size_t len = 0; len < b.len; len += 32) {
		write_file(&b, len);
		ck_assert(members_open(path, id, false, &err) == NULL);
		ck_assert_int_eq(err.code, ERROR_CORRUPT);
	}
	buf_done(&b);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert(members_open(path, id, true, &err) == NULL);
	ck_assert_int_eq(err.code, ERROR_CORRUPT);
}
END_TEST

/* The numbers below are added and told of while others look. */
static atomic_uint_fast64_t added;
static atomic_bool hidden;

static void *
look_on(void *arg)
{
	const struct members *m = arg;
	uint64_t n;

	do {
		n = atomic_load(&added);
		for (uint64_t i = n > 200 ? n - 200 : 0; i < n; i++)
			if (look(m, i) != MEMBERS_YES)
				atomic_store(&hidden, true);
		for (uint64_t i = 0; i < 200; i++)
			if (look(m, MANY + n + i) != MEMBERS_NO)
				atomic_store(&hidden, true);
	} while (n < MANY);
	return arg;
}

START_TEST(is_right_while_it_is_written)
{
	struct members *m = file_of(MANY, 0);
	struct members *other = members_open(path, id, false, &err);
	pthread_t threads[2];

	ck_assert_int_eq(pthread_create(&threads[0], NULL, look_on, m), 0);
	ck_assert_int_eq(pthread_create(&threads[1], NULL, look_on, other), 0);
	for (uint64_t i = 0; i < MANY; i++) {
		add(m, i, i + 1);
		atomic_store(&added, i + 1);
	}
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	ck_assert(!hidden);
	members_close(other);
	members_close(m);
}
END_TEST

static Suite *
members_suite(void)
{
	Suite *s = suite_create("members");
	TCase *c = tcase_create("members");

	tcase_add_checked_fixture(c, begin, scratch_end);
	tcase_set_timeout(c, 60);
	tcase_add_test(c, tells_who_is_there);
	tcase_add_test(c, is_one_for_all);
	tcase_add_test(c, takes_what_comes_until_it_is_full);
	tcase_add_test(c, a_changed_byte_hides_nobody);
	tcase_add_test(c, a_lost_page_is_damage);
	tcase_add_test(c, opens_only_its_own);
	tcase_add_test(c, is_right_while_it_is_written);
	suite_add_tcase(s, c);
	return s;
}

UNIT_MAIN(members_suite)
