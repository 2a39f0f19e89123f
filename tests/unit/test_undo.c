#include "policy/undo.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/unit/stores.h"

static struct store *st;

static void
set_up(void)
{
	scratch_begin();
	st = open_as(STORE_WRITE);
}

static void
tear_down(void)
{
	store_close(st);
	scratch_end();
}

static void
put(const char *value, enum source source, const char *stream, const char *by)
{
	struct change c = change_of(CHANGE_ADD, value, source, stream);

	(void)span_copy(span_of(by), c.by, sizeof(c.by));
	ck_assert(make(st, c).changed);
}

static void
put_wave(const char *domain, int n)
{
	char text[64];

	for (int i = 0; i < n; i++) {
		snprintf(text, sizeof(text), "user%d@%s", i, domain);
		put(text, SOURCE_BOUNCED, "*", "suppressd");
	}
}

/* A second that no event before has; the writer's times never fall. */
static int64_t
next_second(void)
{
	int64_t at;

	ck_assert(store_last_time(st, &at, &err));
	while (clock_now() <= at)
		usleep(20000);
	return clock_now();
}

struct account {
	size_t n[UNDO_GONE + 1];
};

static void
take(const struct change *c, enum undone what, void *arg)
{
	struct account *a = arg;

	ck_assert_int_ne(c->source, 0);
	ck_assert_str_ne(c->stream, "");
	ck_assert_int_gt(c->began, 0);
	a->n[what]++;
}

static struct account
run(struct undo u)
{
	struct account a = { 0 };

	u.by = "alice";
	u.why = "it was the receiver's fault";
	ck_assert_msg(undo(st, &u, clock_now(), take, &a, &err), "%s",
	    err.text);
	return a;
}

static struct filter
matching(const char *search)
{
	struct filter f = { 0 };

	(void)span_copy(span_of(search), f.search, sizeof(f.search));
	return f;
}

/*
 * December 2020: for some hours a large receiver says of everybody that they
 * don't exist. What it said then is taken back, and nothing else.
 */
START_TEST(a_wave_is_taken_back_and_nothing_else)
{
	struct undo u = { .filter = matching("@example.net") };
	struct account a;

	put("user1@example.net", SOURCE_USER, "*", "bob");
	put("user2@example.net", SOURCE_BOUNCED, "*", "suppressd");
	u.filter.since = next_second();
	put_wave("example.net", 20); /* user2: again */
	put_wave("example.org", 3);
	put("user3@example.net", SOURCE_USER, "news", "bob");
	put("user4@example.net", SOURCE_ABUSE, "*", "suppressd");
	u.filter.until = next_second();
	put("late@example.net", SOURCE_BOUNCED, "*", "suppressd");
	u.filter.source = SOURCE_BOUNCED;
	a = run(u);
	ck_assert_uint_eq(a.n[UNDO_LIFTED], 19);
	ck_assert_uint_eq(a.n[UNDO_KEPT] + a.n[UNDO_GONE], 0);
	ck_assert_uint_eq(live(st, "user0@example.net"), 0);
	ck_assert_uint_eq(live(st, "user1@example.net"), 1);
	ck_assert_uint_eq(live(st, "user2@example.net"), 1);
	ck_assert_uint_eq(live(st, "user3@example.net"), 1);
	ck_assert_uint_eq(live(st, "user4@example.net"), 1);
	ck_assert_uint_eq(live(st, "late@example.net"), 1);
	ck_assert_uint_eq(live(st, "user0@example.org"), 1);
	/* Done is done. */
	ck_assert_uint_eq(run(u).n[UNDO_LIFTED], 0);
	ck_assert_uint_eq(faults(st), 0);
}
END_TEST

/* Which of the four reasons of filters_by_each_condition() each takes. */
static const struct {
	struct filter filter;
	size_t lifted;
} conditions[] = {
	{ { .source = SOURCE_USER }, 2 },
	{ { .source = SOURCE_BOUNCED }, 1 },
	{ { .stream = "news" }, 1 },
	{ { .stream = "*" }, 3 },
	{ { .by = "bob" }, 2 },
	{ { .kind = KIND_DOMAIN }, 1 },
	{ { .search = "EXAMPLE.ORG" }, 1 },
	{ { .by = "bob", .kind = KIND_EMAIL }, 1 },
	{ { .since = INT64_C(4000000000) }, 0 },
	{ { .until = 1 }, 0 },
	/* Pages are for lists. */
	{ { .source = SOURCE_USER, .limit = 1 }, 2 },
};

START_TEST(filters_by_each_condition)
{
	const struct undo u = { .filter = conditions[_i].filter };

	put("joe@example.net", SOURCE_USER, "news", "bob");
	put("joe@example.net", SOURCE_BOUNCED, "*", "suppressd");
	put("@example.org", SOURCE_API, "*", "bob");
	put("ann@example.net", SOURCE_USER, "*", "carol");
	ck_assert_uint_eq(run(u).n[UNDO_LIFTED], conditions[_i].lifted);
	ck_assert_uint_eq(live(st, "joe@example.net") +
			      live(st, "ann@example.net") +
			      live(st, "@example.org"),
	    4 - conditions[_i].lifted);
}
END_TEST

