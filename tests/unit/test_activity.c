#include "tests/unit/stores.h"

#include "base/clock.h"
#include "db/query.h"

static struct store *st;
static int64_t start;

/* listed@x.test came on the list and was refused three times since; then
 * other@x.test came. Times of events are those of the clock. */
static void
set_up(void)
{
	const struct refusals_limits limits = { 30, 100000000 };
	struct refusal r = { .action = "reject",
		.recipient = "listed@x.test",
		.value = "listed@x.test",
		.source = SOURCE_USER,
		.since = 5,
		.stream = "news",
		.sender = "a@example.com",
		.login = "shop" };
	struct refusals *log;

	scratch_begin();
	start = clock_now();
	st = open_as(STORE_WRITE);
	make(st, change_of(CHANGE_ADD, "listed@x.test", SOURCE_USER, "*"));
	log = refusals_open(scratch_dir, &limits, &err);
	ck_assert_ptr_nonnull(log);
	r.at = start - 100;
	refusals_add(log, &r);
	/* Later than all events. */
	r.at = clock_now() + 1;
	(void)span_copy(span_of("@x.test"), r.value, sizeof(r.value));
	(void)span_copy(span_of("new@x.test"), r.recipient,
	    sizeof(r.recipient));
	r.login[0] = '\0';
	refusals_add(log, &r);
	r.at = start + 100;
	(void)span_copy(span_of("listed@x.test"), r.recipient,
	    sizeof(r.recipient));
	r.source = SOURCE_ABUSE;
	refusals_add(log, &r);
	refusals_close(log);
	make(st, change_of(CHANGE_ADD, "other@x.test", SOURCE_API, "*"));
}

static void
tear_down(void)
{
	store_close(st);
	scratch_end();
}

/* "e:" an event, "r:" a refusal, and the local part. */
static bool
note(const struct activity *one, void *arg)
{
	const char *value = one->event != NULL ? one->event->value.text
					       : one->refusal->recipient;

	buf_addf(arg, "%c:%.*s ", one->event != NULL ? 'e' : 'r',
	    (int)span_find(span_of(value), '@'), value);
	return true;
}

static const struct {
	const char *value; /* NULL: all */
	struct filter filter;
	const char *told;
} cases[] = {
	{ NULL, { 0 }, "r:listed e:listed e:other r:new r:listed " },
	{ NULL, { .type = ACTIVITY_EVENT }, "e:listed e:other " },
	{ NULL, { .type = ACTIVITY_REFUSAL }, "r:listed r:new r:listed " },
	{ NULL, { .limit = 1 }, "r:listed " },
	{ NULL, { .limit = 3 }, "r:listed e:listed e:other " },
	{ NULL, { .limit = 4 }, "r:listed e:listed e:other r:new " },
	{ NULL, { .source = SOURCE_USER }, "r:listed e:listed r:new " },
	{ NULL, { .source = SOURCE_ABUSE }, "r:listed " },
	{ NULL, { .kind = KIND_DOMAIN }, "r:new r:listed " },
	{ NULL, { .kind = KIND_EMAIL }, "r:listed e:listed e:other " },
	{ NULL, { .stream = "news" }, "r:listed r:new r:listed " },
	{ NULL, { .stream = "*" }, "e:listed e:other " },
	{ NULL, { .by = "shop" }, "r:listed " },
	{ NULL, { .by = "a@example.com" }, "r:listed r:new r:listed " },
	{ NULL, { .by = "alice" }, "e:listed e:other " },
	{ NULL, { .search = "NEW@" }, "r:new " },
	{ NULL, { .search = "example.com" }, "r:listed r:new r:listed " },
	{ NULL, { .search = "zzz" }, "" },
	{ "listed@x.test", { 0 }, "r:listed e:listed r:listed " },
	{ "listed@x.test", { .limit = 2 }, "r:listed e:listed " },
	{ "listed@x.test", { .type = ACTIVITY_EVENT }, "e:listed " },
	{ "@x.test", { 0 }, "r:listed r:new " },
	{ "new@x.test", { 0 }, "r:new " },
	{ "nobody@x.test", { 0 }, "" },
};

START_TEST(tells_both_in_their_order)
{
	bool all = cases[_i].value == NULL;
	uint64_t lost = 7;
	struct value v;
	struct buf told;

	ck_assert(all || value_parse(span_of(cases[_i].value), &v, &err));
	buf_init(&told, 1000);
	ck_assert_msg(query_activity(st, all ? NULL : &v, &cases[_i].filter,
			  note, &told, &lost, &err),
	    "%s", err.text);
	ck_assert_str_eq(buf_text(&told), cases[_i].told);
	ck_assert_uint_eq(lost, 0);
	buf_done(&told);
}
END_TEST

START_TEST(keeps_to_the_time)
{
	struct filter f = { .until = start };
	uint64_t lost;
	struct buf told;

	buf_init(&told, 1000);
	ck_assert(query_activity(st, NULL, &f, note, &told, &lost, &err));
	ck_assert_str_eq(buf_text(&told), "r:listed ");
	buf_reset(&told);
	f = (struct filter){ .since = start + 100 };
	ck_assert(query_activity(st, NULL, &f, note, &told, &lost, &err));
	ck_assert_str_eq(buf_text(&told), "r:listed ");
	buf_reset(&told);
	f = (struct filter){ .since = start, .until = start + 100 };
	ck_assert(query_activity(st, NULL, &f, note, &told, &lost, &err));
	ck_assert_str_eq(buf_text(&told), "e:listed e:other r:new ");
	buf_done(&told);
}
END_TEST

static Suite *
activity_suite(void)
{
	Suite *s = suite_create("activity");
	TCase *c = tcase_create("activity");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_set_timeout(c, 60); /* many syncs */
	tcase_add_loop_test(c, tells_both_in_their_order, 0, ARRAY_LEN(cases));
	tcase_add_test(c, keeps_to_the_time);
	suite_add_tcase(s, c);
	return s;
}

UNIT_MAIN(activity_suite)
