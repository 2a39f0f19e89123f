#include "tests/unit/unit.h"

#include <string.h>

#include "base/utf8.h"
#include "tests/unit/exact.h"

/* RFC 3629, 3 and 4: the first and last of each length, and what is none. */
static const struct {
	const char *in;
	uint32_t c;
	size_t len;
} chars[] = {
	{ "a", 'a', 1 },
	{ "\x01", 1, 1 },
	{ "\x7F", 0x7F, 1 },
	{ "\xC2\x80", 0x80, 2 },
	{ "\xDF\xBF", 0x7FF, 2 },
	{ "\xE0\xA0\x80", 0x800, 3 },
	{ "\xEF\xBF\xBF", 0xFFFF, 3 },
	{ "\xED\x9F\xBF", 0xD7FF, 3 },
	{ "\xEE\x80\x80", 0xE000, 3 },
	{ "\xF0\x90\x80\x80", 0x10000, 4 },
	{ "\xF4\x8F\xBF\xBF", 0x10FFFF, 4 },
	{ "\xC3\xBCxyz", 0xFC, 2 },
	/* continuation first, cut off, too long a form, surrogates, too large
	 */
	{ "\x80", UTF8_BAD, 1 },
	{ "\xBF", UTF8_BAD, 1 },
	{ "\xC3", UTF8_BAD, 1 },
	{ "\xC3x", UTF8_BAD, 1 },
	{ "\xE2\x82", UTF8_BAD, 1 },
	{ "\xE2\x82x", UTF8_BAD, 1 },
	{ "\xF0\x9F\x98", UTF8_BAD, 1 },
	{ "\xC0\x80", UTF8_BAD, 1 },
	{ "\xC1\xBF", UTF8_BAD, 1 },
	{ "\xE0\x9F\xBF", UTF8_BAD, 1 },
	{ "\xF0\x8F\xBF\xBF", UTF8_BAD, 1 },
	{ "\xED\xA0\x80", UTF8_BAD, 1 },
	{ "\xED\xBF\xBF", UTF8_BAD, 1 },
	{ "\xF4\x90\x80\x80", UTF8_BAD, 1 },
	{ "\xF8\x88\x80\x80\x80", UTF8_BAD, 1 },
	{ "\xFF", UTF8_BAD, 1 },
};

START_TEST(takes_a_character)
{
	uint32_t c = 0;
	struct span in = exact(chars[_i].in);
	size_t len = utf8_next(in, &c);

	exact_free(in);
	ck_assert_uint_eq(len, chars[_i].len);
	ck_assert_uint_eq(c, chars[_i].c);
}
END_TEST

START_TEST(puts_a_character)
{
	char out[4];
	size_t len;

	if (chars[_i].c == UTF8_BAD)
		return;
	len = utf8_put(chars[_i].c, out);
	ck_assert_uint_eq(len, chars[_i].len);
	ck_assert_mem_eq(out, chars[_i].in, len);
}
END_TEST

static const struct {
	const char *in;
	size_t want;
} wholes[] = {
	{ "", 0 },
	{ "abc", 3 },
	{ "ab\xC3\xBC", 4 },
	{ "ab\xC3", 2 },
	{ "\xC3", 0 },
	{ "a\xE2\x82\xAC", 4 },
	{ "a\xE2\x82", 1 },
	{ "a\xE2", 1 },
	{ "\xF0\x9F\x98\x80", 4 },
	{ "\xF0\x9F\x98", 0 },
	{ "a\xF0\x9F", 1 },
	{ "a\xF0", 1 },
	/* not cut, but broken: that is not ours to mend */
	{ "a\x80", 2 },
	{ "\x80\x80\x80\x80", 4 },
	{ "a\xFF", 2 },
	{ "\xC3z", 2 },
};

START_TEST(leaves_whole_characters)
{
	struct span in = exact(wholes[_i].in);
	size_t len = utf8_whole(in);

	exact_free(in);
	ck_assert_uint_eq(len, wholes[_i].want);
}
END_TEST

/* Wherever the first other byte stands. */
START_TEST(finds_the_end_of_ascii)
{
	char text[33];

	memset(text, 'a', sizeof(text));
	for (size_t len = 0; len < sizeof(text); len++) {
		ck_assert_uint_eq(utf8_ascii((struct span){ text, len }), len);
		for (size_t at = 0; at < len; at++) {
			text[at] = (char)(0x80 + at);
			ck_assert_uint_eq(
			    utf8_ascii((struct span){ text, len }), at);
			text[at] = '\x7F';
		}
	}
}
END_TEST

static Suite *
utf8_suite(void)
{
	Suite *s = suite_create("utf8");
	TCase *t = tcase_create("utf8");

	tcase_add_loop_test(t, takes_a_character, 0, ARRAY_LEN(chars));
	tcase_add_loop_test(t, puts_a_character, 0, ARRAY_LEN(chars));
	tcase_add_test(t, finds_the_end_of_ascii);
	tcase_add_loop_test(t, leaves_whole_characters, 0, ARRAY_LEN(wholes));
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(utf8_suite)
