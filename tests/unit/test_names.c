#include "tests/unit/unit.h"

#include "base/names.h"
#include "tests/unit/exact.h"

static const struct name colours[] = {
	{ 3, "red" },
	{ 0, "green" },
	{ -1, "blue" },
	{ 0, NULL },
};

static const struct name none[] = { { 0, NULL } };

START_TEST(gives_words)
{
	ck_assert_str_eq(names_text(colours, 3), "red");
	ck_assert_str_eq(names_text(colours, 0), "green");
	ck_assert_str_eq(names_text(colours, -1), "blue");
	ck_assert_str_eq(names_text(colours, 4), "?");
	ck_assert_str_eq(names_text(none, 0), "?");
	ck_assert(names_is(colours, 0, "green"));
	ck_assert(!names_is(colours, 0, "red"));
	ck_assert(!names_is(colours, 4, "red"));
}
END_TEST

static const struct {
	const char *word;
	int want; /* 99: not there */
} words[] = {
	{ "red", 3 },
	{ "green", 0 },
	{ "blue", -1 },
	{ "Red", 99 },
	{ "re", 99 },
	{ "redd", 99 },
	{ " red", 99 },
	{ "", 99 },
};

START_TEST(gives_numbers)
{
	int number = 99;
	struct span in = exact(words[_i].word);
	bool ok = names_number(colours, in, &number);

	exact_free(in);
	ck_assert(ok == (words[_i].want != 99));
	ck_assert_int_eq(number, words[_i].want);
}
END_TEST

START_TEST(says_what_there_is)
{
	struct error err = { 0 };
	int number = 99;

	ck_assert(names_read(colours, "blue", &number, &err));
	ck_assert_int_eq(number, -1);
	ck_assert(!names_read(colours, "pink", &number, &err));
	ck_assert_int_eq(number, -1);
	ck_assert_int_eq(err.code, ERROR_INVALID);
	ck_assert_str_eq(err.text, "'pink' is none of red, green or blue");
}
END_TEST

static const struct {
	struct name table[4];
	const char *want;
} lists[] = {
	{ { { 0, NULL } }, "" },
	{ { { 1, "a" }, { 0, NULL } }, "a" },
	{ { { 1, "a" }, { 2, "b" }, { 0, NULL } }, "a or b" },
	{ { { 1, "a" }, { 2, "b" }, { 3, "c" }, { 0, NULL } }, "a, b or c" },
};

START_TEST(lists_words)
{
	struct buf out;

	buf_init(&out, 100);
	names_list(lists[_i].table, &out);
	ck_assert_str_eq(buf_text(&out), lists[_i].want);
	buf_done(&out);
}
END_TEST

static Suite *
names_suite(void)
{
	Suite *s = suite_create("names");
	TCase *t = tcase_create("names");

	tcase_add_test(t, gives_words);
	tcase_add_loop_test(t, gives_numbers, 0, ARRAY_LEN(words));
	tcase_add_test(t, says_what_there_is);
	tcase_add_loop_test(t, lists_words, 0, ARRAY_LEN(lists));
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(names_suite)
