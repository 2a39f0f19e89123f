#include "db/load.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "tests/unit/stores.h"

/* Enough for several blocks and slices that build a shard anew. */
#define MANY 150000

struct told {
	uint64_t n;
	uint64_t changed;
	uint64_t tags; /* their sum */
};

static void
tell(uint64_t tag, const struct change_result *result, void *arg)
{
	struct told *t = arg;

	t->n++;
	t->changed += result->changed;
	t->tags += tag;
}

static void
add(struct load *l, const char *value, uint64_t tag)
{
	struct change c = change_of(CHANGE_ADD, value, SOURCE_USER, "*");

	c.if_new = true;
	ck_assert_msg(load_add(l, &c, tag, &err), "%s", err.text);
}

static struct told
load_many(struct store *st, int n, bool rehearsal)
{
	struct load *l = load_new(st, rehearsal);
	struct told t = { 0 };
	char text[40];

	for (int i = 0; i < n; i++) {
		snprintf(text, sizeof(text), "v%d@example.com", i);
		add(l, text, (uint64_t)i);
	}
	ck_assert_uint_eq(load_count(l), (uint64_t)n);
	ck_assert_msg(load_commit(l, tell, &t, &err), "%s", err.text);
	ck_assert_uint_eq(load_count(l), 0);
	load_free(l);
	return t;
}

static void
verify(struct store *st, uint64_t values)
{
	struct store_totals totals;

	ck_assert_msg(store_verify(st, complain, NULL, &totals, &err), "%s",
	    err.text);
	ck_assert_uint_eq(totals.faults, 0);
	ck_assert_uint_eq(totals.values, values);
}

START_TEST(puts_many_on_the_list)
{
	struct store *st = open_as(STORE_WRITE);
	struct told t = load_many(st, MANY, false);

	ck_assert_uint_eq(t.n, MANY);
	ck_assert_uint_eq(t.changed, MANY);
	ck_assert_uint_eq(t.tags, (uint64_t)MANY * (MANY - 1) / 2);
	ck_assert_uint_eq(live(st, "v0@example.com"), 1);
	ck_assert_uint_eq(live(st, "v149999@example.com"), 1);
	ck_assert_uint_eq(live(st, "v150000@example.com"), 0);
	verify(st, MANY);
	store_close(st);
	st = open_as(STORE_WRITE);
	ck_assert_str_eq(store_recovery_note(st), "");
	verify(st, MANY);
	store_close(st);
}
END_TEST

/* The same again changes nothing; what else is there stays. */
START_TEST(comes_twice)
{
	struct store *st = open_as(STORE_WRITE);
	struct told t;

	make(st, change_of(CHANGE_ADD, "v7@example.com", SOURCE_ABUSE, "*"));
	make(st, change_of(CHANGE_ADD, "joe@example.net", SOURCE_ABUSE, "*"));
	t = load_many(st, 2000, false);
	ck_assert_uint_eq(t.changed, 2000);
	t = load_many(st, MANY, false);
	ck_assert_uint_eq(t.n, MANY);
	ck_assert_uint_eq(t.changed, MANY - 2000);
	ck_assert_uint_eq(live(st, "v7@example.com"), 2);
	ck_assert_uint_eq(live(st, "joe@example.net"), 1);
	verify(st, MANY + 1);
	store_close(st);
}
END_TEST

/* The contact's record is read with each slice, and is of another shard. */
START_TEST(comes_for_a_contact)
{
	struct store *st = open_as(STORE_WRITE);
	struct change c = { .op = CHANGE_CREATE, .by = "alice" };
	struct load *l = load_new(st, false);
	struct told t = { 0 };

	change_contact(&c.value, "c1", "Joe");
	make(st, c);
	c = change_of(CHANGE_ADD, "joe@example.com", SOURCE_USER, "*");
	(void)span_copy(span_of("c1"), c.contact, sizeof(c.contact));
	for (int i = 0; i < MANY; i++) {
		snprintf(c.value.text, sizeof(c.value.text), "v%d@example.com",
		    i);
		memcpy(c.value.shown, c.value.text, sizeof(c.value.shown));
		ck_assert(load_add(l, &c, (uint64_t)i, &err));
	}
	ck_assert_msg(load_commit(l, tell, &t, &err), "%s", err.text);
	load_free(l);
	ck_assert_uint_eq(t.changed, MANY);
	verify(st, MANY + 1);
	store_close(st);
}
END_TEST

struct beside {
	struct store *st;
	atomic_bool over;
	int n; /* changes that were acknowledged */
};

