#include "tests/unit/unit.h"

static const struct {
	const char *in;
	size_t size;
	const char *want;
	bool fits;
} copies[] = {
	{ "abc", 4, "abc", true },
	{ "abc", 3, "ab", false },
	{ "a\xC3\xBC", 4, "a\xC3\xBC", true },
	{ "a\xC3\xBC", 3, "a", false }, /* not half a character */
	{ "", 1, "", true },
};

START_TEST(copies_whole_characters)
{
	char out[8];

	ck_assert(span_copy(span_of(copies[_i].in), out, copies[_i].size) ==
		  copies[_i].fits);
	ck_assert_str_eq(out, copies[_i].want);
}
END_TEST

static const struct {
	const char *in;
	const char *want;
} wraps[] = {
	{ "<joe>", "joe" },
	{ "<>", "" },
	{ "<<joe>>", "<joe>" },
	{ "<joe", "<joe" },
	{ "joe>", "joe>" },
	{ "joe", "joe" },
	{ "<", "<" },
	{ ">", ">" },
	{ "", "" },
};

START_TEST(unwraps)
{
	ck_assert(span_is(span_unwrap(span_of(wraps[_i].in)), wraps[_i].want));
}
END_TEST

START_TEST(cuts_lines)
{
	struct span rest = span_of("one\r\ntwo\n\nlast"), line;

	ck_assert(span_line(&rest, &line) && span_is(line, "one"));
	ck_assert(span_line(&rest, &line) && span_is(line, "two"));
	ck_assert(span_line(&rest, &line) && span_is(line, ""));
	ck_assert(span_line(&rest, &line) && span_is(line, "last"));
	ck_assert(!span_line(&rest, &line));
}
END_TEST

static const struct {
	const char *in;
	bool want;
} ids[] = {
	{ "a", true },
	{ "AZaz09-_", true },
	{ "12345678", true },
	{ "123456789", false }, /* no room for the NUL */
	{ "", false },
	{ "a.b", false },
	{ "a/b", false },
	{ "a b", false },
	{ "\xc3\xa9", false },
};

START_TEST(tells_ids)
{
	ck_assert(span_is_id(span_of(ids[_i].in), 9) == ids[_i].want);
	ck_assert(!span_is_id((struct span){ "a\0b", 3 }, 9));
}
END_TEST

static const struct {
	const char *in;
	unsigned long long max;
	bool ok;
	unsigned long long want;
} numbers[] = {
	{ "0", 9, true, 0 },
	{ "65535", 65535, true, 65535 },
	{ "65536", 65535, false, 0 },
	{ "18446744073709551615", ~0ULL, true, ~0ULL },
	{ "18446744073709551616", ~0ULL, false, 0 },
	{ "", 9, false, 0 },
	{ "-1", 9, false, 0 },
	{ "1x", 99, false, 0 },
};

START_TEST(reads_numbers)
{
	unsigned long long n = 0;

	ck_assert(span_number(span_of(numbers[_i].in), numbers[_i].max, &n) ==
		  numbers[_i].ok);
	ck_assert(n == numbers[_i].want);
}
END_TEST

static Suite *
span_suite(void)
{
	Suite *s = suite_create("span");
	TCase *t = tcase_create("span");

	tcase_add_loop_test(t, copies_whole_characters, 0, ARRAY_LEN(copies));
	tcase_add_loop_test(t, unwraps, 0, ARRAY_LEN(wraps));
	tcase_add_test(t, cuts_lines);
	tcase_add_loop_test(t, tells_ids, 0, ARRAY_LEN(ids));
	tcase_add_loop_test(t, reads_numbers, 0, ARRAY_LEN(numbers));
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(span_suite)
