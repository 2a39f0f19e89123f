#include "tests/unit/stores.h"

#include "db/query_impl.h"

static struct store *st;

static void
add(const char *value, enum source source, const char *stream, int64_t since,
    int64_t expires, const char *by)
{
	struct change c = change_of(CHANGE_ADD, value, source, stream);

	c.since = since;
	c.expires = expires;
	(void)span_copy(span_of(by), c.by, sizeof(c.by));
	make(st, c);
}

static void
link_to(const char *id, const char *value)
{
	struct change c = change_of(CHANGE_LINK, value, 0, "");

	(void)span_copy(span_of(id), c.contact, sizeof(c.contact));
	make(st, c);
}

static void
set_up(void)
{
	struct change c1 = { .op = CHANGE_CREATE, .by = "alice" };

	scratch_begin();
	st = open_as(STORE_WRITE);
	add("b@x.test", SOURCE_USER, "*", 300, 0, "eve");
	add("a@x.test", SOURCE_ABUSE, "news", 200, 4100000000, "bob");
	add("a@x.test", SOURCE_USER, "*", 400, 0, "alice");
	add("\"x,y\"@x.test", SOURCE_BOUNCED, "*", 100, 4000000000, "a, b");
	add("@c.test", SOURCE_LEAD, "promo", 200, 0, "\xC3\xA9milie");
	add("b@x.test", SOURCE_USER, "*", 300, 0, "bob"); /* again */
	change_contact(&c1.value, "c1", NULL);
	make(st, c1);
	link_to("c1", "a@x.test");
	link_to("c1", "@c.test");
	link_to("c1", "free@x.test");
}

static void
tear_down(void)
{
	query_sort_keep = 500000;
	store_close(st);
	scratch_end();
}

/* What was told, and where it ended. */
struct told {
	const struct filter *filter;
	struct buf text; /* "value/source " each */
	char place[QUERY_PLACE_TEXT];
	size_t n;
};

static bool
note(const struct reason_row *row, void *arg)
{
	struct told *t = arg;

	buf_addf(&t->text, "%s/%s ", row->value.text,
	    names_text(source_names, (int)row->reason->source));
	query_place(t->filter, row, t->place);
	t->n++;
	return true;
}

/* Page by page; limit 0: all at once. */
static void
tell(struct filter f, uint64_t limit, struct told *t)
{
	bool more = true;

	*t = (struct told){ .filter = &f };
	buf_init(&t->text, 10000);
	f.limit = limit;
	while (more) {
		size_t before = t->n;

		ck_assert_msg(
		    query_page(st, &f, STORES_NOW, note, t, &more, &err), "%s",
		    err.text);
		ck_assert(!more || t->n >= before + limit);
		memcpy(f.after, t->place, sizeof(f.after));
	}
}

static const struct {
	struct filter filter;
	const char *told;
} cases[] = {
	{ { .sort = SORT_VALUE },
	    "\"x,y\"@x.test/bounced @c.test/lead a@x.test/abuse "
	    "a@x.test/user b@x.test/user " },
	{ { .sort = SORT_VALUE, .descending = true },
	    "b@x.test/user a@x.test/abuse a@x.test/user @c.test/lead "
	    "\"x,y\"@x.test/bounced " },
	{ { .sort = SORT_SINCE, .kind = KIND_EMAIL },
	    "\"x,y\"@x.test/bounced a@x.test/abuse b@x.test/user "
	    "a@x.test/user " },
	{ { .sort = SORT_SINCE, .descending = true, .search = "x.test" },
	    "a@x.test/user b@x.test/user a@x.test/abuse "
	    "\"x,y\"@x.test/bounced " },
	{ { .sort = SORT_EXPIRES, .expiry = EXPIRY_SOME },
	    "\"x,y\"@x.test/bounced a@x.test/abuse " },
	{ { .sort = SORT_COUNT, .descending = true, .source = SOURCE_USER },
	    "b@x.test/user a@x.test/user " },
	{ { .sort = SORT_BY },
	    "\"x,y\"@x.test/bounced a@x.test/user a@x.test/abuse "
	    "b@x.test/user @c.test/lead " },
	{ { .sort = SORT_STREAM, .since = 200, .until = 300 },
	    "a@x.test/abuse @c.test/lead " },
	{ { .sort = SORT_SINCE,
	      .descending = true,
	      .contact = "c1",
	      .kind = KIND_EMAIL },
	    "a@x.test/user a@x.test/abuse " },
	{ { .sort = SORT_VALUE, .contact = "c1" },
	    "@c.test/lead a@x.test/abuse a@x.test/user " },
	{ { .sort = SORT_VALUE, .contact = "c2" }, "" },
	{ { .contact = "c1", .source = SOURCE_LEAD }, "@c.test/lead " },
};