static void *
change_beside(void *arg)
{
	struct beside *b = arg;
	struct error mine;
	char text[40];

	do {
		struct change_result result;
		struct change c;

		snprintf(text, sizeof(text), "b%d@example.net", b->n);
		c = change_of(CHANGE_ADD, text, SOURCE_USER, "*");
		if (!store_change(b->st, &c, 1, &result, &mine) ||
		    !result.changed)
			break;
		b->n++;
	} while (!atomic_load(&b->over));
	return NULL;
}

/* Who changes something meanwhile waits for a slice, not for the load. */
START_TEST(lets_others_in_between)
{
	struct beside b = { .st = open_as(STORE_WRITE) };
	pthread_t thread;
	struct told t;
	char last[40];

	ck_assert_int_eq(pthread_create(&thread, NULL, change_beside, &b), 0);
	t = load_many(b.st, MANY, false);
	atomic_store(&b.over, true);
	pthread_join(thread, NULL);
	ck_assert_uint_eq(t.changed, MANY);
	ck_assert_int_gt(b.n, 0);
	snprintf(last, sizeof(last), "b%d@example.net", b.n - 1);
	ck_assert_uint_eq(live(b.st, last), 1);
	verify(b.st, (uint64_t)MANY + (uint64_t)b.n);
	store_close(b.st);
}
END_TEST

START_TEST(a_rehearsal_writes_nothing)
{
	struct store *st = open_as(STORE_WRITE);
	struct load *l;
	struct told t = { 0 };

	make(st, change_of(CHANGE_ADD, "v7@example.com", SOURCE_USER, "*"));
	l = load_new(st, true);
	add(l, "v7@example.com", 1);
	add(l, "v8@example.com", 2);
	add(l, "V8@example.com", 3);
	ck_assert(load_commit(l, tell, &t, &err));
	load_free(l);
	ck_assert_uint_eq(t.n, 3);
	ck_assert_uint_eq(t.changed, 1);
	ck_assert_uint_eq(live(st, "v8@example.com"), 0);
	verify(st, 1);
	store_close(st);
}
END_TEST

/* The other process: through the writer's socket. */
static int
load_as_client(void)
{
	const struct store_options client = { .mode = STORE_CHANGE };
	struct change c =
	    change_of(CHANGE_REMOVE, "v5@example.com", SOURCE_USER, "");
	struct store *st = store_open(scratch_dir, &client, &err);
	struct told t;
	struct load *l;
	bool ok;

	if (st == NULL)
		return 1;
	t = load_many(st, MANY, false);
	if (t.changed != MANY || live(st, "v5@example.com") != 1)
		return 2;
	l = load_new(st, false);
	ok = load_add(l, &c, 0, &err) && load_commit(l, tell, &t, &err);
	load_free(l);
	ok = ok && live(st, "v5@example.com") == 0;
	store_close(st);
	return ok ? 0 : 3;
}

START_TEST(goes_through_the_daemon)
{
	struct other other;
	struct store *st;

	other_start(&other, load_as_client);
	st = open_as(STORE_WRITE);
	ck_assert_msg(store_serve(st, NULL, &err), "%s", err.text);
	ck_assert_int_eq(other_run(&other), 0);
	ck_assert_uint_eq(live(st, "v6@example.com"), 1);
	ck_assert_uint_eq(live(st, "v5@example.com"), 0);
	verify(st, MANY);
	store_close(st);
}
END_TEST

START_TEST(wants_a_directory_for_its_spool)
{
	struct store *st = open_as(STORE_WRITE);
	struct load *l = load_new(st, false);
	struct change c =
	    change_of(CHANGE_ADD, "joe@example.com", SOURCE_USER, "*");
	bool ok = true;

	setenv("TMPDIR", "/nonexistent", 1);
	for (int i = 0; ok && i < 10000; i++)
		ok = load_add(l, &c, 0, &err);
	ck_assert(!ok);
	ck_assert_int_eq(err.code, ERROR_IO);
	ck_assert_ptr_nonnull(strstr(err.text, "TMPDIR"));
	load_free(l);
	store_close(st);
}
END_TEST

static Suite *
load_suite(void)
{
	Suite *s = suite_create("load");
	TCase *t = tcase_create("load");

	tcase_add_checked_fixture(t, scratch_begin, scratch_end);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, puts_many_on_the_list);
	tcase_add_test(t, comes_twice);
	tcase_add_test(t, comes_for_a_contact);
	tcase_add_test(t, lets_others_in_between);
	tcase_add_test(t, a_rehearsal_writes_nothing);
	tcase_add_test(t, goes_through_the_daemon);
	tcase_add_test(t, wants_a_directory_for_its_spool);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(load_suite)
