#include "tests/unit/unit.h"

#include <string.h>

#include "db/overlay.h"

/* Hashes that all want the same place: what differs is not looked at. */
static void
hash_of(uint32_t n, bool crowded, uint8_t out[VALUE_HASH_BYTES])
{
	memset(out, 0, VALUE_HASH_BYTES);
	memcpy(out + (crowded ? 12 : 4), &n, sizeof(n));
}

START_TEST(keeps_each)
{
	enum { N = 2000 };
	struct overlay o = { 0 };
	uint8_t hash[VALUE_HASH_BYTES];
	bool fresh;

	for (uint32_t i = 0; i < N; i++) {
		hash_of(i, _i == 1, hash);
		ck_assert_ptr_null(overlay_find(&o, hash));
		overlay_need(&o, hash, &fresh)->head.segment = i + 1;
		ck_assert(fresh);
	}
	ck_assert_uint_eq(o.n, N);
	for (uint32_t i = 0; i < N; i++) {
		hash_of(i, _i == 1, hash);
		ck_assert_uint_eq(overlay_find(&o, hash)->head.segment, i + 1);
		ck_assert_uint_eq(overlay_need(&o, hash, &fresh)->head.segment,
		    i + 1);
		ck_assert(!fresh);
	}
	hash_of(N, _i == 1, hash);
	ck_assert_ptr_null(overlay_find(&o, hash));
	ck_assert_uint_eq(o.n, N);
	overlay_done(&o);
	ck_assert_ptr_null(overlay_find(&o, hash));
}
END_TEST

/* It owns the records: a leak shows with the sanitizers. */
START_TEST(frees_its_records)
{
	struct overlay o = { 0 };
	uint8_t hash[VALUE_HASH_BYTES];
	bool fresh;

	for (uint32_t i = 0; i < 100; i++) {
		struct record *rec;

		hash_of(i, false, hash);
		rec = overlay_need(&o, hash, &fresh);
		ck_assert(rec->reasons_n == 0 && rec->covers_n == 0);
		rec->reasons = mem_new(1, sizeof(*rec->reasons));
		rec->reasons_n = 1;
	}
	overlay_done(&o);
	ck_assert_uint_eq(o.n, 0);
}
END_TEST

static Suite *
overlay_suite(void)
{
	Suite *s = suite_create("overlay");
	TCase *t = tcase_create("overlay");

	tcase_add_loop_test(t, keeps_each, 0, 2);
	tcase_add_test(t, frees_its_records);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(overlay_suite)
