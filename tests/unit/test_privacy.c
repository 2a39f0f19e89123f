#include "db/privacy.h"

#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "db/load.h"
#include "db/query.h"
#include "db/store_impl.h"
#include "tests/unit/files.h"
#include "tests/unit/stores.h"

static struct store *
open_hashed(enum store_mode mode)
{
	const struct store_options options = { .mode = mode,
		.create = true,
		.hashed = true };
	struct store *st = store_open(scratch_dir, &options, &err);

	ck_assert_msg(st != NULL, "%s", err.text);
	return st;
}

static enum privacy
privacy_of(struct store *st)
{
	enum privacy privacy;

	ck_assert_msg(store_privacy(st, &privacy, &err), "%s", err.text);
	return privacy;
}

/* All values of these tests are below x.test. */
static bool
is_text_left(void)
{
	return is_in_files("x.test");
}

static void
fill(struct store *st)
{
	struct change c;

	journal_set_segment_bytes(st->journal, 4000);
	add_users(st, 0, 50);
	make(st, change_of(CHANGE_ADD, "@.sub.x.test", SOURCE_USER, "*"));
	c = change_of(CHANGE_ADD, "Joe@x.test", SOURCE_BOUNCED, "*");
	snprintf(c.why, sizeof(c.why), "<joe@x.test>, and jim@x.test: gone");
	make(st, c);
	c = (struct change){ .op = CHANGE_CREATE, .by = "alice" };
	change_contact(&c.value, "c1", "Joe (joe@x.test)");
	make(st, c);
	c = change_of(CHANGE_LINK, "joe@x.test", 0, "");
	(void)span_copy(span_of("c1"), c.contact, sizeof(c.contact));
	make(st, c);
}

static void
works(struct store *st)
{
	struct change block = { .op = CHANGE_BLOCK,
		.source = SOURCE_USER,
		.stream = "*" };
	struct change_result r;

	check_users(st, 50);
	ck_assert_uint_eq(live(st, "@.sub.x.test"), 1);
	ck_assert(live(st, "joe@x.test") >= 1);
	ck_assert_uint_eq(live(st, "jim@x.test"), 0);
	change_contact(&block.value, "c1", NULL);
	make(st, block);
	ck_assert_uint_eq(live(st, "joe@x.test"), 2);
	r = make(st, change_of(CHANGE_REMOVE, "user7@x.test", 0, ""));
	ck_assert(r.changed && r.lifted == 1);
	ck_assert_uint_eq(live(st, "user7@x.test"), 0);
	make(st, change_of(CHANGE_ADD, "user7@x.test", SOURCE_USER, "*"));
	ck_assert_uint_eq(faults(st), 0);
}

START_TEST(a_new_store_has_no_text)
{
	struct store *st = open_hashed(STORE_WRITE);

	ck_assert_int_eq(privacy_of(st), PRIVACY_HASHED);
	fill(st);
	works(st);
	ck_assert_str_eq(store_recovery_note(st), "");
	store_close(st);
	ck_assert(!is_text_left());
	/* It is such a one for good, whatever the setting says. */
	st = open_as(STORE_WRITE);
	works(st);
	store_close(st);
	ck_assert(!is_text_left());
}
END_TEST

START_TEST(an_old_one_is_converted)
{
	struct store *st = open_as(STORE_WRITE);
	struct erasure done;

	ck_assert_int_eq(privacy_of(st), PRIVACY_PLAIN);
	fill(st);
	ck_assert_msg(store_hash_all(st, NULL, NULL, &done, &err), "%s",
	    err.text);
	ck_assert_uint_eq(done.events, 55);
	ck_assert_int_eq(privacy_of(st), PRIVACY_HASHED);
	works(st);
	/* Once more: nothing is left to do. */
	ck_assert(store_hash_all(st, NULL, NULL, &done, &err));
	ck_assert_uint_eq(done.events, 0);
	store_close(st);
	ck_assert(!is_text_left());
	st = open_as(STORE_WRITE);
	/* No shard had to be made anew. */
	ck_assert_str_eq(store_recovery_note(st), "");
	works(st);
	store_close(st);
	ck_assert(!is_text_left());
}
END_TEST

START_TEST(what_is_new_has_none_before_that)
{
	struct store *st = open_as(STORE_WRITE);

	add_users(st, 0, 1);
	store_close(st);
	st = open_hashed(STORE_WRITE);
	ck_assert_ptr_nonnull(
	    strstr(store_recovery_note(st), "suppressctl privacy hashed"));
	ck_assert_int_eq(privacy_of(st), PRIVACY_PLAIN);
	make(st, change_of(CHANGE_ADD, "user0@x.test", SOURCE_ABUSE, "*"));
	ck_assert_uint_eq(live(st, "user0@x.test"), 2);
	store_close(st);
	ck_assert(is_text_left());
}
END_TEST

