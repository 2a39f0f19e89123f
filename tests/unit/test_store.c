#include "tests/unit/unit.h"

#include <pthread.h>
#include <string.h>
#include <sys/stat.h>

#include "db/query.h"
#include "tests/unit/spoil.h"
#include "tests/unit/stores.h"

START_TEST(keeps_what_was_added)
{
	struct store *st = open_as(STORE_WRITE);

	ck_assert_uint_eq(live(st, "joe@example.com"), 0);
	ck_assert(
	    make(st, change_of(CHANGE_ADD, "Joe@Example.com", SOURCE_USER, "*"))
		.changed);
	ck_assert_uint_eq(live(st, "joe@example.com"), 1);
	make(st, change_of(CHANGE_ADD, "joe@example.com", SOURCE_BOUNCED, "*"));
	ck_assert_uint_eq(live(st, "joe@example.com"), 2);
	store_close(st);
	st = open_as(STORE_READ);
	ck_assert_uint_eq(live(st, "joe@example.com"), 2);
	ck_assert_uint_eq(live(st, "jim@example.com"), 0);
	ck_assert_uint_eq(faults(st), 0);
	store_close(st);
}
END_TEST

START_TEST(removes_what_it_names)
{
	struct store *st = open_as(STORE_WRITE);
	struct change_result r;
	struct change c;

	make(st, change_of(CHANGE_ADD, "a@x.test", SOURCE_USER, "*"));
	make(st, change_of(CHANGE_ADD, "a@x.test", SOURCE_LEAD, "news"));
	make(st, change_of(CHANGE_ADD, "a@x.test", SOURCE_ABUSE, "*"));
	/* Somebody's own wish stays without force. */
	r = make(st, change_of(CHANGE_REMOVE, "a@x.test", 0, ""));
	ck_assert(r.changed && r.kept && r.lifted == 1);
	ck_assert_uint_eq(live(st, "a@x.test"), 2);
	c = change_of(CHANGE_REMOVE, "a@x.test", SOURCE_LEAD, "other");
	c.force = true;
	r = make(st, c);
	ck_assert(!r.changed && !r.kept && r.lifted == 0);
	c = change_of(CHANGE_REMOVE, "a@x.test", SOURCE_LEAD, "news");
	c.force = true;
	ck_assert(make(st, c).changed);
	ck_assert_uint_eq(live(st, "a@x.test"), 1);
	/* Nothing happened to a value that nobody ever added. */
	ck_assert(
	    !make(st, change_of(CHANGE_REMOVE, "b@x.test", 0, "")).changed);
	ck_assert_uint_eq(faults(st), 0);
	store_close(st);
}
END_TEST

START_TEST(counts_a_repeated_reason)
{
	struct store *st = open_as(STORE_WRITE);
	struct change c =
	    change_of(CHANGE_ADD, "a@x.test", SOURCE_BOUNCED, "*");
	struct record rec;
	bool found;

	c.expires = 4200000000;
	make(st, c);
	c.expires = 4100000000; /* never weaker */
	make(st, c);
	make(st, c);
	ck_assert(store_get(st, &c.value, &rec, &found, &err) && found);
	ck_assert_uint_eq(rec.reasons_n, 1);
	ck_assert_uint_eq(rec.reasons[0].count, 3);
	ck_assert_uint_eq(rec.covers_n, 0);
	record_done(&rec);
	store_close(st);
}
END_TEST

START_TEST(same_report_changes_nothing)
{
	struct store *st = open_as(STORE_WRITE);
	struct change two[2];
	struct change_result r[2];

	two[0] = change_of(CHANGE_ADD, "a@x.test", SOURCE_BOUNCED, "*");
	snprintf(two[0].evidence.report, LIMIT_WORD_TEXT, "bounce");
	snprintf(two[0].evidence.ref, LIMIT_WORD_TEXT, "0123");
	two[1] = two[0];
	/* Neither within a batch nor later. */
	ck_assert(store_change(st, two, 2, r, &err));
	ck_assert(r[0].changed && !r[1].changed);
	ck_assert(!make(st, two[0]).changed);
	snprintf(two[0].evidence.ref, LIMIT_WORD_TEXT, "0124");
	ck_assert(make(st, two[0]).changed);
	store_close(st);
}
END_TEST

