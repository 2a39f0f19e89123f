#include "db/erase.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "db/backup.h"
#include "db/load.h"
#include "db/query.h"
#include "db/store_impl.h"
#include "tests/unit/files.h"
#include "tests/unit/stores.h"

#define JOE "joe@x.test"

static struct erasure
erase(struct store *st, const char *value)
{
	struct erase_order order = { .by = "alice" };
	struct erasure done;

	snprintf(order.why, sizeof(order.why), "asked: %s", value);
	ck_assert(value_parse(span_of(value), &order.value, &err));
	ck_assert_msg(store_erase(st, &order, NULL, NULL, &done, &err), "%s",
	    err.text);
	return done;
}

static void
write_file(const char *name, const char *text)
{
	char path[128];

	path_of(name, path);
	ck_assert_msg(file_create(path, span_of(text), 0640, &err), "%s",
	    err.text);
}

/* Small segments, of which several have JOE. */
static struct store *
filled(void)
{
	struct store *st = open_as(STORE_WRITE);

	journal_set_segment_bytes(st->journal, 4000);
	for (int i = 0; i < 5; i++) {
		struct change c =
		    change_of(CHANGE_ADD, "Joe@x.test", SOURCE_BOUNCED, "*");

		snprintf(c.why, sizeof(c.why), "<%s> unknown", JOE);
		make(st, c);
		add_users(st, 10 * i, 10);
	}
	return st;
}

START_TEST(leaves_the_hash_alone)
{
	struct store *st = filled();
	struct erasure done = erase(st, JOE);

	ck_assert_uint_eq(done.events, 5);
	ck_assert_uint_eq(live(st, JOE), 1);
	ck_assert_uint_eq(faults(st), 0);
	check_users(st, 50);
	/* Nothing is left to do, and another has none of it. */
	ck_assert_uint_eq(erase(st, JOE).events, 0);
	ck_assert_uint_eq(erase(st, "nobody@x.test").events, 0);
	store_close(st);
	ck_assert(!is_in_files(JOE));
	ck_assert(is_in_files("user0@x.test"));
	st = open_as(STORE_WRITE);
	ck_assert_str_eq(store_recovery_note(st), "");
	ck_assert_uint_eq(live(st, JOE), 1);
	store_close(st);
}
END_TEST

START_TEST(the_index_can_be_made_anew)
{
	struct store *st = filled();
	uint64_t events;

	erase(st, JOE);
	ck_assert_msg(store_rebuild(st, &events, &err), "%s", err.text);
	ck_assert_uint_eq(live(st, JOE), 1);
	ck_assert_uint_eq(faults(st), 0);
	store_close(st);
}
END_TEST

static bool
note_event(const struct event *ev, void *arg)
{
	struct buf *said = arg;
	uint8_t hash[VALUE_HASH_BYTES];

	buf_addf(said, "%s %s %s %s\n", names_text(event_op_names, (int)ev->op),
	    value_is_hidden(&ev->value, hash) ? "hidden" : ev->value.text,
	    ev->by, ev->why);
	return true;
}

START_TEST(the_history_says_who_and_why)
{
	struct store *st = open_as(STORE_WRITE);
	const struct filter all = { 0 };
	struct value v;
	struct buf said;

	make(st, change_of(CHANGE_ADD, JOE, SOURCE_USER, "*"));
	erase(st, JOE);
	/* What comes later is kept as the rest is. */
	make(st, change_of(CHANGE_ADD, JOE, SOURCE_ABUSE, "*"));
	buf_init(&said, 10000);
	ck_assert(value_parse(span_of(JOE), &v, &err));
	ck_assert(query_history(st, &v, &all, note_event, &said, &err));
	ck_assert_str_eq(buf_text(&said), "add hidden alice test\n"
					  "erase hidden alice asked: "
					  "**********\n"
					  "add hidden alice test\n");
	buf_done(&said);
	ck_assert_uint_eq(live(st, JOE), 2);
	store_close(st);
	ck_assert(!is_in_files(JOE));
}
END_TEST

