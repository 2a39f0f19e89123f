#include "db/contact.h"

#include <stdlib.h>

#include "tests/unit/stores.h"

/* A change of a contact; name NULL: its id. */
static struct change
of_contact(enum change_op op, const char *id, const char *name)
{
	struct change c = { .op = op, .by = "alice", .why = "asked" };

	change_contact(&c.value, id, name);
	if (op == CHANGE_BLOCK) {
		c.source = SOURCE_USER;
		(void)span_copy(span_of("*"), c.stream, sizeof(c.stream));
	}
	return c;
}

static struct change
of_link(enum change_op op, const char *id, const char *value)
{
	struct change c = change_of(op, value, 0, "");

	(void)span_copy(span_of(id), c.contact, sizeof(c.contact));
	return c;
}

static struct store *
with_joe(void)
{
	const struct change c[] = { of_contact(CHANGE_CREATE, "c1", "Joe Doe"),
		of_link(CHANGE_LINK, "c1", "joe@example.com"),
		of_link(CHANGE_LINK, "c1", "joe@work.example") };
	struct store *st = open_as(STORE_WRITE);
	struct change_result r[ARRAY_LEN(c)];

	ck_assert_msg(store_change(st, c, ARRAY_LEN(c), r, &err), "%s",
	    err.text);
	return st;
}

static void
close_whole(struct store *st)
{
	ck_assert_uint_eq(faults(st), 0);
	store_close(st);
}

/* The store refuses it, and says why. */
static void
refused(struct store *st, struct change c, const char *why)
{
	struct change_result r;

	ck_assert(!store_change(st, &c, 1, &r, &err));
	ck_assert_msg(strstr(err.text, why) != NULL, "%s", err.text);
}

static struct contact
get(struct store *st, const char *id)
{
	struct contact c;
	bool found;

	ck_assert_msg(contact_get(st, id, &c, &found, &err), "%s", err.text);
	ck_assert_msg(found, "%s", id);
	return c;
}

static bool
write_value(const struct contact_value_row *row, void *arg)
{
	fprintf(arg, "%s %zu %zu %zu;", row->value.text, row->live, row->put,
	    row->shared);
	return true;
}

static bool
write_contact(const struct contact *c, void *arg)
{
	fprintf(arg, "%s;", c->id);
	return true;
}

static bool
write_event(const struct event *ev, void *arg)
{
	fprintf(arg, "%s %s;", names_text(event_op_names, (int)ev->op),
	    ev->op == EVENT_LINK || ev->op == EVENT_UNLINK ? ev->other
							   : ev->value.text);
	return true;
}

enum told { VALUES, CONTACTS, HISTORY, LIST, BLOCKED };

/* What is told of a contact or value, as one text. */
static void
tells(struct store *st, enum told what, const char *of, const char *want)
{
	struct contact_filter f = { .blocked = what == BLOCKED };
	char *text = NULL;
	size_t len = 0, n;
	FILE *out = open_memstream(&text, &len);
	struct value v;
	bool ok = false;

	switch (what) {
	case VALUES:
		ok = contact_values(st, of, STORES_NOW, write_value, out, &err);
		break;
	case CONTACTS:
		ck_assert(value_parse(span_of(of), &v, &err));
		ok = contact_of_value(st, &v, write_contact, out, &n, &err);
		break;
	case HISTORY:
		ok =
		    contact_history(st, of, UINT64_MAX, write_event, out, &err);
		break;
	case LIST:
	case BLOCKED:
		(void)span_copy(span_of(of), f.search, sizeof(f.search));
		ok = contact_list(st, &f, write_contact, out, &err);
		break;
	}
	fclose(out);
	ck_assert_msg(ok, "%s", err.text);
	ck_assert_str_eq(text, want);
	free(text);
}