START_TEST(all_or_none)
{
	struct store *st = open_as(STORE_WRITE);
	struct change *many = mem_new(3000, sizeof(*many));
	struct change_result *r = mem_new(3000, sizeof(*r));
	struct store_totals t;

	for (int i = 0; i < 3000; i++) {
		char text[40];

		snprintf(text, sizeof(text), "user%d@x.test", i);
		many[i] = change_of(CHANGE_ADD, text, SOURCE_USER, "*");
	}
	/* 1,001 reasons are refused, and with them all of the batch. */
	for (int i = 1000; i < 2100; i++) {
		many[i] = change_of(CHANGE_ADD, "one@x.test", SOURCE_USER, "");
		snprintf(many[i].stream, sizeof(many[i].stream), "s%d", i);
	}
	ck_assert(!store_change(st, many, 3000, r, &err));
	ck_assert_int_eq(err.code, ERROR_LIMIT);
	ck_assert_uint_eq(live(st, "user0@x.test"), 0);
	ck_assert(store_change(st, many, 1900, r, &err));
	ck_assert_uint_eq(live(st, "one@x.test"), 900);
	ck_assert(store_verify(st, complain, NULL, &t, &err));
	ck_assert_uint_eq(t.events, 1900);
	ck_assert_uint_eq(t.values, 1001);
	ck_assert_uint_eq(t.faults, 0);
	store_close(st);
	free(many);
	free(r);
}
END_TEST

static void
add_hundred(void)
{
	struct store *st = open_as(STORE_WRITE);

	add_users(st, 0, 100);
	store_close(st);
}

START_TEST(lost_index_is_rebuilt)
{
	struct store *st;
	char path[128];

	add_hundred();
	for (int i = 0; i < 64; i += 3) {
		char name[32];

		snprintf(name, sizeof(name), "index/%02x.tdb", i);
		path_of(name, path);
		ck_assert_int_eq(unlink(path), 0);
	}
	st = open_as(STORE_WRITE);
	check_users(st, 100);
	ck_assert_uint_eq(faults(st), 0);
	store_close(st);
}
END_TEST

static int
add_late(void)
{
	struct store *st = open_as(STORE_WRITE);

	make(st, change_of(CHANGE_ADD, "late@x.test", SOURCE_USER, "*"));
	store_close(st);
	return 0;
}

/* Who looks all the time, as suppressd-web, goes on in the new one. */
START_TEST(who_looks_notices_a_lost_index)
{
	char path[128], lost[128];
	struct other writer;
	struct store *st;

	add_hundred();
	other_start(&writer, add_late);
	st = open_as(STORE_READ);
	check_users(st, 100);
	path_of("index", path);
	path_of("lost", lost);
	ck_assert_int_eq(rename(path, lost), 0);
	ck_assert_int_eq(other_run(&writer), 0);
	ck_assert_uint_eq(live(st, "late@x.test"), 1);
	check_users(st, 100);
	store_close(st);
}
END_TEST

START_TEST(damaged_index_is_rebuilt)
{
	struct store *st;

	add_hundred();
	for (int i = 0; i < 64; i++) {
		char name[32], path[128], junk[4096];
		int fd;

		snprintf(name, sizeof(name), "index/%02x.tdb", i);
		path_of(name, path);
		memset(junk, i % 2 == 0 ? 0 : 0xA5, sizeof(junk));
		fd = open(path, O_WRONLY);
		ck_assert(pwrite(fd, junk, sizeof(junk), 0) > 0);
		close(fd);
		if (i % 3 == 0)
			ck_assert_int_eq(truncate(path, 100), 0);
	}
	st = open_as(STORE_WRITE);
	check_users(st, 100);
	ck_assert_uint_eq(faults(st), 0);
	store_close(st);
}
END_TEST

START_TEST(wrong_key_is_refused)
{
	const struct store_options options = { .mode = STORE_WRITE };
	char path[128];
	int fd;

	add_hundred();
	path_of("key", path);
	fd = open(path, O_WRONLY);
	ck_assert(pwrite(fd, "00000000", 8, 0) == 8);
	close(fd);
	ck_assert(store_open(scratch_dir, &options, &err) == NULL);
	ck_assert_int_eq(err.code, ERROR_REFUSED);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert(store_open(scratch_dir, &options, &err) == NULL);
	ck_assert_int_eq(err.code, ERROR_REFUSED);
	ck_assert(strstr(err.text, "key") != NULL);
}
END_TEST

