#include "db/pack.h"

#include <string.h>

#include "tests/unit/stores.h"

static struct change
full(void)
{
	struct change c =
	    change_of(CHANGE_ADD, "Joe@example.com", SOURCE_LEAD, "news");

	c.since = 12;
	c.expires = 99;
	c.began = 7;
	c.count = 3;
	c.if_new = true;
	(void)span_copy(span_of("import"), c.evidence.report,
	    sizeof(c.evidence.report));
	return c;
}

START_TEST(comes_back)
{
	struct change c = full(), d = c, got;
	struct span rest;
	struct buf bytes;
	uint64_t tag;

	d.op = CHANGE_REMOVE;
	d.force = true;
	d.if_new = false;
	d.source = 0;
	memcpy(d.value.shown, d.value.text, sizeof(d.value.shown));
	buf_init(&bytes, 2 * PACK_BYTES_MAX);
	pack_change(&c, 5, &bytes);
	pack_change(&d, UINT64_MAX, &bytes);
	rest = buf_span(&bytes);
	ck_assert(pack_next(&rest, &got, &tag, &err));
	ck_assert_uint_eq(tag, 5);
	ck_assert_int_eq(got.op, CHANGE_ADD);
	ck_assert_int_eq(got.source, SOURCE_LEAD);
	ck_assert_int_eq(got.since, 12);
	ck_assert_int_eq(got.expires, 99);
	ck_assert_int_eq(got.began, 7);
	ck_assert_uint_eq(got.count, 3);
	ck_assert(got.if_new && !got.force);
	ck_assert_str_eq(got.value.text, "joe@example.com");
	ck_assert_str_eq(got.value.shown, "Joe@example.com");
	ck_assert_str_eq(got.stream, "news");
	ck_assert_str_eq(got.by, "alice");
	ck_assert_str_eq(got.why, "test");
	ck_assert_str_eq(got.evidence.report, "import");
	ck_assert(pack_next(&rest, &got, &tag, &err));
	ck_assert_uint_eq(tag, UINT64_MAX);
	ck_assert_int_eq(got.op, CHANGE_REMOVE);
	ck_assert(got.force && !got.if_new);
	ck_assert_str_eq(got.value.shown, "joe@example.com");
	ck_assert_uint_eq(rest.len, 0);
	buf_done(&bytes);
}
END_TEST

/* Whatever byte is missing, and where numbers are out of range. */
START_TEST(refuses_what_is_none)
{
	static const struct {
		size_t at;
		char byte;
	} bad[] = { { 0, 1 }, { 3, 1 }, { 4, 9 }, { 5, 0 }, { 6, 77 },
		{ 44, 0 }, { 45, 7 } };
	struct change c = full(), got;
	struct buf bytes;
	uint64_t tag;

	buf_init(&bytes, PACK_BYTES_MAX);
	pack_change(&c, 5, &bytes);
	for (size_t n = 0; n < bytes.len; n++) {
		struct span rest = { bytes.p, n };

		ck_assert(!pack_next(&rest, &got, &tag, &err));
		ck_assert_int_eq(err.code, ERROR_INVALID);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct span rest = buf_span(&bytes);
		char was = bytes.p[bad[i].at];

		bytes.p[bad[i].at] = bad[i].byte;
		ck_assert_msg(!pack_next(&rest, &got, &tag, &err), "byte %zu",
		    bad[i].at);
		bytes.p[bad[i].at] = was;
	}
	buf_done(&bytes);
}
END_TEST

START_TEST(the_longest_has_room)
{
	struct change c = full(), got;
	struct span rest;
	struct buf bytes;
	uint64_t tag;

	for (size_t i = 0; i < CHANGE_TEXTS; i++) {
		char *text = (char *)&c + change_texts[i].offset;

		memset(text, 'x', change_texts[i].size - 1);
		text[change_texts[i].size - 1] = '\0';
	}
	c.value.shown[0] = 'y';
	buf_init(&bytes, PACK_BYTES_MAX);
	pack_change(&c, 1, &bytes);
	ck_assert(!bytes.full);
	rest = buf_span(&bytes);
	ck_assert(pack_next(&rest, &got, &tag, &err));
	ck_assert_str_eq(got.why, c.why);
	buf_done(&bytes);
}
END_TEST

static Suite *
pack_suite(void)
{
	Suite *s = suite_create("pack");
	TCase *t = tcase_create("pack");

	tcase_add_test(t, comes_back);
	tcase_add_test(t, refuses_what_is_none);
	tcase_add_test(t, the_longest_has_room);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(pack_suite)
