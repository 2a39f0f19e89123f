#include "tests/unit/spoil.h"
#include "tests/unit/stores.h"

#define USERS 300

/* user0@x.test and so on, in one batch. */
static void
add_many(struct store *st)
{
	struct change *all = mem_new(USERS, sizeof(*all));
	struct change_result results[USERS];

	for (int i = 0; i < USERS; i++) {
		char text[40];

		snprintf(text, sizeof(text), "user%d@x.test", i);
		all[i] = change_of(CHANGE_ADD, text, SOURCE_USER, "*");
	}
	ck_assert(store_change(st, all, USERS, results, &err));
	free(all);
}

/* Of pairs of a value that is there and one that is not. */
START_TEST(finds_those_that_are_there)
{
	uint8_t hashes[2 * USERS][VALUE_HASH_BYTES];
	bool known[2 * USERS];
	struct store *st = open_as(STORE_WRITE);

	add_many(st);
	for (size_t i = 0; i < ARRAY_LEN(hashes); i++) {
		struct value v;
		char text[40];

		snprintf(text, sizeof(text), "user%zu@%s.test", i / 2,
		    i % 2 == 0 ? "x" : "y");
		ck_assert(value_parse(span_of(text), &v, &err));
		store_hash(st, &v, hashes[i]);
		known[i] = i % 3 == 0;
	}
	ck_assert(store_known(st, hashes[0], ARRAY_LEN(hashes), known, &err));
	for (size_t i = 0; i < ARRAY_LEN(hashes); i++)
		ck_assert_msg(known[i] == (i % 2 == 0), "%zu", i);
	ck_assert(store_known(st, hashes[0], 0, known, &err));
	store_close(st);
}
END_TEST

/* Never a silent "not there". */
START_TEST(cannot_tell_of_a_damaged_index)
{
	uint8_t hash[VALUE_HASH_BYTES];
	struct value v;
	struct store *st;
	bool known;

	st = open_as(STORE_WRITE);
	add_users(st, 0, 1);
	ck_assert(value_parse(span_of("user0@x.test"), &v, &err));
	store_hash(st, &v, hash);
	spoil_files(scratch_dir, SPOIL_MEMBERS, 0);
	ck_assert(!store_known(st, hash, 1, &known, &err));
	store_close(st);
}
END_TEST

static Suite *
known_suite(void)
{
	Suite *s = suite_create("known");
	TCase *c = tcase_create("known");

	tcase_add_checked_fixture(c, scratch_begin, scratch_end);
	tcase_set_timeout(c, 60); /* many syncs */
	tcase_add_test(c, finds_those_that_are_there);
	tcase_add_test(c, cannot_tell_of_a_damaged_index);
	suite_add_tcase(s, c);
	return s;
}

UNIT_MAIN(known_suite)