START_TEST(journal_cut_behind_the_index_is_refused)
{
	const struct store_options options = { .mode = STORE_WRITE };
	char path[128];
	struct stat st;

	add_hundred();
	path_of("journal/0000000001.jsonl", path);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(truncate(path, st.st_size - 10), 0);
	ck_assert(store_open(scratch_dir, &options, &err) == NULL);
	ck_assert_int_eq(err.code, ERROR_CORRUPT);
	/* Nothing was changed: the same again. */
	ck_assert(store_open(scratch_dir, &options, &err) == NULL);
}
END_TEST

struct adder {
	struct store *st;
	int number;
};

static void *
add_many(void *arg)
{
	struct adder *a = arg;

	for (int i = 0; i < 50; i++) {
		struct change c = { .op = CHANGE_ADD,
			.source = SOURCE_USER,
			.stream = "*" };
		struct change_result r;
		struct error bad;
		char text[40];

		snprintf(text, sizeof(text), "t%d-%d@x.test", a->number, i);
		if (!value_parse(span_of(text), &c.value, &bad) ||
		    !store_change(a->st, &c, 1, &r, &bad) || !r.changed)
			return arg;
	}
	return NULL;
}

/* For a daemon, threads help with a commit. */
static struct store *
open_alone_or_serving(int serving)
{
	struct store *st = open_as(STORE_WRITE);

	if (serving == 1)
		ck_assert_msg(store_serve(st, NULL, &err), "%s", err.text);
	return st;
}

static void
check_totals(struct store *st, uint64_t suppressed)
{
	struct store_totals t;

	ck_assert(store_verify(st, complain, NULL, &t, &err));
	ck_assert_uint_eq(t.suppressed, suppressed);
	ck_assert_uint_eq(t.faults, 0);
}

START_TEST(many_threads)
{
	struct store *st = open_alone_or_serving(_i);
	struct adder adders[8];
	pthread_t threads[8];

	for (int i = 0; i < 8; i++) {
		adders[i] = (struct adder){ st, i };
		pthread_create(&threads[i], NULL, add_many, &adders[i]);
	}
	for (int i = 0; i < 8; i++) {
		void *failed;

		pthread_join(threads[i], &failed);
		ck_assert(failed == NULL);
	}
	check_totals(st, 400);
	store_close(st);
}
END_TEST

/* u{batch}-0@x.test to u{batch}-{n-1}@x.test. */
static void
add_at_once(struct store *st, int batch, int n)
{
	struct change *many = mem_new((size_t)n, sizeof(*many));
	struct change_result *r = mem_new((size_t)n, sizeof(*r));

	for (int i = 0; i < n; i++) {
		many[i] = (struct change){ .op = CHANGE_ADD,
			.source = SOURCE_USER,
			.stream = "*",
			.value = { .kind = KIND_EMAIL } };
		snprintf(many[i].value.text, LIMIT_VALUE_TEXT, "u%d-%d@x.test",
		    batch, i);
	}
	ck_assert_msg(store_change(st, many, (size_t)n, r, &err), "%s",
	    err.text);
	free(many);
	free(r);
}

/* A quarter of the shards is overwritten while they are open; each gets some of
 * the second batch. */
START_TEST(makes_anew_what_a_commit_meets)
{
	struct store *st = open_alone_or_serving(_i);

	add_at_once(st, 0, 2000);
	spoil_files(scratch_dir, "index/?[0369].tdb", (char)0xA5);
	add_at_once(st, 1, 2000);
	check_totals(st, 4000);
	store_close(st);
}
END_TEST

static int
add_through_the_socket(void)
{
	const struct store_options options = { .mode = STORE_CHANGE };
	struct store *st = store_open(scratch_dir, &options, &err);
	struct change c[2] = { change_of(CHANGE_ADD, "far@x.test", SOURCE_API,
				   "*"),
		change_of(CHANGE_ADD, "farther@x.test", SOURCE_API, "*") };
	struct change_result r[2];
	bool ok;

	/* A reason without a source: none of them. */
	c[1].source = 0;
	ok = st != NULL && !store_change(st, c, 2, r, &err) &&
	     err.code == ERROR_INVALID && live(st, "far@x.test") == 0;
	c[1].source = SOURCE_API;
	ok = ok && store_change(st, c, 2, r, &err) && r[0].changed &&
	     r[1].changed && live(st, "far@x.test") == 1 &&
	     live(st, "farther@x.test") == 1;

	store_close(st);
	return ok ? 0 : 1;
}

