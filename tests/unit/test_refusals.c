#include "db/refusals.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

#define NOON INT64_C(1764072000) /* 2025-11-25T12:00:00Z */
#define DAY "2025-11-25"

/* The text alone counts. */
#define ABOUT(name) (&(const struct value){ .text = name })

static struct error err;
static const struct refusals_limits ample = { 36500, 100000000 };

static struct refusal
of(const char *recipient, int64_t at)
{
	struct refusal r = { .at = at,
		.action = "reject",
		.value = "@example.net",
		.source = SOURCE_USER,
		.since = NOON - 100,
		.stream = "news",
		.sender = "a@example.com",
		.login = "shop",
		.client = "192.0.2.1",
		.queue_id = "4Zx",
		.contact = "c1" };

	(void)span_copy(span_of(recipient), r.recipient, sizeof(r.recipient));
	return r;
}

/* The recipients that are read, with a blank behind each. */
static const char *
read_all(const struct refusals_wanted *wanted, uint64_t *lost)
{
	static char all[1024];
	struct refusals_reader *reader;
	struct refusal one;

	all[0] = '\0';
	reader = refusals_read(scratch_dir, wanted, &err);
	ck_assert_msg(reader != NULL, "%s", err.text);
	while (refusals_next(reader, &one))
		snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s ",
		    one.recipient);
	*lost = refusals_reader_lost(reader);
	refusals_reader_close(reader);
	return all;
}

static const char *
everything(void)
{
	const struct refusals_wanted wanted = { 0 };
	uint64_t lost;

	return read_all(&wanted, &lost);
}

/* Adds them in one life of the log, one a second; gives how many were lost. */
static uint64_t
add_all(const struct refusals_limits *limits, int64_t from,
    const char *recipients)
{
	struct refusals *r = refusals_open(scratch_dir, limits, &err);
	struct span rest = span_of(recipients), word;
	char text[LIMIT_VALUE_TEXT];
	uint64_t lost;

	ck_assert_msg(r != NULL, "%s", err.text);
	while (span_cut(&rest, ' ', &word)) {
		struct refusal one;

		(void)span_copy(word, text, sizeof(text));
		one = of(text, from++);
		refusals_add(r, &one);
	}
	lost = refusals_lost(r);
	refusals_close(r);
	return lost;
}

static void
path_to(const char *name, char out[160])
{
	snprintf(out, 160, "%s/refusals/%s", scratch_dir, name);
}

static bool
is_there(const char *name)
{
	char path[160];

	path_to(name, path);
	return access(path, F_OK) == 0;
}

static void
put(const char *name, const char *text)
{
	char path[160];

	path_to("", path);
	(void)mkdir(path, 0750);
	path_to(name, path);
	ck_assert_msg(file_create(path, span_of(text), 0640, &err), "%s",
	    err.text);
}

START_TEST(keeps_all_of_one)
{
	const struct refusals_wanted wanted = { 0 };
	struct refusals_reader *reader;
	struct refusal want = of("\xc3\xbc\"\\\x01@example.net", NOON), got;

	ck_assert_str_eq(everything(), "");
	memset(want.login, 'x', sizeof(want.login) - 1);
	{
		struct refusals *r = refusals_open(scratch_dir, &ample, &err);

		ck_assert_ptr_nonnull(r);
		refusals_add(r, &want);
		refusals_close(r);
	}
	ck_assert(is_there(DAY ".jsonl"));
	reader = refusals_read(scratch_dir, &wanted, &err);
	ck_assert_ptr_nonnull(reader);
	ck_assert(refusals_next(reader, &got));
	ck_assert_int_eq(got.at, want.at);
	ck_assert_str_eq(got.action, want.action);
	ck_assert_str_eq(got.recipient, want.recipient);
	ck_assert_str_eq(got.value, want.value);
	ck_assert_int_eq(got.source, want.source);
	ck_assert_int_eq(got.since, want.since);
	ck_assert_str_eq(got.stream, want.stream);
	ck_assert_str_eq(got.sender, want.sender);
	ck_assert_str_eq(got.login, want.login);
	ck_assert_str_eq(got.client, want.client);
	ck_assert_str_eq(got.queue_id, want.queue_id);
	ck_assert_str_eq(got.contact, want.contact);
	ck_assert(!refusals_next(reader, &got));
	refusals_reader_close(reader);
}
END_TEST

/* a and b before midnight, c and d behind it, in another life. */
static const struct {
	struct refusals_wanted wanted;
	const char *read;
} reads[] = {
	{ { 0 }, "a@x.example b@x.example c@x.example a@x.example " },
	{ { .newest_first = true },
	    "a@x.example c@x.example b@x.example a@x.example " },
	{ { .since = NOON + 1 }, "b@x.example c@x.example a@x.example " },
	{ { .since = NOON + 86400 }, "c@x.example a@x.example " },
	{ { .until = NOON + 1 }, "a@x.example " },
	{ { .since = NOON + 1, .until = NOON + 86401 },
	    "b@x.example c@x.example " },
	{ { .about = ABOUT("a@x.example"), .about_n = 1 },
	    "a@x.example a@x.example " },
	{ { .about = ABOUT("a@x.example"),
	      .about_n = 1,
	      .newest_first = true,
	      .since = NOON + 1 },
	    "a@x.example " },
	{ { .about = ABOUT("@example.net"), .about_n = 1 },
	    "a@x.example b@x.example c@x.example a@x.example " },
	{ { .about = ABOUT("shop"), .about_n = 1 }, "" },
	{ { .about = ABOUT("x.example"), .about_n = 1 }, "" },
	{ { .since = NOON + 10 * 86400 }, "" },
};