START_TEST(the_hash_is_a_value)
{
	struct store *st = filled();
	uint8_t hash[VALUE_HASH_BYTES];
	struct value v;

	erase(st, JOE);
	ck_assert(value_parse(span_of(JOE), &v, &err));
	store_hash(st, &v, hash);
	value_hide(&v, hash);
	ck_assert_uint_eq(live(st, v.text), 1);
	ck_assert(make(st, change_of(CHANGE_REMOVE, v.text, 0, "")).changed);
	ck_assert_uint_eq(live(st, JOE), 0);
	/* By it one erases, too. */
	make(st, change_of(CHANGE_ADD, "jim@x.test", SOURCE_USER, "*"));
	ck_assert(value_parse(span_of("jim@x.test"), &v, &err));
	store_hash(st, &v, hash);
	value_hide(&v, hash);
	ck_assert_uint_eq(erase(st, v.text).events, 1);
	store_close(st);
	ck_assert(!is_in_files("jim@x.test"));
}
END_TEST

START_TEST(a_contact_keeps_it_by_hash)
{
	struct store *st = open_as(STORE_WRITE);
	struct change c = { .op = CHANGE_CREATE, .by = "alice" };

	change_contact(&c.value, "c1", "Joe, " JOE);
	make(st, c);
	c = change_of(CHANGE_LINK, JOE, 0, "");
	(void)span_copy(span_of("c1"), c.contact, sizeof(c.contact));
	make(st, c);
	erase(st, JOE);
	/* A block reaches it, and so does the end of the link. */
	c = (struct change){ .op = CHANGE_BLOCK,
		.source = SOURCE_USER,
		.stream = "*" };
	change_contact(&c.value, "c1", NULL);
	make(st, c);
	ck_assert_uint_eq(live(st, JOE), 1);
	c = change_of(CHANGE_UNLINK, JOE, 0, "");
	(void)span_copy(span_of("c1"), c.contact, sizeof(c.contact));
	ck_assert(make(st, c).changed);
	ck_assert_uint_eq(faults(st), 0);
	store_close(st);
	ck_assert(!is_in_files(JOE));
}
END_TEST

START_TEST(reaches_quarantine_and_refusals)
{
	struct store *st = filled();
	const struct refusals_limits ample = { 36500, 100000000 };
	struct refusals *log = refusals_open(scratch_dir, &ample, &err);
	struct refusal r = { .at = clock_now(),
		.action = "reject",
		.recipient = JOE,
		.value = JOE,
		.source = SOURCE_USER,
		.since = 1000,
		.stream = "*",
		.sender = "shop@x.test" };
	struct value hidden = { .kind = KIND_EMAIL };
	const struct refusals_wanted about = { .about = &hidden, .about_n = 1 };
	struct refusals_reader *reader;
	struct erasure done;
	int waited;

	refusals_hide(log, st);
	write_file("quarantine/1-2.jsonl", "{\"v\":1,\"value\":\"" JOE "\"");
	refusals_add(log, &r);
	/* It is written by a thread. */
	for (waited = 0; waited < 1000 && !is_in_files(JOE "\",\"value");
	     waited++)
		usleep(10000);
	done = erase(st, JOE);
	ck_assert_uint_eq(done.refusals, 1);
	ck_assert_uint_eq(done.files, 1);
	/* The daemon goes on in the new file, also with what it began to refuse
	 * before. */
	(void)span_copy(span_of("user1@x.test"), r.recipient,
	    sizeof(r.recipient));
	refusals_add(log, &r);
	refusals_close(log);
	ck_assert(store_hide(st, r.value));
	ck_assert_int_eq(strncmp(r.value, "email#", 6), 0);
	memcpy(hidden.text, r.value, sizeof(hidden.text));
	reader = refusals_read(scratch_dir, &about, &err);
	ck_assert(refusals_next(reader, &r) && refusals_next(reader, &r));
	ck_assert_str_eq(r.recipient, "user1@x.test");
	refusals_reader_close(reader);
	store_close(st);
	ck_assert(!is_in_files(JOE));
}
END_TEST

START_TEST(a_writer_goes_on_with_it)
{
	struct store *st = filled();
	struct value v;
	char path[128];

	store_close(st);
	write_file("erasing",
	    "{\"kind\":\"email\",\"text\":\"" JOE "\",\"by\":\"bob\","
	    "\"why\":\"asked\"}\n");
	write_file("erasing.new", "{\"kind\":\"email\",\"text\":\"" JOE);
	st = open_as(STORE_WRITE);
	ck_assert_str_eq(store_recovery_note(st), "");
	ck_assert_uint_eq(live(st, JOE), 1);
	ck_assert_uint_eq(faults(st), 0);
	ck_assert(value_parse(span_of(JOE), &v, &err));
	ck_assert(store_hide(st, v.text));
	ck_assert_ptr_null(strchr(v.text, '@'));
	store_close(st);
	path_of("erasing", path);
	ck_assert(access(path, F_OK) != 0);
	ck_assert(!is_in_files(JOE));
}
END_TEST

