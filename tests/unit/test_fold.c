#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "db/fold.h"

/*
 * Two hosts, a and b. An event is written as its own dot, what it does, and
 * the dots that it has seen and covers.
 */
struct step {
	const char *dot; /* "a1" */
	enum event_op op;
	const char *covers; /* "a1 b2" */
	enum source source;
	const char *stream;
};

#define STEPS_MAX 7

static struct dot
dot_of(const char *text)
{
	return (struct dot){ (uint64_t)text[0], 1, (uint64_t)text[1] - '0' };
}

static void
apply(struct record *rec, const struct step *s, uint32_t place)
{
	struct event ev = { .dot = dot_of(s->dot),
		.op = s->op,
		.source = s->source,
		.at = 1000,
		.since = 900,
		.count = 1 };
	struct dot covers[4];

	if (s->op == EVENT_LINK) {
		ev.value.kind = KIND_CONTACT;
		ev.other_hash[0] = (uint8_t)s->dot[0];
	}
	snprintf(ev.stream, sizeof(ev.stream), "%s",
	    s->stream != NULL ? s->stream : "*");
	for (const char *c = s->covers; c != NULL && *c != '\0';) {
		covers[ev.cover_n++] = dot_of(c);
		c += c[2] == ' ' ? 3 : 2;
	}
	ev.cover = covers;
	fold(rec, &ev, (struct journal_pos){ 1, place });
}

static const struct {
	struct step steps[STEPS_MAX];
	const char *live; /* dots */
} rows[] = {
	{ { { "a1", EVENT_ADD, "", SOURCE_USER, "*" } }, "a1" },
	/* a removal covers what it names */
	{ { { "a1", EVENT_ADD, "", SOURCE_USER, "*" },
	      { "a2", EVENT_REMOVE, "a1", 0, "" } },
	    "" },
	/* and nothing that it has not seen: add wins */
	{ { { "a1", EVENT_ADD, "", SOURCE_USER, "*" },
	      { "b1", EVENT_ADD, "", SOURCE_USER, "*" },
	      { "a2", EVENT_REMOVE, "a1", 0, "" } },
	    "b1" },
	/* a repetition covers the one before */
	{ { { "a1", EVENT_ADD, "", SOURCE_USER, "*" },
	      { "a2", EVENT_ADD, "a1", SOURCE_USER, "*" },
	      { "a3", EVENT_ADD, "a2", SOURCE_USER, "*" } },
	    "a3" },
	/* two hosts repeat at once: both stay until one has seen both */
	{ { { "a1", EVENT_ADD, "", SOURCE_USER, "*" },
	      { "a2", EVENT_ADD, "a1", SOURCE_USER, "*" },
	      { "b1", EVENT_ADD, "a1", SOURCE_USER, "*" } },
	    "a2 b1" },
	{ { { "a1", EVENT_ADD, "", SOURCE_USER, "*" },
	      { "a2", EVENT_ADD, "a1", SOURCE_USER, "*" },
	      { "b1", EVENT_ADD, "a1", SOURCE_USER, "*" },
	      { "b2", EVENT_ADD, "a2 b1", SOURCE_USER, "*" } },
	    "b2" },
	/* a removal here, a repetition there */
	{ { { "a1", EVENT_ADD, "", SOURCE_ABUSE, "*" },
	      { "b1", EVENT_REMOVE, "a1", 0, "" },
	      { "a2", EVENT_ADD, "a1", SOURCE_ABUSE, "*" } },
	    "a2" },
	/* added again behind the removal */
	{ { { "a1", EVENT_ADD, "", SOURCE_USER, "news" },
	      { "a2", EVENT_REMOVE, "a1", 0, "" },
	      { "a3", EVENT_ADD, "", SOURCE_USER, "news" } },
	    "a3" },
	/* one reason is no other's */
	{ { { "a1", EVENT_ADD, "", SOURCE_USER, "news" },
	      { "a2", EVENT_ADD, "", SOURCE_USER, "shop" },
	      { "a3", EVENT_ADD, "", SOURCE_BOUNCED, "*" },
	      { "b1", EVENT_REMOVE, "a2 a3", 0, "" } },
	    "a1" },
	/* a report changes nothing */
	{ { { "a1", EVENT_ADD, "", SOURCE_USER, "*" },
	      { "a2", EVENT_REPORT, "", SOURCE_BOUNCED, "*" } },
	    "a1" },
	/* nor does an erasure: what suppresses stays */
	{ { { "a1", EVENT_ADD, "", SOURCE_USER, "*" },
	      { "a2", EVENT_ERASE, "", 0, "" } },
	    "a1" },
};

/* Names, links and blocks of a contact are adds, too. */
static const struct {
	struct step steps[STEPS_MAX];
	const char *live;
} contact_rows[] = {
	{ { { "a1", EVENT_NAME, "", 0, "" }, { "a2", EVENT_LINK, "", 0, "" },
	      { "a3", EVENT_BLOCK, "", SOURCE_USER, "*" } },
	    "a1 a2 a3" },
	/* a new name covers the old; what another host does meanwhile stays */
	{ { { "a1", EVENT_NAME, "", 0, "" }, { "a2", EVENT_NAME, "a1", 0, "" },
	      { "b1", EVENT_NAME, "a1", 0, "" } },
	    "a2 b1" },
	{ { { "a1", EVENT_LINK, "", 0, "" },
	      { "a2", EVENT_UNLINK, "a1", 0, "" },
	      { "b1", EVENT_LINK, "", 0, "" } },
	    "b1" },
	{ { { "a1", EVENT_BLOCK, "", SOURCE_USER, "*" },
	      { "b1", EVENT_BLOCK, "", SOURCE_USER, "*" },
	      { "a2", EVENT_UNBLOCK, "a1", 0, "" } },
	    "b1" },
	{ { { "a1", EVENT_NAME, "", 0, "" }, { "a2", EVENT_LINK, "", 0, "" },
	      { "a3", EVENT_UNLINK, "a2", 0, "" },
	      { "a4", EVENT_FORGET, "a1", 0, "" } },
	    "" },
};