START_TEST(reads_what_is_wanted)
{
	uint64_t lost;

	ck_assert_uint_eq(add_all(&ample, NOON, "a@x.example b@x.example"), 0);
	ck_assert_uint_eq(
	    add_all(&ample, NOON + 86400, "c@x.example a@x.example"), 0);
	ck_assert_str_eq(read_all(&reads[_i].wanted, &lost), reads[_i].read);
	ck_assert_uint_eq(lost, 0);
}
END_TEST

/* Threads may come in another order than they asked the clock. */
START_TEST(never_goes_back_in_time)
{
	struct refusals *r = refusals_open(scratch_dir, &ample, &err);
	const struct refusals_wanted wanted = { .since = NOON };
	struct refusal first = of("a@x.example", NOON);
	struct refusal late = of("b@x.example", NOON - 5);
	uint64_t lost;

	refusals_add(r, &first);
	refusals_add(r, &late);
	refusals_close(r);
	ck_assert_str_eq(read_all(&wanted, &lost), "a@x.example b@x.example ");
}
END_TEST

START_TEST(removes_old_days)
{
	const struct refusals_limits week = { 7, 100000000 };
	int64_t today = clock_now() / CLOCK_DAY_S;
	char names[3][CLOCK_TEXT + 8];

	for (int i = 0; i < 3; i++) {
		char date[CLOCK_TEXT];

		clock_format((today - 6 - i) * CLOCK_DAY_S, date);
		snprintf(names[i], sizeof(names[i]), "%.10s.jsonl", date);
		put(names[i], "x\n");
	}
	put("2020-01-01.txt", "not ours");
	ck_assert_uint_eq(add_all(&week, clock_now(), "a@x.example"), 0);
	ck_assert(is_there(names[0]) && is_there(names[1]));
	ck_assert(!is_there(names[2]));
	ck_assert(is_there("2020-01-01.txt"));
	ck_assert_str_eq(everything(), "a@x.example ");
}
END_TEST

/* The oldest day goes first; when there is only today left, the new ones. */
START_TEST(has_a_bound_on_disk)
{
	const struct refusals_limits small = { 36500, 700 };
	char old[401];

	memset(old, '\n', sizeof(old) - 1);
	old[sizeof(old) - 1] = '\0';
	put("2025-11-23.jsonl", old);
	put("2025-11-24.jsonl", old);
	ck_assert_uint_eq(add_all(&small, NOON, "a@x.example"), 0);
	ck_assert(!is_there("2025-11-23.jsonl"));
	ck_assert(is_there("2025-11-24.jsonl"));
	ck_assert_uint_eq(add_all(&small, NOON + 1, "b@x.example"), 0);
	ck_assert(!is_there("2025-11-24.jsonl"));
	ck_assert_str_eq(everything(), "a@x.example b@x.example ");
	(void)add_all(&small, NOON + 2, "c@x.example");
	(void)add_all(&small, NOON + 3, "d@x.example");
	ck_assert_str_eq(everything(), "a@x.example b@x.example ");
}
END_TEST

START_TEST(keeps_none)
{
	const struct refusals_limits none = { 0, 1000 };

	put(DAY ".jsonl", "x\n");
	ck_assert_uint_eq(add_all(&none, NOON, "a@x.example"), 0);
	ck_assert(!is_there(DAY ".jsonl"));
	ck_assert_str_eq(everything(), "");
}
END_TEST

/* What a crash has cut off hides nothing of what comes later. */
START_TEST(bears_a_torn_line)
{
	char path[160];

	ck_assert_uint_eq(add_all(&ample, NOON, "a@x.example b@x.example"), 0);
	path_to(DAY ".jsonl", path);
	{
		struct stat st;

		ck_assert_int_eq(stat(path, &st), 0);
		ck_assert_int_eq(truncate(path, st.st_size - 20), 0);
	}
	ck_assert_str_eq(everything(), "a@x.example ");
	ck_assert_uint_eq(add_all(&ample, NOON + 5, "c@x.example"), 0);
	ck_assert_str_eq(everything(), "a@x.example c@x.example ");
}
END_TEST

/* Where nothing can be written mail goes on, and the next line says so. */
START_TEST(counts_what_is_lost)
{
	struct refusals *r = refusals_open(scratch_dir, &ample, &err);
	const struct refusals_wanted wanted = { .about = ABOUT("c@x.example"),
		.about_n = 1 };
	struct refusal one = of("a@x.example", NOON);
	char path[160];
	uint64_t lost;

	snprintf(path, sizeof(path), "%s/refusals", scratch_dir);
	ck_assert(file_create(path, span_of("in the way"), 0640, &err));
	refusals_add(r, &one);
	one.at++;
	refusals_add(r, &one);
	while (refusals_lost(r) < 2)
		usleep(1000);
	ck_assert_int_eq(unlink(path), 0);
	one = of("c@x.example", NOON + 2);
	refusals_add(r, &one);
	refusals_close(r);
	ck_assert_str_eq(read_all(&wanted, &lost), "c@x.example ");
	ck_assert_uint_eq(lost, 2);
}
END_TEST

static Suite *
refusals_suite(void)
{
	Suite *s = suite_create("refusals");
	TCase *c = tcase_create("refusals");

	tcase_add_checked_fixture(c, scratch_begin, scratch_end);
	tcase_add_test(c, keeps_all_of_one);
	tcase_add_loop_test(c, reads_what_is_wanted, 0, ARRAY_LEN(reads));
	tcase_add_test(c, never_goes_back_in_time);
	tcase_add_test(c, removes_old_days);
	tcase_add_test(c, has_a_bound_on_disk);
	tcase_add_test(c, keeps_none);
	tcase_add_test(c, bears_a_torn_line);
	tcase_add_test(c, counts_what_is_lost);
	suite_add_tcase(s, c);
	return s;
}

UNIT_MAIN(refusals_suite)