START_TEST(links_both_ways)
{
	struct store *st = with_joe();

	ck_assert_str_eq(get(st, "c1").name, "Joe Doe");
	ck_assert_uint_eq(get(st, "c1").values_n, 2);
	tells(st, VALUES, "c1",
	    "joe@example.com 0 0 0;joe@work.example 0 0 0;");
	tells(st, CONTACTS, "joe@example.com", "c1;");
	tells(st, CONTACTS, "joe@elsewhere.example", "");
	ck_assert(
	    !make(st, of_link(CHANGE_LINK, "c1", "joe@example.com")).changed);
	ck_assert(
	    make(st, of_link(CHANGE_UNLINK, "c1", "joe@example.com")).changed);
	ck_assert(
	    !make(st, of_link(CHANGE_UNLINK, "c1", "joe@example.com")).changed);
	tells(st, VALUES, "c1", "joe@work.example 0 0 0;");
	tells(st, CONTACTS, "joe@example.com", "");
	close_whole(st);
}
END_TEST

START_TEST(names)
{
	struct store *st = with_joe();

	refused(st, of_contact(CHANGE_CREATE, "c1", "Jim"), "already");
	refused(st, of_contact(CHANGE_RENAME, "c2", "Jim"), "no contact 'c2'");
	refused(st, of_contact(CHANGE_RENAME, "c1", ""), "name");
	refused(st, of_contact(CHANGE_RENAME, "c1", "a\nb"), "name");
	refused(st, of_contact(CHANGE_CREATE, "a b", "Jim"), "no contact's id");
	refused(st, of_contact(CHANGE_CREATE, "", "Jim"), "no contact's id");
	ck_assert(make(st, of_contact(CHANGE_RENAME, "c1", "Jim")).changed);
	ck_assert(!make(st, of_contact(CHANGE_RENAME, "c1", "Jim")).changed);
	ck_assert_str_eq(get(st, "c1").name, "Jim");
	close_whole(st);
}
END_TEST

/* A value is no contact, and a contact no value. */
START_TEST(kinds_do_not_mix)
{
	struct store *st = with_joe();
	struct change c = of_contact(CHANGE_BLOCK, "c1", NULL);

	c.op = CHANGE_ADD;
	refused(st, c, "is a contact");
	c = change_of(CHANGE_BLOCK, "joe@example.com", SOURCE_USER, "*");
	refused(st, c, "is no contact");
	refused(st, of_link(CHANGE_LINK, "c2", "joe@example.com"),
	    "no contact 'c2'");
	c = of_link(CHANGE_ADD, "c2", "joe@example.com");
	c.source = SOURCE_USER;
	refused(st, c, "no contact 'c2'");
	c = of_contact(CHANGE_BLOCK, "c1", NULL);
	c.source = 0;
	refused(st, c, "source");
	close_whole(st);
}
END_TEST

START_TEST(a_block_reaches_all_now_and_later)
{
	struct store *st = with_joe();
	struct change_result r;

	r = make(st, of_contact(CHANGE_BLOCK, "c1", NULL));
	ck_assert(r.changed && r.put == 2);
	ck_assert(live(st, "joe@example.com") == 1 &&
		  live(st, "joe@work.example") == 1);
	ck_assert_str_eq(get(st, "c1").by, "alice");
	ck_assert_str_eq(get(st, "c1").why, "asked");
	ck_assert(get(st, "c1").blocked > 0);
	r = make(st, of_contact(CHANGE_BLOCK, "c1", NULL));
	ck_assert(!r.changed && r.put == 0);
	r = make(st, of_link(CHANGE_LINK, "c1", "@late.example"));
	ck_assert(r.changed && r.put == 1);
	tells(st, VALUES, "c1",
	    "joe@example.com 1 1 0;joe@work.example 1 1 0;@late.example 1 1 "
	    "0;");
	tells(st, BLOCKED, "", "c1;");
	r = make(st, of_contact(CHANGE_UNBLOCK, "c1", NULL));
	ck_assert(r.changed && r.lifted == 3);
	ck_assert(get(st, "c1").blocked == 0);
	tells(st, BLOCKED, "", "");
	ck_assert(!make(st, of_contact(CHANGE_UNBLOCK, "c1", NULL)).changed);
	make(st, of_link(CHANGE_LINK, "c1", "free@late.example"));
	ck_assert_uint_eq(live(st, "free@late.example"), 0);
	close_whole(st);
}
END_TEST

