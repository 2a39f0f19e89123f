#include "db/imported.h"

#include "tests/unit/stores.h"

/* What an import adds. */
static void
import(struct store *st, const char *value, const char *batch)
{
	struct change c = change_of(CHANGE_ADD, value, SOURCE_USER, "*");

	(void)span_copy(span_of(REPORT_IMPORT), c.evidence.report,
	    sizeof(c.evidence.report));
	(void)span_copy(span_of(batch), c.evidence.ref, sizeof(c.evidence.ref));
	ck_assert(make(st, c).changed);
}

static void
lift(struct store *st, const char *value)
{
	make(st, change_of(CHANGE_REMOVE, value, SOURCE_USER, "*"));
}

static bool
look(struct imported *im, struct store *st, uint64_t most)
{
	bool whole;

	ck_assert_msg(imported_read(im, st, most, &whole, &err), "%s",
	    err.text);
	return whole;
}

static bool
write_down(const struct imported_batch *b, void *arg)
{
	struct buf *out = arg;

	ck_assert_int_gt(b->at, 0);
	buf_addf(out, "%s %s %d-%d\n", b->name, b->by, (int)b->added,
	    (int)b->lifted);
	return true;
}

static void
check_list(struct imported *im, const char *want)
{
	struct buf out;

	buf_init(&out, 1024 * 1024);
	imported_list(im, write_down, &out);
	ck_assert_str_eq(buf_text(&out), want);
	buf_done(&out);
}

START_TEST(counts)
{
	struct store *st = open_as(STORE_WRITE);
	struct imported *im = imported_new();

	ck_assert(look(im, st, 0));
	check_list(im, "");
	import(st, "a@x.test", "one");
	import(st, "b@x.test", "one");
	/* Of nobody's import, in between and of the same value. */
	make(st, change_of(CHANGE_ADD, "c@x.test", SOURCE_USER, "*"));
	make(st, change_of(CHANGE_ADD, "a@x.test", SOURCE_LEAD, "*"));
	import(st, "d@x.test", "one");
	import(st, "e@x.test", "two");
	lift(st, "c@x.test");
	ck_assert(look(im, st, 0));
	check_list(im, "two alice 1-0\none alice 3-0\n");
	lift(st, "b@x.test");
	lift(st, "d@x.test");
	lift(st, "e@x.test");
	/* It has been lifted, and is nothing to lift again. */
	lift(st, "e@x.test");
	ck_assert(look(im, st, 0));
	check_list(im, "two alice 1-1\none alice 3-2\n");
	/* And it comes again. */
	import(st, "b@x.test", "three");
	ck_assert(look(im, st, 0));
	check_list(im, "three alice 1-0\ntwo alice 1-1\none alice 3-2\n");
	imported_free(im);
	store_close(st);
}
END_TEST

/* A piece at a time, each event once. */
START_TEST(reads_on)
{
	struct store *st = open_as(STORE_WRITE);
	struct imported *im = imported_new();
	int looks = 0;

	for (int i = 0; i < 10; i++) {
		char text[40];

		snprintf(text, sizeof(text), "user%d@x.test", i);
		import(st, text, "b");
	}
	while (!look(im, st, 3))
		looks++;
	ck_assert_int_eq(looks, 3);
	check_list(im, "b alice 10-0\n");
	ck_assert(look(im, st, 3));
	check_list(im, "b alice 10-0\n");
	imported_free(im);
	store_close(st);
}
END_TEST

/* Another journal is in its place, and shorter. */
START_TEST(begins_anew)
{
	struct imported *im = imported_new();
	struct store *st = open_as(STORE_WRITE);

	import(st, "a@x.test", "old");
	import(st, "b@x.test", "old");
	ck_assert(look(im, st, 0));
	store_close(st);
	scratch_end();
	scratch_begin();
	st = open_as(STORE_WRITE);
	import(st, "c@x.test", "new");
	ck_assert(look(im, st, 0));
	check_list(im, "new alice 1-0\n");
	imported_free(im);
	store_close(st);
}
END_TEST

/* The oldest ones go, with what would be lifted of them. */
START_TEST(forgets)
{
	struct imported *im = imported_new();
	struct store *st = open_as(STORE_WRITE);
	struct buf want;

	for (int i = 0; i < IMPORTED_MOST + 2; i++) {
		char value[40], batch[16];

		snprintf(value, sizeof(value), "user%d@x.test", i);
		snprintf(batch, sizeof(batch), "b%d", i);
		import(st, value, batch);
	}
	ck_assert(look(im, st, 0));
	lift(st, "user0@x.test");
	lift(st, "user2@x.test");
	ck_assert(look(im, st, 0));
	buf_init(&want, 1024 * 1024);
	for (int i = IMPORTED_MOST + 1; i >= 2; i--)
		buf_addf(&want, "b%d alice 1-%d\n", i, i == 2);
	check_list(im, buf_text(&want));
	buf_done(&want);
	imported_free(im);
	store_close(st);
}
END_TEST

static Suite *
imported_suite(void)
{
	Suite *suite = suite_create("imported");
	TCase *tc = tcase_create("imported");

	tcase_add_checked_fixture(tc, scratch_begin, scratch_end);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, counts);
	tcase_add_test(tc, reads_on);
	tcase_add_test(tc, begins_anew);
	tcase_add_test(tc, forgets);
	suite_add_tcase(suite, tc);
	return suite;
}

UNIT_MAIN(imported_suite)