START_TEST(wishes_want_force)
{
	struct undo u = { .filter = matching("joe@") };
	struct account a;

	put("joe@example.net", SOURCE_ABUSE, "*", "suppressd");
	put("joe@example.net", SOURCE_LEAD, "*", "suppressd");
	put("joe@example.net", SOURCE_BOUNCED, "*", "suppressd");
	a = run(u);
	ck_assert_uint_eq(a.n[UNDO_LIFTED], 1);
	ck_assert_uint_eq(a.n[UNDO_KEPT], 2);
	ck_assert_uint_eq(live(st, "joe@example.net"), 2);
	u.force = true;
	ck_assert_uint_eq(run(u).n[UNDO_LIFTED], 2);
	ck_assert_uint_eq(live(st, "joe@example.net"), 0);
}
END_TEST

/* A contact would stay "do not contact", and its values be free. */
START_TEST(leaves_contacts_alone)
{
	struct undo u = { .filter = matching("joe@"), .force = true };
	struct change c = { .op = CHANGE_CREATE, .by = "bob" };
	struct account a;

	change_contact(&c.value, "c1", "Joe");
	make(st, c);
	c = change_of(CHANGE_LINK, "joe@example.net", 0, "");
	(void)span_copy(span_of("c1"), c.contact, sizeof(c.contact));
	make(st, c);
	c = (struct change){ .op = CHANGE_BLOCK,
		.source = SOURCE_USER,
		.stream = "*" };
	change_contact(&c.value, "c1", NULL);
	make(st, c);
	put("joe@example.net", SOURCE_USER, "*", "bob");
	a = run(u);
	ck_assert_uint_eq(a.n[UNDO_LIFTED], 1);
	ck_assert_uint_eq(a.n[UNDO_CONTACT], 1);
	ck_assert_uint_eq(live(st, "joe@example.net"), 1);
}
END_TEST

START_TEST(a_rehearsal_writes_nothing)
{
	struct undo u = { .filter = matching("@"), .rehearsal = true };
	struct account a;

	put("joe@example.net", SOURCE_ABUSE, "*", "suppressd");
	put("joe@example.net", SOURCE_BOUNCED, "*", "suppressd");
	a = run(u);
	ck_assert_uint_eq(a.n[UNDO_LIFTED], 1);
	ck_assert_uint_eq(a.n[UNDO_KEPT], 1);
	ck_assert_uint_eq(live(st, "joe@example.net"), 2);
}
END_TEST

static bool
is_told(const struct event *ev, void *arg)
{
	(void)arg;
	ck_assert_int_eq(ev->op, EVENT_REMOVE);
	ck_assert_str_eq(ev->by, "alice");
	ck_assert_str_eq(ev->why, "it was the receiver's fault");
	return false; /* the newest */
}

START_TEST(the_history_says_who_and_why)
{
	const struct undo u = { .filter = matching("joe@") };
	const struct filter all = { 0 };
	struct value v;

	put("joe@example.net", SOURCE_BOUNCED, "*", "suppressd");
	ck_assert_uint_eq(run(u).n[UNDO_LIFTED], 1);
	value_of(&v, KIND_EMAIL, "joe@example.net");
	ck_assert(query_history(st, &v, &all, is_told, NULL, &err));
}
END_TEST

/* Every one, though the list changes under the walk. */
START_TEST(takes_back_more_than_a_batch)
{
	const struct undo u = { .filter = matching("x.test") };
	static struct change changes[12000];
	static struct change_result results[ARRAY_LEN(changes)];

	for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
		char text[32];

		snprintf(text, sizeof(text), "user%zu@x.test", i);
		changes[i] = change_of(CHANGE_ADD, text, SOURCE_USER, "*");
	}
	ck_assert(store_change(st, changes, ARRAY_LEN(changes), results, &err));
	ck_assert_uint_eq(run(u).n[UNDO_LIFTED], ARRAY_LEN(changes));
	ck_assert_uint_eq(faults(st), 0);
}
END_TEST

static Suite *
undo_suite(void)
{
	Suite *s = suite_create("undo");
	TCase *t = tcase_create("undo");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_wave_is_taken_back_and_nothing_else);
	tcase_add_loop_test(t, filters_by_each_condition, 0,
	    ARRAY_LEN(conditions));
	tcase_add_test(t, wishes_want_force);
	tcase_add_test(t, leaves_contacts_alone);
	tcase_add_test(t, a_rehearsal_writes_nothing);
	tcase_add_test(t, the_history_says_who_and_why);
	tcase_add_test(t, takes_back_more_than_a_batch);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(undo_suite)