static size_t
steps_of(const struct step *steps)
{
	size_t n = 0;

	while (n < STEPS_MAX && steps[n].dot != NULL)
		n++;
	return n;
}

static void
check_live(const struct record *rec, const char *live)
{
	ck_assert_uint_eq(rec->reasons_n + rec->links_n,
	    (strlen(live) + 1) / 3);
	for (const char *d = live; *d != '\0'; d += d[2] == ' ' ? 3 : 2) {
		struct dot want = dot_of(d);
		bool there = false;

		for (size_t i = 0; i < rec->reasons_n; i++)
			there = there || dot_equal(&rec->reasons[i].dot, &want);
		for (size_t i = 0; i < rec->links_n; i++)
			there = there || dot_equal(&rec->links[i].dot, &want);
		ck_assert_msg(there, "%.2s", d);
	}
}

/* The k-th order of n things. */
static void
permute(size_t n, size_t k, size_t order[STEPS_MAX])
{
	size_t left[STEPS_MAX];

	for (size_t i = 0; i < n; i++)
		left[i] = i;
	for (size_t i = 0; i < n; i++) {
		size_t pick = k % (n - i);

		k /= n - i;
		order[i] = left[pick];
		memmove(left + pick, left + pick + 1,
		    (n - i - pick - 1) * sizeof(*left));
	}
}

static size_t
orders_of(size_t n)
{
	return n < 2 ? 1 : n * orders_of(n - 1);
}

static void
check_orders(const struct step *steps, const char *live)
{
	size_t n = steps_of(steps), order[STEPS_MAX];
	struct record first = { 0 };

	for (size_t i = 0; i < n; i++)
		apply(&first, &steps[i], (uint32_t)i);
	check_live(&first, live);
	for (size_t k = 0; k < orders_of(n); k++) {
		struct record rec = { 0 };

		permute(n, k, order);
		for (size_t i = 0; i < n; i++) {
			apply(&rec, &steps[order[i]], (uint32_t)i);
			/* again, and what came before it once more */
			apply(&rec, &steps[order[i]], (uint32_t)i);
			apply(&rec, &steps[order[0]], (uint32_t)i);
		}
		ck_assert_msg(record_equal(&rec, &first), "order %zu", k);
		record_done(&rec);
	}
	record_done(&first);
}

/* I9, I10: any order, and any of them again, gives the same. */
START_TEST(any_order_gives_the_same)
{
	check_orders(rows[_i].steps, rows[_i].live);
}
END_TEST

START_TEST(so_it_does_of_contacts)
{
	check_orders(contact_rows[_i].steps, contact_rows[_i].live);
}
END_TEST

/* A repetition keeps the place of the words of the first time. */
START_TEST(remembers_where_it_began)
{
	static const struct step again[] = {
		{ "a1", EVENT_ADD, "", SOURCE_USER, "*" },
		{ "a2", EVENT_ADD, "a1", SOURCE_USER, "*" },
		{ "a3", EVENT_ADD, "a2", SOURCE_USER, "*" },
	};
	struct record rec = { 0 };

	for (uint32_t i = 0; i < ARRAY_LEN(again); i++)
		apply(&rec, &again[i], 100 + i);
	ck_assert_uint_eq(rec.reasons_n, 1);
	ck_assert_uint_eq(rec.reasons[0].first.offset, 100);
	ck_assert_uint_eq(rec.reasons[0].last.offset, 102);
	ck_assert_uint_eq(rec.head.offset, 102);
	record_done(&rec);
}
END_TEST

START_TEST(forgets_what_has_come)
{
	static const struct step steps[] = {
		{ "a4", EVENT_REMOVE, "a1 a3 b1", 0, "" },
		{ "b2", EVENT_REMOVE, "b9", 0, "" },
	};
	struct record rec = { 0 };
	struct dot upto = dot_of("a2");

	for (uint32_t i = 0; i < ARRAY_LEN(steps); i++)
		apply(&rec, &steps[i], i);
	ck_assert_uint_eq(rec.covers_n, 4);
	fold_forget(&rec, &upto);
	ck_assert_uint_eq(rec.covers_n, 3); /* a3 b1 b9 */
	upto.incarnation = 2;
	upto.seq = 9;
	fold_forget(&rec, &upto);
	ck_assert_uint_eq(rec.covers_n, 3);
	upto = dot_of("b9");
	fold_forget(&rec, &upto);
	ck_assert_uint_eq(rec.covers_n, 1);
	record_done(&rec);
}
END_TEST

static Suite *
fold_suite(void)
{
	Suite *s = suite_create("fold");
	TCase *t = tcase_create("fold");

	tcase_add_loop_test(t, any_order_gives_the_same, 0, ARRAY_LEN(rows));
	tcase_add_loop_test(t, so_it_does_of_contacts, 0,
	    ARRAY_LEN(contact_rows));
	tcase_add_test(t, remembers_where_it_began);
	tcase_add_test(t, forgets_what_has_come);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(fold_suite)
