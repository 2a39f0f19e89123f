#include "tests/unit/unit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "db/hashes.h"

#define LOOKS 1000000

/* More than there is room for. */
#define DOMAINS 5000

static struct hashes *hashes;

static void
begin(void)
{
	hashes = hashes_new();
}

static void
end(void)
{
	hashes_free(hashes);
}

static void
name_of(unsigned number, char out[32])
{
	snprintf(out, 32, "@.mx%u.example.net", number);
}

/* One that tells whose it is. */
static void
hash_of(unsigned number, uint8_t out[VALUE_HASH_BYTES])
{
	memset(out, 0, VALUE_HASH_BYTES);
	memcpy(out, &number, sizeof(number));
	memcpy(out + VALUE_HASH_BYTES - sizeof(number), &number,
	    sizeof(number));
}

static void
put(unsigned number)
{
	uint8_t hash[VALUE_HASH_BYTES];
	char name[32];

	name_of(number, name);
	hash_of(number, hash);
	hashes_put(hashes, span_of(name), hash);
}

/* True: it is there, and right. */
static bool
is_there(unsigned number)
{
	uint8_t right[VALUE_HASH_BYTES], got[VALUE_HASH_BYTES];
	char name[32];

	name_of(number, name);
	hash_of(number, right);
	if (!hashes_get(hashes, span_of(name), got))
		return false;
	ck_assert_mem_eq(got, right, sizeof(got));
	return true;
}

START_TEST(gives_what_was_put)
{
	ck_assert(!is_there(1));
	put(1);
	put(2);
	ck_assert(is_there(1) && is_there(2) && !is_there(3));
}
END_TEST

START_TEST(one_goes_for_another)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < DOMAINS; i++) {
		put(i);
		ck_assert(is_there(i));
	}
	for (unsigned i = 0; i < DOMAINS; i++)
		kept += is_there(i);
	ck_assert_uint_gt(kept, 100);
	ck_assert_uint_lt(kept, DOMAINS);
}
END_TEST

/* As long as an entry has room for, and longer ones that begin alike. */
START_TEST(long_names)
{
	static const char name[] = "@a-name-of-exactly-forty-bytes.example.co";
	uint8_t got[VALUE_HASH_BYTES],
	    hash[VALUE_HASH_BYTES] = "fifteen bytes.";

	hashes_put(hashes, (struct span){ name, 40 }, hash);
	ck_assert(hashes_get(hashes, (struct span){ name, 40 }, got));
	ck_assert_mem_eq(got, hash, sizeof(got));
	ck_assert(!hashes_get(hashes, (struct span){ name, 39 }, got));
	ck_assert(!hashes_get(hashes, span_of(name), got));
	hashes_put(hashes, span_of(name), hash);
	ck_assert(!hashes_get(hashes, span_of(name), got));
}
END_TEST

/* Which number's domain goes for that of 0. */
static unsigned
rival_of_0(void)
{
	unsigned n = 1;

	for (put(0); is_there(0); n++)
		put(n);
	return n - 1;
}

struct putting {
	unsigned rival;
	atomic_bool done;
};

static void *
put_both(void *arg)
{
	struct putting *p = arg;

	while (!atomic_load(&p->done)) {
		put(0);
		put(p->rival);
	}
	return NULL;
}

/* Two others change the one entry all the while. */
START_TEST(never_half_of_one)
{
	struct putting p = { .rival = rival_of_0() };
	pthread_t others[2];
	unsigned found = 0;

	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		ck_assert_int_eq(pthread_create(&others[i], NULL, put_both, &p),
		    0);
	for (unsigned i = 0; i < LOOKS || found == 0; i++)
		found += is_there(i % 2 == 0 ? 0 : p.rival);
	atomic_store(&p.done, true);
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		pthread_join(others[i], NULL);
}
END_TEST

static Suite *
hashes_suite(void)
{
	Suite *s = suite_create("hashes");
	TCase *c = tcase_create("hashes");

	tcase_add_checked_fixture(c, begin, end);
	tcase_set_timeout(c, 60);
	tcase_add_test(c, gives_what_was_put);
	tcase_add_test(c, one_goes_for_another);
	tcase_add_test(c, long_names);
	tcase_add_test(c, never_half_of_one);
	suite_add_tcase(s, c);
	return s;
}

UNIT_MAIN(hashes_suite)