/* It all happens, or nothing. */
START_TEST(a_block_is_one_batch)
{
	struct store *st = with_joe();
	struct change c[2] = { of_contact(CHANGE_BLOCK, "c1", NULL),
		of_contact(CHANGE_BLOCK, "nobody", NULL) };
	struct change_result r[2];

	ck_assert(!store_change(st, c, 2, r, &err));
	ck_assert(get(st, "c1").blocked == 0);
	ck_assert_uint_eq(live(st, "joe@example.com"), 0);
	close_whole(st);
}
END_TEST

START_TEST(unblock_lifts_only_what_the_block_put)
{
	struct store *st = with_joe();

	make(st, change_of(CHANGE_ADD, "joe@example.com", SOURCE_USER, "*"));
	make(st, change_of(CHANGE_ADD, "joe@example.com", SOURCE_ABUSE, "*"));
	make(st, of_contact(CHANGE_BLOCK, "c1", NULL));
	ck_assert_uint_eq(live(st, "joe@example.com"), 3);
	ck_assert_uint_eq(
	    make(st, of_contact(CHANGE_UNBLOCK, "c1", NULL)).lifted, 2);
	ck_assert_uint_eq(live(st, "joe@example.com"), 2);
	close_whole(st);
}
END_TEST

/* To lift one address does not lift "do not contact". */
START_TEST(remove_leaves_what_the_block_put)
{
	struct store *st = with_joe();
	struct change c = change_of(CHANGE_REMOVE, "joe@example.com", 0, "");
	struct change_result r;

	make(st, change_of(CHANGE_ADD, "joe@example.com", SOURCE_USER, "*"));
	make(st, of_contact(CHANGE_BLOCK, "c1", NULL));
	r = make(st, c);
	ck_assert(r.changed && r.contact && r.lifted == 1);
	ck_assert_uint_eq(live(st, "joe@example.com"), 1);
	/* Named, it goes: from this value alone. */
	(void)span_copy(span_of("c1"), c.contact, sizeof(c.contact));
	r = make(st, c);
	ck_assert(r.changed && !r.contact && r.lifted == 1);
	ck_assert_uint_eq(live(st, "joe@example.com"), 0);
	ck_assert_uint_eq(live(st, "joe@work.example"), 1);
	ck_assert(get(st, "c1").blocked > 0);
	close_whole(st);
}
END_TEST

/* His own wish is not lifted in passing, not even for the whole contact. */
START_TEST(a_wish_wants_force)
{
	struct store *st = with_joe();
	struct change c = of_contact(CHANGE_BLOCK, "c1", NULL);
	struct change_result r;

	c.source = SOURCE_LEAD;
	make(st, c);
	r = make(st, of_contact(CHANGE_UNBLOCK, "c1", NULL));
	ck_assert(!r.changed && r.kept);
	ck_assert(get(st, "c1").blocked > 0);
	c = of_contact(CHANGE_UNBLOCK, "c1", NULL);
	c.force = true;
	r = make(st, c);
	ck_assert(r.changed && !r.kept && r.lifted == 2);
	ck_assert(get(st, "c1").blocked == 0);
	close_whole(st);
}
END_TEST

START_TEST(a_shared_value_counts_for_both)
{
	struct store *st = with_joe();

	make(st, of_contact(CHANGE_CREATE, "c2", "The Office"));
	make(st, of_link(CHANGE_LINK, "c2", "joe@work.example"));
	make(st, of_contact(CHANGE_BLOCK, "c2", NULL));
	tells(st, VALUES, "c1",
	    "joe@example.com 0 0 0;joe@work.example 1 0 1;");
	tells(st, CONTACTS, "joe@work.example", "c1;c2;");
	/* Each block is a reason of its own. */
	make(st, of_contact(CHANGE_BLOCK, "c1", NULL));
	make(st, of_contact(CHANGE_UNBLOCK, "c2", NULL));
	ck_assert_uint_eq(live(st, "joe@work.example"), 1);
	close_whole(st);
}
END_TEST

