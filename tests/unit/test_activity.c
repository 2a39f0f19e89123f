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

struct page {
	struct buf *told;
	char place[QUERY_PLACE_TEXT];
};

static bool
note_page(const struct activity *one, void *arg)
{
	struct page *p = arg;

	query_history_place(&one->next, p->place);
	return note(one, p->told);
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

/* What is told, page by page; the pages' ends are texts. */
static void
tell_pages(const struct value *v, struct filter f, struct buf *told)
{
	bool any = true;

	while (any) {
		size_t before = told->len;
		struct page page = { .told = told };
		uint64_t lost;

		ck_assert_msg(
		    query_activity(st, v, &f, note_page, &page, &lost, &err),
		    "%s", err.text);
		any = told->len > before;
		memcpy(f.after, page.place, sizeof(f.after));
	}
}

START_TEST(pages_are_the_whole)
{
	bool all = cases[_i].value == NULL;
	struct value v;

	ck_assert(all || value_parse(span_of(cases[_i].value), &v, &err));
	for (uint64_t limit = 1; limit < 6; limit++) {
		struct filter f = cases[_i].filter;
		struct buf told, whole;
		uint64_t lost;

		f.limit = 0;
		buf_init(&told, 1000);
		buf_init(&whole, 1000);
		ck_assert(query_activity(st, all ? NULL : &v, &f, note, &whole,
		    &lost, &err));
		f.limit = limit;
		tell_pages(all ? NULL : &v, f, &told);
		ck_assert_str_eq(buf_text(&told), buf_text(&whole));
		buf_done(&told);
		buf_done(&whole);
	}
}
END_TEST

static void
link_to_c1(void)
{
	struct change c = { .op = CHANGE_CREATE, .by = "alice" };

	change_contact(&c.value, "c1", NULL);
	make(st, c);
	c = change_of(CHANGE_LINK, "listed@x.test", 0, "");
	(void)span_copy(span_of("c1"), c.contact, sizeof(c.contact));
	make(st, c);
	c.value = change_of(CHANGE_LINK, "@x.test", 0, "").value;
	make(st, c);
}

/* The two links and the contact, and what happened to its values. */
START_TEST(tells_of_a_contact)
{
	static const char whole[] = "r:listed r:new e:c1 e:c1 e:c1 e:listed "
				    "r:listed ";
	struct filter f = { .contact = "c1" };
	struct buf told;
	uint64_t lost;

	link_to_c1();
	buf_init(&told, 1000);
	ck_assert(query_activity(st, NULL, &f, note, &told, &lost, &err));
	ck_assert_str_eq(buf_text(&told), whole);
	for (f.limit = 1; f.limit < 6; f.limit++) {
		buf_reset(&told);
		tell_pages(NULL, f, &told);
		ck_assert_str_eq(buf_text(&told), whole);
	}
	buf_reset(&told);
	f = (struct filter){ .contact = "c1", .source = SOURCE_USER };
	ck_assert(query_activity(st, NULL, &f, note, &told, &lost, &err));
	ck_assert_str_eq(buf_text(&told), "r:new e:listed r:listed ");
	buf_reset(&told);
	f = (struct filter){ .contact = "c2" };
	ck_assert(query_activity(st, NULL, &f, note, &told, &lost, &err));
	ck_assert_str_eq(buf_text(&told), "");
	buf_done(&told);
}
END_TEST

/* What comes while somebody turns pages comes last, or is left out where the
 * newest come first. */
START_TEST(pages_stay)
{
	const struct refusals_limits limits = { 30, 100000000 };
	struct filter f = { .limit = 3 };
	struct value v = change_of(CHANGE_ADD, "listed@x.test", 0, "").value;
	struct buf told, back;
	struct page page = { .told = &told }, page_back = { .told = &back };
	struct refusals *log = refusals_open(scratch_dir, &limits, &err);
	struct refusal r = { .at = start + 200,
		.action = "reject",
		.recipient = "listed@x.test",
		.value = "listed@x.test",
		.source = SOURCE_USER,
		.stream = "news" };
	uint64_t lost;

	ck_assert_ptr_nonnull(log);
	buf_init(&told, 1000);
	buf_init(&back, 1000);
	ck_assert(query_activity(st, NULL, &f, note_page, &page, &lost, &err));
	f.limit = 1;
	ck_assert(
	    query_activity(st, &v, &f, note_page, &page_back, &lost, &err));
	refusals_add(log, &r);
	refusals_close(log);
	make(st, change_of(CHANGE_ADD, "listed@x.test", SOURCE_LEAD, "*"));
	f = (struct filter){ 0 };
	memcpy(f.after, page.place, sizeof(f.after));
	ck_assert(query_activity(st, NULL, &f, note, &told, &lost, &err));
	ck_assert_str_eq(buf_text(&told),
	    "r:listed e:listed e:other e:listed r:new r:listed r:listed ");
	memcpy(f.after, page_back.place, sizeof(f.after));
	ck_assert(query_activity(st, &v, &f, note, &back, &lost, &err));
	ck_assert_str_eq(buf_text(&back), "r:listed e:listed r:listed ");
	buf_done(&told);
	buf_done(&back);
}
END_TEST

static const char *const wrong[] = { "1", "1.2", "1.2.3.4", "joe@x.test",
	"-1.2.3", "1.2.-3", "1..3", "..", "1.2.3 ",
	"99999999999999999999.1.1" };

START_TEST(refuses_no_place)
{
	struct filter f = { 0 };
	struct buf told;
	uint64_t lost;

	buf_init(&told, 1000);
	(void)span_copy(span_of(wrong[_i]), f.after, sizeof(f.after));
	ck_assert(!query_activity(st, NULL, &f, note, &told, &lost, &err));
	ck_assert_int_eq(err.code, ERROR_INVALID);
	ck_assert(strstr(err.text, "after: ") != NULL);
	ck_assert_uint_eq(told.len, 0);
	buf_done(&told);
}
END_TEST

/* Places that we never gave out: nothing is read twice or half. */
START_TEST(bears_any_place)
{
	struct value v = change_of(CHANGE_ADD, "listed@x.test", 0, "").value;
	int64_t day = (start - 100) / CLOCK_DAY_S;

	for (int offset = 0; offset < 600; offset += 7) {
		struct filter f = { .type = ACTIVITY_REFUSAL };
		struct buf told, back;
		uint64_t lost;

		snprintf(f.after, sizeof(f.after), "0.%lld.%d", (long long)day,
		    offset);
		buf_init(&told, 1000);
		buf_init(&back, 1000);
		ck_assert(
		    query_activity(st, NULL, &f, note, &told, &lost, &err));
		ck_assert(query_activity(st, &v, &f, note, &back, &lost, &err));
		ck_assert_uint_le(told.len, strlen("r:listed r:new r:listed "));
		ck_assert_uint_le(back.len, strlen("r:listed r:listed "));
		buf_done(&told);
		buf_done(&back);
	}
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
	tcase_add_loop_test(c, pages_are_the_whole, 0, ARRAY_LEN(cases));
	tcase_add_test(c, tells_of_a_contact);
	tcase_add_test(c, pages_stay);
	tcase_add_loop_test(c, refuses_no_place, 0, ARRAY_LEN(wrong));
	tcase_add_test(c, bears_any_place);
	suite_add_tcase(s, c);
	return s;
}

UNIT_MAIN(activity_suite)
