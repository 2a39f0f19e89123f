#include "tests/unit/unit.h"

#include <string.h>

#include "base/buf.h"

START_TEST(is_empty_at_first)
{
	struct buf b;

	buf_init(&b, 10);
	ck_assert_str_eq(buf_text(&b), "");
	ck_assert_uint_eq(buf_span(&b).len, 0);
	ck_assert_ptr_nonnull(buf_span(&b).p);
	buf_add(&b, NULL, 0);
	ck_assert_str_eq(buf_text(&b), "");
	ck_assert(!b.full);
	buf_done(&b);
	buf_done(&b); /* may be done twice, and used again */
	buf_add_char(&b, 'x');
	ck_assert_str_eq(buf_text(&b), "x");
	buf_done(&b);
}
END_TEST

START_TEST(adds_each_kind)
{
	struct buf b;

	buf_init(&b, 100);
	buf_add(&b, "a\0b", 3);
	buf_add_span(&b, (struct span){ "cde", 2 });
	buf_add_text(&b, "f");
	buf_add_char(&b, 'g');
	buf_addf(&b, "%d%s", 7, "h");
	ck_assert_uint_eq(b.len, 9);
	ck_assert_mem_eq(b.p, "a\0bcdfg7h", 10); /* and a NUL behind */
	buf_reset(&b);
	ck_assert_str_eq(buf_text(&b), "");
	ck_assert_uint_eq(b.len, 0);
	buf_done(&b);
}
END_TEST

/* Pieces for a maximum of 5 bytes. */
static const struct {
	const char *pieces[4];
	const char *want;
	bool full;
} limits[] = {
	{ { "12345" }, "12345", false },
	{ { "123456" }, "", true },
	{ { "1", "23", "45" }, "12345", false },
	{ { "12345", "6" }, "12345", true },
	{ { "12345", "" }, "12345", false },
	/* no holes: past the maximum nothing more is added */
	{ { "123", "456", "7" }, "123", true },
	{ { "123456", "1" }, "", true },
};

START_TEST(keeps_its_maximum)
{
	struct buf b;

	buf_init(&b, 5);
	for (size_t i = 0; limits[_i].pieces[i] != NULL; i++)
		buf_add_text(&b, limits[_i].pieces[i]);
	ck_assert_str_eq(buf_text(&b), limits[_i].want);
	ck_assert(b.full == limits[_i].full);
	buf_reset(&b);
	ck_assert(!b.full);
	buf_add_text(&b, "abcde");
	ck_assert_str_eq(buf_text(&b), "abcde");
	buf_done(&b);
}
END_TEST

/* Longer than what buf_addf() first tries with, and at its edge. */
START_TEST(formats_any_length)
{
	static const size_t lengths[] = { 254, 255, 256, 257, 5000 };
	size_t len = lengths[_i];
	char *long_text = mem_new(len + 1, 1);
	struct buf b;

	memset(long_text, 'x', len);
	buf_init(&b, len);
	buf_addf(&b, "%s", long_text);
	ck_assert_str_eq(buf_text(&b), long_text);
	buf_done(&b);
	buf_init(&b, len - 1);
	buf_addf(&b, "%s", long_text);
	ck_assert(b.full);
	ck_assert_str_eq(buf_text(&b), "");
	buf_done(&b);
	free(long_text);
}
END_TEST

/* What grows byte by byte stays whole. */
START_TEST(grows)
{
	struct buf b;

	buf_init(&b, 100000);
	for (size_t i = 0; i < 100000; i++)
		buf_add_char(&b, (char)('a' + i % 26));
	ck_assert(!b.full);
	ck_assert_uint_eq(b.len, 100000);
	for (size_t i = 0; i < b.len; i++)
		ck_assert_int_eq(b.p[i], (char)('a' + i % 26));
	ck_assert_int_eq(b.p[b.len], '\0');
	buf_done(&b);
}
END_TEST

static Suite *
buf_suite(void)
{
	Suite *s = suite_create("buf");
	TCase *t = tcase_create("buf");

	tcase_add_test(t, is_empty_at_first);
	tcase_add_test(t, adds_each_kind);
	tcase_add_loop_test(t, keeps_its_maximum, 0, ARRAY_LEN(limits));
	tcase_add_loop_test(t, formats_any_length, 0, 5);
	tcase_add_test(t, grows);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(buf_suite)