START_TEST(forgets_who_is_free_only)
{
	struct store *st = with_joe();
	struct contact c;
	bool found;

	make(st, of_contact(CHANGE_BLOCK, "c1", NULL));
	refused(st, of_contact(CHANGE_FORGET, "c1", NULL), "unblock it first");
	make(st, of_contact(CHANGE_UNBLOCK, "c1", NULL));
	ck_assert(make(st, of_contact(CHANGE_FORGET, "c1", NULL)).changed);
	ck_assert(contact_get(st, "c1", &c, &found, &err) && !found);
	tells(st, CONTACTS, "joe@example.com", "");
	tells(st, LIST, "", "");
	refused(st, of_contact(CHANGE_FORGET, "c1", NULL), "no contact");
	/* Another of that name begins with nothing. */
	make(st, of_contact(CHANGE_CREATE, "c1", "Jane"));
	tells(st, VALUES, "c1", "");
	close_whole(st);
}
END_TEST

/* A value that leaves stays as blocked as it was. */
START_TEST(leaving_lifts_nothing)
{
	struct store *st = with_joe();
	struct change c = change_of(CHANGE_REMOVE, "joe@example.com", 0, "");

	make(st, of_contact(CHANGE_BLOCK, "c1", NULL));
	make(st, of_link(CHANGE_UNLINK, "c1", "joe@example.com"));
	ck_assert_uint_eq(live(st, "joe@example.com"), 1);
	make(st, of_contact(CHANGE_UNBLOCK, "c1", NULL));
	ck_assert_uint_eq(live(st, "joe@example.com"), 1);
	(void)span_copy(span_of("c1"), c.contact, sizeof(c.contact));
	ck_assert_uint_eq(make(st, c).lifted, 1);
	close_whole(st);
}
END_TEST

START_TEST(has_limits)
{
	struct store *st = open_as(STORE_WRITE);
	struct change c[LIMIT_CONTACT_VALUES];
	struct change_result r[LIMIT_CONTACT_VALUES];
	char value[40];

	make(st, of_contact(CHANGE_CREATE, "big", "Big"));
	for (int i = 0; i < LIMIT_CONTACT_VALUES; i++) {
		snprintf(value, sizeof(value), "v%d@example.com", i);
		c[i] = of_link(CHANGE_LINK, "big", value);
	}
	ck_assert_msg(store_change(st, c, ARRAY_LEN(c), r, &err), "%s",
	    err.text);
	refused(st, of_link(CHANGE_LINK, "big", "one@more.example"),
	    "200 values already");
	ck_assert_uint_eq(make(st, of_contact(CHANGE_BLOCK, "big", NULL)).put,
	    LIMIT_CONTACT_VALUES);
	ck_assert_uint_eq(live(st, "v199@example.com"), 1);
	close_whole(st);
}
END_TEST

START_TEST(a_value_has_limits)
{
	struct store *st = open_as(STORE_WRITE);
	struct change c[2 * LIMIT_VALUE_CONTACTS];
	struct change_result r[2 * LIMIT_VALUE_CONTACTS];
	char id[20];

	for (int i = 0; i < LIMIT_VALUE_CONTACTS; i++) {
		snprintf(id, sizeof(id), "c%d", i);
		c[2 * i] = of_contact(CHANGE_CREATE, id, "One of many");
		c[2 * i + 1] = of_link(CHANGE_LINK, id, "info@example.com");
	}
	ck_assert_msg(store_change(st, c, ARRAY_LEN(c), r, &err), "%s",
	    err.text);
	make(st, of_contact(CHANGE_CREATE, "last", "Last"));
	refused(st, of_link(CHANGE_LINK, "last", "info@example.com"),
	    "200 contacts already");
	close_whole(st);
}
END_TEST