static int
write_while_locked(void)
{
	const struct store_options options = { .mode = STORE_WRITE };

	return store_open(scratch_dir, &options, &err) == NULL &&
		       err.code == ERROR_BUSY
		   ? 0
		   : 1;
}

START_TEST(serves_other_processes)
{
	struct other adder, writer;
	struct store *st;

	other_start(&adder, add_through_the_socket);
	st = open_as(STORE_WRITE);
	ck_assert_msg(store_serve(st, NULL, &err), "%s", err.text);
	ck_assert_int_eq(other_run(&adder), 0);
	ck_assert_uint_eq(live(st, "far@x.test"), 1);
	store_close(st);
	other_start(&writer, write_while_locked);
	st = open_as(STORE_WRITE);
	ck_assert_int_eq(other_run(&writer), 0);
	store_close(st);
}
END_TEST

START_TEST(changes_without_a_daemon)
{
	struct other adder;

	add_hundred();
	other_start(&adder, add_through_the_socket);
	ck_assert_int_eq(other_run(&adder), 0);
}
END_TEST

static bool
count_row(const struct reason_row *row, void *arg)
{
	size_t *n = arg;

	ck_assert_str_eq(row->first->by, "alice");
	(*n)++;
	return true;
}

START_TEST(lists_by_filter)
{
	struct store *st = open_as(STORE_WRITE);
	struct filter f = { .source = SOURCE_BOUNCED };
	size_t n = 0;

	make(st, change_of(CHANGE_ADD, "a@x.test", SOURCE_USER, "*"));
	make(st, change_of(CHANGE_ADD, "a@x.test", SOURCE_BOUNCED, "*"));
	make(st, change_of(CHANGE_ADD, "b@x.test", SOURCE_BOUNCED, "*"));
	make(st, change_of(CHANGE_ADD, "@c.test", SOURCE_USER, "*"));
	ck_assert(query_list(st, &f, 1000, count_row, &n, &err));
	ck_assert_uint_eq(n, 2);
	n = 0;
	f = (struct filter){ .kind = KIND_DOMAIN };
	ck_assert(query_list(st, &f, 1000, count_row, &n, &err));
	ck_assert_uint_eq(n, 1);
	n = 0;
	f = (struct filter){ .limit = 1 };
	ck_assert(query_list(st, &f, 1000, count_row, &n, &err));
	ck_assert_uint_le(n, 2); /* both of a@x.test */
	store_close(st);
}
END_TEST

/* Every shard many times over what it was made for. */
START_TEST(grows)
{
	enum { BATCH = 50000, BATCHES = 6 };
	struct store *st = open_alone_or_serving(_i);

	for (int b = 0; b < BATCHES; b++)
		add_at_once(st, b, BATCH);
	ck_assert_uint_eq(live(st, "u0-0@x.test"), 1);
	ck_assert_uint_eq(live(st, "u5-49999@x.test"), 1);
	check_totals(st, BATCH * BATCHES);
	store_close(st);
}
END_TEST

static Suite *
store_suite(void)
{
	Suite *s = suite_create("store");
	TCase *t = tcase_create("store");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, scratch_begin, scratch_end);
	tcase_add_test(t, keeps_what_was_added);
	tcase_add_test(t, removes_what_it_names);
	tcase_add_test(t, counts_a_repeated_reason);
	tcase_add_test(t, same_report_changes_nothing);
	tcase_add_test(t, all_or_none);
	tcase_add_test(t, lost_index_is_rebuilt);
	tcase_add_test(t, who_looks_notices_a_lost_index);
	tcase_add_test(t, damaged_index_is_rebuilt);
	tcase_add_test(t, wrong_key_is_refused);
	tcase_add_test(t, journal_cut_behind_the_index_is_refused);
	tcase_add_test(t, serves_other_processes);
	tcase_add_test(t, changes_without_a_daemon);
	tcase_add_test(t, lists_by_filter);
	suite_add_tcase(s, t);
	t = tcase_create("commits");
	tcase_set_timeout(t, 900); /* 300,000 changes under a sanitizer */
	tcase_add_checked_fixture(t, scratch_begin, scratch_end);
	tcase_add_loop_test(t, many_threads, 0, 2);
	tcase_add_loop_test(t, makes_anew_what_a_commit_meets, 0, 2);
	tcase_add_loop_test(t, grows, 0, 2);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(store_suite)