START_TEST(sorts_what_matches)
{
	struct told t;

	for (uint64_t limit = 0; limit < 6; limit++) {
		tell(cases[_i].filter, limit, &t);
		ck_assert_str_eq(buf_text(&t.text), cases[_i].told);
		buf_done(&t.text);
	}
}
END_TEST

/* With little memory it takes several passes and is the same. */
START_TEST(takes_passes)
{
	struct told t;

	for (query_sort_keep = 1; query_sort_keep < 4; query_sort_keep++) {
		tell(cases[_i].filter, 0, &t);
		ck_assert_str_eq(buf_text(&t.text), cases[_i].told);
		buf_done(&t.text);
	}
}
END_TEST

/* Every order has each row once, whatever the page. */
START_TEST(gives_each_row_once)
{
	struct filter f = { .sort = (enum sort)_i, .descending = false };
	struct told all, pages;

	for (int i = 0; i < 2; i++) {
		tell(f, 0, &all);
		ck_assert_uint_eq(all.n, 5);
		for (uint64_t limit = 1; limit < 6; limit++) {
			tell(f, limit, &pages);
			ck_assert_str_eq(buf_text(&pages.text),
			    buf_text(&all.text));
			buf_done(&pages.text);
		}
		buf_done(&all.text);
		f.descending = true;
	}
}
END_TEST

/* The last row seen may be gone by now, and others have come. */
START_TEST(goes_on_behind_what_is_gone)
{
	struct filter f = { .sort = SORT_SINCE, .limit = 2 };
	struct told t = { .filter = &f };
	bool more;

	buf_init(&t.text, 1000);
	ck_assert(query_page(st, &f, STORES_NOW, note, &t, &more, &err));
	ck_assert(more);
	memcpy(f.after, t.place, sizeof(f.after));
	add("first@x.test", SOURCE_USER, "*", 50, 0, "alice");
	make(st, change_of(CHANGE_REMOVE, "b@x.test", 0, ""));
	ck_assert(query_page(st, &f, STORES_NOW, note, &t, &more, &err));
	ck_assert(!more);
	ck_assert_uint_eq(t.n, 4);
	ck_assert(strstr(buf_text(&t.text), "first@") == NULL);
	ck_assert(strstr(buf_text(&t.text), "b@x.test") == NULL);
	buf_done(&t.text);
}
END_TEST

static const struct {
	enum sort sort;
	const char *after;
} wrong[] = {
	{ 0, "joe" },
	{ 0, "200,a@x.test" },
	{ SORT_VALUE, "joe" },
	{ SORT_SINCE, "a@x.test" },
	{ SORT_SINCE, "yesterday,a@x.test" },
	{ SORT_SINCE, ",a@x.test" },
	{ SORT_SINCE, "1970-01-01T00:03:20Z,joe" },
	{ SORT_SOURCE, "spam,a@x.test" },
	{ SORT_COUNT, "-1,a@x.test" },
	{ SORT_COUNT, "99999999999,a@x.test" },
	{ SORT_BY, "alice" },
};

START_TEST(refuses_no_place)
{
	struct filter f = { .sort = wrong[_i].sort };
	struct told t = { .filter = &f };
	bool more;

	(void)span_copy(span_of(wrong[_i].after), f.after, sizeof(f.after));
	ck_assert(!query_page(st, &f, STORES_NOW, note, &t, &more, &err));
	ck_assert_int_eq(err.code, ERROR_INVALID);
	ck_assert(strstr(err.text, "after: ") != NULL);
	ck_assert_uint_eq(t.n, 0);
}
END_TEST

static Suite *
query_suite(void)
{
	Suite *s = suite_create("query");
	TCase *c = tcase_create("query");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_set_timeout(c, 60); /* many syncs */
	tcase_add_loop_test(c, sorts_what_matches, 0, ARRAY_LEN(cases));
	tcase_add_loop_test(c, takes_passes, 0, ARRAY_LEN(cases));
	tcase_add_loop_test(c, gives_each_row_once, 0, SORT_BY + 1);
	tcase_add_test(c, goes_on_behind_what_is_gone);
	tcase_add_loop_test(c, refuses_no_place, 0, ARRAY_LEN(wrong));
	suite_add_tcase(s, c);
	return s;
}

UNIT_MAIN(query_suite)