START_TEST(an_interrupted_one_goes_on)
{
	struct store *st = open_as(STORE_WRITE);
	struct erasure done;

	fill(st);
	ck_assert(file_replace(scratch_dir, "privacy", span_of("converting\n"),
	    0640, &err));
	store_close(st);
	st = open_as(STORE_WRITE);
	ck_assert_ptr_nonnull(
	    strstr(store_recovery_note(st), "suppressctl privacy hashed"));
	works(st);
	ck_assert(store_hash_all(st, NULL, NULL, &done, &err));
	works(st);
	store_close(st);
	ck_assert(!is_text_left());
}
END_TEST

START_TEST(what_is_damaged_is_refused)
{
	store_close(open_as(STORE_WRITE));
	ck_assert(file_replace(scratch_dir, "privacy", span_of("none\n"), 0640,
	    &err));
	open_fails(STORE_WRITE, ERROR_CORRUPT);
	ck_assert_ptr_nonnull(strstr(err.text, "converting nor hashed"));
}
END_TEST

static void
ignore(uint64_t tag, const struct change_result *result, void *arg)
{
	(void)tag;
	(void)result;
	(void)arg;
}

START_TEST(an_import_has_no_text)
{
	struct store *st = open_hashed(STORE_WRITE);
	struct load *l = load_new(st, false);

	for (int i = 0; i < 50; i++) {
		struct change c;
		char text[40];

		snprintf(text, sizeof(text), "user%d@x.test", i);
		c = change_of(CHANGE_ADD, text, SOURCE_USER, "*");
		ck_assert(load_add(l, &c, 0, &err));
	}
	ck_assert_msg(load_commit(l, ignore, NULL, &err), "%s", err.text);
	load_free(l);
	check_users(st, 50);
	store_close(st);
	ck_assert(!is_text_left());
}
END_TEST

static bool
none(const struct reason_row *row, void *arg)
{
	(void)row;
	(void)arg;
	return true;
}

START_TEST(text_cannot_be_searched_for)
{
	struct store *st = open_hashed(STORE_WRITE);
	struct filter f = { .search = "joe" };

	add_users(st, 0, 1);
	ck_assert(!query_list(st, &f, STORES_NOW, none, NULL, &err));
	ck_assert_int_eq(err.code, ERROR_INVALID);
	ck_assert_ptr_nonnull(strstr(err.text, "'joe'"));
	ck_assert(!query_history(st, NULL, &f, NULL, NULL, &err));
	f.search[0] = '\0';
	f.kind = KIND_EMAIL;
	ck_assert(query_list(st, &f, STORES_NOW, none, NULL, &err));
	store_close(st);
}
END_TEST

START_TEST(refusals_have_no_text)
{
	const struct refusals_limits ample = { 36500, 100000000 };
	struct refusals *log = refusals_open(scratch_dir, &ample, &err);
	struct store *st = open_as(STORE_WRITE);
	char text[LIMIT_VALUE_TEXT] = "joe@x.test";
	struct refusal r = { .at = clock_now(),
		.action = "reject",
		.recipient = "a@x.test",
		.value = "@x.test",
		.source = SOURCE_USER,
		.since = 1000,
		.stream = "*",
		.sender = "shop@example.com" };
	struct erasure done;

	ck_assert(!store_hide(st, text));
	ck_assert_str_eq(text, "joe@x.test");
	refusals_add(log, &r);
	refusals_close(log);
	ck_assert(store_hash_all(st, NULL, NULL, &done, &err));
	ck_assert_uint_eq(done.refusals, 1);
	ck_assert(store_hide(st, text));
	ck_assert_int_eq(strncmp(text, "email#", 6), 0);
	store_close(st);
	ck_assert(!is_text_left());
}
END_TEST

static int
ask(void)
{
	struct store *st = open_as(STORE_CHANGE);
	struct erasure done;
	bool ok;

	ok = st->client != NULL &&
	     store_hash_all(st, NULL, NULL, &done, &err) && done.events == 55;
	store_close(st);
	return ok ? 0 : 1;
}

START_TEST(goes_through_the_daemon)
{
	struct other o;
	struct store *st;

	other_start(&o, ask);
	st = open_as(STORE_WRITE);
	fill(st);
	ck_assert_msg(store_serve(st, NULL, &err), "%s", err.text);
	ck_assert_int_eq(other_run(&o), 0);
	works(st);
	store_close(st);
	ck_assert(!is_text_left());
}
END_TEST

static Suite *
privacy_suite(void)
{
	Suite *s = suite_create("privacy");
	TCase *t = tcase_create("privacy");

	tcase_add_checked_fixture(t, scratch_begin, scratch_end);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, a_new_store_has_no_text);
	tcase_add_test(t, an_old_one_is_converted);
	tcase_add_test(t, what_is_new_has_none_before_that);
	tcase_add_test(t, an_interrupted_one_goes_on);
	tcase_add_test(t, what_is_damaged_is_refused);
	tcase_add_test(t, an_import_has_no_text);
	tcase_add_test(t, text_cannot_be_searched_for);
	tcase_add_test(t, refusals_have_no_text);
	tcase_add_test(t, goes_through_the_daemon);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(privacy_suite)
