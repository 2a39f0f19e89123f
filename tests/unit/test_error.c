#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"

#define A50 "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee"
#define A250 A50 A50 A50 A50 A50

START_TEST(says_why)
{
	struct error err = { 0 };

	error_set(&err, ERROR_LIMIT, "%d is more than %s", 7, "six");
	ck_assert_int_eq(err.code, ERROR_LIMIT);
	ck_assert_str_eq(err.text, "7 is more than six");
	error_prefix(&err, "line %d", 3);
	ck_assert_int_eq(err.code, ERROR_LIMIT);
	ck_assert_str_eq(err.text, "line 3: 7 is more than six");
}
END_TEST

START_TEST(has_the_words_of_errno)
{
	struct error err = { 0 };

	errno = ENOENT;
	error_errno(&err, "cannot read %s", "x");
	ck_assert_int_eq(err.code, ERROR_IO);
	ck_assert_str_eq(err.text, "cannot read x: No such file or directory");
}
END_TEST

/* An argument may be the error's own text. */
START_TEST(wraps_itself)
{
	struct error err = { 0 };

	error_set(&err, ERROR_IO, "inner");
	error_prefix(&err, "%s again", err.text);
	ck_assert_str_eq(err.text, "inner again: inner");
}
END_TEST

/* 255 bytes, less when that would divide a character. */
static const struct {
	const char *in;
	size_t want; /* bytes of the text that are kept */
} cuts[] = {
	{ A250, 250 },
	{ A250 "12345", 255 },
	{ A250 "123456", 255 },
	{ A250 A250, 255 },
	{ A250 "123\xC3\xBC", 255 },
	{ A250 "1234\xC3\xBC", 254 },
	{ A250 "12\xE2\x82\xAC", 255 },
	{ A250 "123\xE2\x82\xAC", 253 },
	{ A250 "1234\xE2\x82\xAC", 254 },
	{ A250 "1\xF0\x9F\x98\x80", 255 },
	{ A250 "2x\xF0\x9F\x98\x80", 252 },
	{ A250 "3xxx\xF0\x9F\x98\x80", 254 },
};

START_TEST(cuts_at_a_character)
{
	struct error err = { 0 };

	error_set(&err, ERROR_IO, "%s", cuts[_i].in);
	ck_assert_uint_eq(strlen(err.text), cuts[_i].want);
	ck_assert_mem_eq(err.text, cuts[_i].in, cuts[_i].want);
}
END_TEST

START_TEST(cuts_what_is_put_before)
{
	struct error err = { 0 };
	/* Less the "x: " that comes in front. */
	size_t room = sizeof(err.text) - 1 - 3;

	error_set(&err, ERROR_IO, "%s", cuts[_i].in);
	error_prefix(&err, "x");
	ck_assert_mem_eq(err.text, "x: ", 3);
	ck_assert_uint_le(strlen(err.text + 3), room);
	ck_assert_uint_gt(strlen(err.text + 3), room - 4);
	ck_assert_mem_eq(err.text + 3, cuts[_i].in, strlen(err.text + 3));
	/* The first byte left out begins a character. */
	ck_assert_int_ne(
	    (unsigned char)cuts[_i].in[strlen(err.text + 3)] & 0xC0, 0x80);
	error_prefix(&err, "%s", cuts[_i].in);
	ck_assert_uint_lt(strlen(err.text), sizeof(err.text));
	errno = EIO;
	error_errno(&err, "%s", cuts[_i].in);
	ck_assert_uint_lt(strlen(err.text), sizeof(err.text));
}
END_TEST

static Suite *
error_suite(void)
{
	Suite *s = suite_create("error");
	TCase *t = tcase_create("error");

	tcase_add_test(t, says_why);
	tcase_add_test(t, has_the_words_of_errno);
	tcase_add_test(t, wraps_itself);
	tcase_add_loop_test(t, cuts_at_a_character, 0, ARRAY_LEN(cuts));
	tcase_add_loop_test(t, cuts_what_is_put_before, 0, ARRAY_LEN(cuts));
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(error_suite)
