#include "db/plan.h"

#include <string.h>

#include "tests/unit/unit.h"

#define NOW 10000

/* What is known of the value: four reasons. The third is over at 9000, the
 * fourth at NOW. */
static struct reason reasons[] = {
	{ .source = SOURCE_BOUNCED,
	    .since = 100,
	    .count = 3,
	    .dot = { .seq = 1 } },
	{ .source = SOURCE_ABUSE,
	    .since = 200,
	    .count = 1,
	    .dot = { .seq = 2 } },
	{ .source = SOURCE_LEAD,
	    .since = 300,
	    .expires = 9000,
	    .dot = { .seq = 3 } },
	{ .source = SOURCE_USER,
	    .since = 400,
	    .expires = NOW,
	    .dot = { .seq = 4 } },
};

/* Changes, and the reasons that the event covers, as digits. */
static const struct {
	struct change change;
	int64_t clock;
	const char *covers;
	bool writes;
	bool kept;
} cases[] = {
	{ { .op = CHANGE_REMOVE }, NOW, "14", true, true },
	{ { .op = CHANGE_REMOVE, .force = true }, NOW, "1234", true, false },
	{ { .op = CHANGE_REMOVE, .source = SOURCE_ABUSE }, NOW, "", false,
	    true },
	/* A wish that is over is none that stays. */
	{ { .op = CHANGE_REMOVE, .source = SOURCE_LEAD }, NOW, "", false,
	    false },
	{ { .op = CHANGE_REMOVE, .began = 100 }, NOW, "1", true, false },
	/* Another one meanwhile, which began later, is not meant. */
	{ { .op = CHANGE_REMOVE, .source = SOURCE_BOUNCED, .began = 99 }, NOW,
	    "", false, false },
	{ { .op = CHANGE_REMOVE, .stream = "news" }, NOW, "", false, false },
	{ { .op = CHANGE_EXPIRE }, NOW, "34", true, false },
	{ { .op = CHANGE_EXPIRE }, NOW - 1, "3", true, false },
	/* Only the clock says what is over, not the event's time. */
	{ { .op = CHANGE_EXPIRE }, 8999, "", false, false },
	{ { .op = CHANGE_REPORT, .source = SOURCE_BOUNCED }, NOW, "", true,
	    false },
	{ { .op = CHANGE_ADD, .source = SOURCE_BOUNCED }, NOW, "1", true,
	    false },
	{ { .op = CHANGE_ADD, .source = SOURCE_API }, NOW, "", true, false },
};

START_TEST(covers_what_is_meant)
{
	const struct record rec = { .reasons = reasons,
		.reasons_n = ARRAY_LEN(reasons) };
	struct change_result result = { 0 };
	struct change c = cases[_i].change;
	char covers[ARRAY_LEN(reasons) + 1] = "";
	struct event ev = { 0 };

	if (c.op == CHANGE_ADD)
		(void)span_copy(span_of("*"), c.stream, sizeof(c.stream));
	ck_assert_int_eq(plan(&rec, &c, NOW, cases[_i].clock, &ev, &result),
	    cases[_i].writes);
	ck_assert_uint_lt(ev.cover_n, sizeof(covers));
	for (size_t i = 0; i < ev.cover_n; i++)
		covers[i] = (char)('0' + ev.cover[i].seq);
	ck_assert_str_eq(covers, cases[_i].covers);
	ck_assert_int_eq(result.kept, cases[_i].kept);
	if (plan_op(c.op) == EVENT_REMOVE)
		ck_assert_uint_eq(result.lifted, strlen(cases[_i].covers));
	ck_assert_str_eq(ev.evidence.report,
	    c.op == CHANGE_EXPIRE ? REPORT_EXPIRY : "");
	event_done(&ev);
}
END_TEST

/* What is held is to end when the suppression would have. */
START_TEST(a_report_keeps_its_end)
{
	const struct change c = { .op = CHANGE_REPORT,
		.source = SOURCE_BOUNCED,
		.expires = 2 * NOW };
	const struct record rec = { 0 };
	struct change_result result = { 0 };
	struct event ev = { 0 };

	ck_assert(plan(&rec, &c, NOW, NOW, &ev, &result));
	ck_assert_int_eq(ev.op, EVENT_REPORT);
	ck_assert_int_eq(ev.expires, 2 * NOW);
	event_done(&ev);
}
END_TEST

/* What stands already and holds as long is left as it is; nothing is ever
 * weakened. */
START_TEST(an_add_if_new)
{
	static const struct {
		int64_t stands; /* expires; -1: nothing stands */
		int64_t wanted;
		bool writes;
		int64_t expires;
	} adds[] = { { -1, 0, true, 0 }, { 0, 0, false, 0 },
		{ 0, 2 * NOW, false, 0 }, { 2 * NOW, 2 * NOW, false, 0 },
		{ 2 * NOW, 3 * NOW, true, 3 * NOW }, { 2 * NOW, 0, true, 0 },
		{ 3 * NOW, 2 * NOW, false, 0 }, { NOW, 2 * NOW, true, 2 * NOW },
		/* past what the index can hold: never */
		{ 2 * NOW, (int64_t)UINT32_MAX + 1, true, 0 } };

	for (size_t i = 0; i < ARRAY_LEN(adds); i++) {
		struct reason r = { .source = SOURCE_BOUNCED,
			.since = NOW / 2,
			.expires = adds[i].stands,
			.count = 1 };
		const struct record rec = { .reasons = &r,
			.reasons_n = adds[i].stands >= 0 };
		const struct change c = { .op = CHANGE_ADD,
			.source = SOURCE_BOUNCED,
			.stream = "*",
			.expires = adds[i].wanted,
			.if_new = true };
		struct change_result result = { 0 };
		struct event ev = { 0 };

		ck_assert_msg(plan(&rec, &c, NOW, NOW, &ev, &result) ==
				  adds[i].writes,
		    "row %zu", i);
		if (adds[i].writes)
			ck_assert_int_eq(ev.expires, adds[i].expires);
		event_done(&ev);
	}
}
END_TEST

/* Of a list that comes from elsewhere. */
START_TEST(an_add_brings_its_past)
{
	const struct change c = { .op = CHANGE_ADD,
		.source = SOURCE_BOUNCED,
		.stream = "*",
		.since = NOW - 5,
		.count = 3 };
	const struct change ahead = { .op = CHANGE_ADD,
		.source = SOURCE_BOUNCED,
		.stream = "*",
		.since = NOW + 5 };
	const struct record rec = { 0 };
	struct change_result result = { 0 };
	struct event ev = { 0 };

	ck_assert(plan(&rec, &c, NOW, NOW, &ev, &result));
	ck_assert_int_eq(ev.since, NOW - 5);
	ck_assert_uint_eq(ev.count, 3);
	event_done(&ev);
	ck_assert(plan(&rec, &ahead, NOW, NOW, &ev, &result));
	ck_assert_int_eq(ev.since, NOW);
	ck_assert_uint_eq(ev.count, 1);
	event_done(&ev);
}
END_TEST

static Suite *
plan_suite(void)
{
	Suite *s = suite_create("plan");
	TCase *t = tcase_create("plan");

	tcase_add_loop_test(t, covers_what_is_meant, 0, ARRAY_LEN(cases));
	tcase_add_test(t, a_report_keeps_its_end);
	tcase_add_test(t, an_add_if_new);
	tcase_add_test(t, an_add_brings_its_past);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(plan_suite)