/* Mail goes on where it can't be finished, and the note says so. */
START_TEST(a_mark_that_is_unreadable)
{
	struct store *st = filled();
	char path[128];

	store_close(st);
	path_of("erasing", path);
	ck_assert(mkdir(path, 0700) == 0);
	st = open_as(STORE_WRITE);
	ck_assert_ptr_nonnull(
	    strstr(store_recovery_note(st), "erasure is not finished"));
	ck_assert_uint_eq(live(st, JOE), 1);
	store_close(st);
}
END_TEST

static int
ask(void)
{
	struct erase_order order = { .by = "alice" };
	struct store *st = open_as(STORE_CHANGE);
	struct erasure done;
	bool ok;

	ok = st->client != NULL &&
	     value_parse(span_of(JOE), &order.value, &err) &&
	     store_erase(st, &order, NULL, NULL, &done, &err);
	store_close(st);
	return ok && done.events == 5 ? 0 : 1;
}

START_TEST(goes_through_the_daemon)
{
	struct other o;
	struct store *st;

	other_start(&o, ask);
	st = filled();
	ck_assert_msg(store_serve(st, NULL, &err), "%s", err.text);
	ck_assert_int_eq(other_run(&o), 0);
	ck_assert_uint_eq(live(st, JOE), 1);
	add_users(st, 50, 10);
	ck_assert_uint_eq(faults(st), 0);
	store_close(st);
	ck_assert(!is_in_files(JOE));
}
END_TEST

static bool
keep_first(const struct reason_row *row, void *arg)
{
	(void)span_copy(span_of(row->value.text), arg, LIMIT_VALUE_TEXT);
	return true;
}

/* Whoever has the journal open reads what stands there now. */
START_TEST(no_reader_goes_on_with_the_old_file)
{
	struct store *st = filled();
	char text[LIMIT_VALUE_TEXT] = "";
	struct value v;
	size_t n;

	ck_assert(value_parse(span_of(JOE), &v, &err));
	ck_assert(query_value(st, &v, 1000, keep_first, text, &n, &err));
	ck_assert_str_eq(text, JOE);
	erase(st, JOE);
	ck_assert(query_value(st, &v, 1000, keep_first, text, &n, &err));
	ck_assert_ptr_null(strchr(text, '@'));
	store_close(st);
}
END_TEST

START_TEST(no_backup_has_it)
{
	struct store *st = filled();
	char path[128], copy[128];
	int fd;

	erase(st, JOE);
	path_of("backup", path);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
	ck_assert(backup_write(st, fd, 1000, NULL, NULL, &err));
	ck_assert(lseek(fd, 0, SEEK_SET) == 0);
	path_of("copy", copy);
	ck_assert_msg(backup_read(fd, copy, &err), "%s", err.text);
	close(fd);
	store_close(st);
	ck_assert(!is_in_files(JOE));
	ck_assert(is_in_files("user0@x.test"));
}
END_TEST

START_TEST(a_contact_is_no_value)
{
	struct erase_order order = { .by = "alice" };
	struct store *st = open_as(STORE_WRITE);
	struct erasure done;

	change_contact(&order.value, "c1", NULL);
	ck_assert(!store_erase(st, &order, NULL, NULL, &done, &err));
	ck_assert_int_eq(err.code, ERROR_INVALID);
	store_close(st);
}
END_TEST

static Suite *
erase_suite(void)
{
	Suite *s = suite_create("erase");
	TCase *t = tcase_create("erase");

	tcase_add_checked_fixture(t, scratch_begin, scratch_end);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, leaves_the_hash_alone);
	tcase_add_test(t, the_index_can_be_made_anew);
	tcase_add_test(t, the_history_says_who_and_why);
	tcase_add_test(t, the_hash_is_a_value);
	tcase_add_test(t, a_contact_keeps_it_by_hash);
	tcase_add_test(t, reaches_quarantine_and_refusals);
	tcase_add_test(t, a_writer_goes_on_with_it);
	tcase_add_test(t, a_mark_that_is_unreadable);
	tcase_add_test(t, goes_through_the_daemon);
	tcase_add_test(t, no_reader_goes_on_with_the_old_file);
	tcase_add_test(t, no_backup_has_it);
	tcase_add_test(t, a_contact_is_no_value);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(erase_suite)
