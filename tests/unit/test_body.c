#include "web/body.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "tests/unit/unit.h"

#define PIECE 30000

/* Adds so many bytes, piece by piece, each its place modulo 251. */
static bool
fill(struct body *b, size_t len, struct error *err)
{
	char piece[PIECE];

	for (size_t at = 0; at < len; at += sizeof(piece)) {
		size_t n = len - at < sizeof(piece) ? len - at : sizeof(piece);

		for (size_t i = 0; i < n; i++)
			piece[i] = (char)((at + i) % 251);
		if (!body_add(b, piece, n, err))
			return false;
	}
	return true;
}

static const struct {
	size_t len;
	size_t most;
	bool in_a_file;
} cases[] = {
	{ 0, 0, false },
	{ 0, 10, false },
	{ 10, 10, false },
	{ LIMIT_WEB_MEMORY_BYTES, LIMIT_WEB_MEMORY_BYTES, false },
	{ LIMIT_WEB_MEMORY_BYTES, 5 * LIMIT_WEB_MEMORY_BYTES, false },
	{ LIMIT_WEB_MEMORY_BYTES + 1, 5 * LIMIT_WEB_MEMORY_BYTES, true },
	{ 3 * LIMIT_WEB_MEMORY_BYTES + 7, 3 * LIMIT_WEB_MEMORY_BYTES + 7,
	    true },
};

START_TEST(gives_back_what_came)
{
	struct error err = { 0 };
	bool same = true;
	struct body b;
	struct span s;

	body_init(&b, cases[_i].most);
	ck_assert_msg(fill(&b, cases[_i].len, &err), "%s", err.text);
	ck_assert(!b.full);
	ck_assert_int_eq(b.fd >= 0, cases[_i].in_a_file);
	ck_assert(!cases[_i].in_a_file || b.memory.room == 0);
	for (int twice = 0; twice < 2; twice++) {
		ck_assert_msg(body_span(&b, &s, &err), "%s", err.text);
		ck_assert_uint_eq(s.len, cases[_i].len);
		for (size_t i = 0; i < s.len; i++)
			same = same && s.p[i] == (char)(i % 251);
		ck_assert(same);
	}
	body_done(&b);
	ck_assert_int_eq(b.fd, -1);
}
END_TEST

START_TEST(takes_no_more)
{
	struct error err;
	struct body b;

	body_init(&b, cases[_i].most);
	ck_assert(fill(&b, cases[_i].most, &err));
	ck_assert(!b.full);
	ck_assert(body_add(&b, "x", 1, &err));
	ck_assert(b.full);
	ck_assert_uint_eq(b.len, cases[_i].most);
	body_done(&b);
}
END_TEST

START_TEST(tells_that_there_is_no_room)
{
	struct error err = { 0 };
	struct body b;

	ck_assert_int_eq(setenv("TMPDIR", "/nonexistent", 1), 0);
	body_init(&b, 5 * LIMIT_WEB_MEMORY_BYTES);
	ck_assert(!fill(&b, 2 * LIMIT_WEB_MEMORY_BYTES, &err));
	ck_assert_int_eq(err.code, ERROR_IO);
	ck_assert(strstr(err.text, "/nonexistent") != NULL);
	body_done(&b);
}
END_TEST

static Suite *
body_suite(void)
{
	Suite *suite = suite_create("body");
	TCase *tc = tcase_create("body");

	tcase_add_loop_test(tc, gives_back_what_came, 0, ARRAY_LEN(cases));
	tcase_add_loop_test(tc, takes_no_more, 0, ARRAY_LEN(cases));
	tcase_add_test(tc, tells_that_there_is_no_room);
	suite_add_tcase(suite, tc);
	return suite;
}

UNIT_MAIN(body_suite)