START_TEST(tells_what_happened_to_all_of_it)
{
	struct store *st = with_joe();

	make(st, change_of(CHANGE_ADD, "joe@example.com", SOURCE_BOUNCED, "*"));
	make(st, change_of(CHANGE_ADD, "else@example.com", SOURCE_USER, "*"));
	make(st, of_contact(CHANGE_BLOCK, "c1", NULL));
	tells(st, HISTORY, "c1",
	    "add joe@work.example;add joe@example.com;block c1;"
	    "add joe@example.com;"
	    "link joe@work.example;link joe@example.com;name c1;");
	make(st, of_contact(CHANGE_UNBLOCK, "c1", NULL));
	make(st, of_contact(CHANGE_FORGET, "c1", NULL));
	tells(st, HISTORY, "c1",
	    "forget c1;unlink joe@work.example;unlink joe@example.com;"
	    "unblock c1;block c1;link joe@work.example;link joe@example.com;"
	    "name c1;");
	close_whole(st);
}
END_TEST

START_TEST(lists_in_pages)
{
	struct store *st = open_as(STORE_WRITE);
	struct contact_filter f = { .limit = 1 };
	struct change_result r[40];
	char id[20], name[20], *text;
	struct change c[40];
	size_t len;

	for (int i = 0; i < 40; i++) {
		snprintf(id, sizeof(id), "c%d", i);
		snprintf(name, sizeof(name), "Name %d", i);
		c[i] = of_contact(CHANGE_CREATE, id, name);
	}
	ck_assert_msg(store_change(st, c, ARRAY_LEN(c), r, &err), "%s",
	    err.text);
	for (int i = 0; i < 41; i++) {
		FILE *out = open_memstream(&text, &len);

		ck_assert(contact_list(st, &f, write_contact, out, &err));
		fclose(out);
		ck_assert_msg((len > 0) == (i < 40), "%d: %s", i, text);
		if (len > 0)
			(void)span_copy((struct span){ text, len - 1 }, f.after,
			    sizeof(f.after));
		free(text);
	}
	tells(st, LIST, "name 17", "c17;");
	tells(st, LIST, "C39", "c39;");
	close_whole(st);
}
END_TEST

/* What a new process and an index that is made anew know. */
START_TEST(outlives_the_index)
{
	struct store *st = with_joe();
	uint64_t events;

	make(st, of_contact(CHANGE_BLOCK, "c1", NULL));
	store_close(st);
	st = open_as(STORE_WRITE);
	ck_assert(get(st, "c1").blocked > 0);
	ck_assert_msg(store_rebuild(st, &events, &err), "%s", err.text);
	ck_assert(get(st, "c1").blocked > 0);
	tells(st, VALUES, "c1",
	    "joe@example.com 1 1 0;joe@work.example 1 1 0;");
	make(st, of_link(CHANGE_LINK, "c1", "late@example.com"));
	ck_assert_uint_eq(live(st, "late@example.com"), 1);
	close_whole(st);
}
END_TEST

static Suite *
contact_suite(void)
{
	Suite *s = suite_create("contact");
	TCase *t = tcase_create("contact");

	tcase_add_checked_fixture(t, scratch_begin, scratch_end);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, links_both_ways);
	tcase_add_test(t, names);
	tcase_add_test(t, kinds_do_not_mix);
	tcase_add_test(t, a_block_reaches_all_now_and_later);
	tcase_add_test(t, a_block_is_one_batch);
	tcase_add_test(t, unblock_lifts_only_what_the_block_put);
	tcase_add_test(t, remove_leaves_what_the_block_put);
	tcase_add_test(t, a_wish_wants_force);
	tcase_add_test(t, a_shared_value_counts_for_both);
	tcase_add_test(t, forgets_who_is_free_only);
	tcase_add_test(t, leaving_lifts_nothing);
	tcase_add_test(t, has_limits);
	tcase_add_test(t, a_value_has_limits);
	tcase_add_test(t, tells_what_happened_to_all_of_it);
	tcase_add_test(t, lists_in_pages);
	tcase_add_test(t, outlives_the_index);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(contact_suite)
