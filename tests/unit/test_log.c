#include "tests/unit/unit.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "tests/unit/exact.h"
#include "tests/unit/scratch.h"

static const struct {
	const char *in;
	const char *want;
} texts[] = {
	{ "", "" },
	{ "plain ~ text", "plain ~ text" },
	{ "b\xC3\xBC"
	  "cher \xF0\x9F\x98\x80",
	    "b\xC3\xBC"
	    "cher \xF0\x9F\x98\x80" },
	/* control bytes: no second line, no terminal sequence */
	{ "a\nb", "a\\x0ab" },
	{ "a\r\tb", "a\\x0d\\x09b" },
	{ "\x1B[2J\x07", "\\x1b[2J\\x07" },
	{ "\x7F", "\\x7f" },
	{ "\xC2\x9B"
	  "2J",
	    "\\xc2\\x9b"
	    "2J" }, /* CSI of ISO 6429 */
	{ "\xC2\xA0", "\xC2\xA0" },
	/* what is not UTF-8 */
	{ "\xFF", "\\xff" },
	{ "\xC3", "\\xc3" },
	{ "\xC3(", "\\xc3(" },
	{ "\xE2\x82", "\\xe2\\x82" },
	{ "\xED\xA0\x80", "\\xed\\xa0\\x80" },
	/* what ends a line or turns the direction (Unicode UAX 9) */
	{ "a\xE2\x80\xA8"
	  "b",
	    "a\\xe2\\x80\\xa8"
	    "b" },
	{ "\xE2\x80\xA9", "\\xe2\\x80\\xa9" },
	{ "\xE2\x80\xAE"
	  "moc.elpmaxe",
	    "\\xe2\\x80\\xae"
	    "moc.elpmaxe" },
	{ "\xE2\x80\xAA\xE2\x81\xA6\xE2\x81\xA9",
	    "\\xe2\\x80\\xaa\\xe2\\x81\\xa6\\xe2\\x81\\xa9" },
	{ "\xE2\x80\x8F\xD8\x9C", "\\xe2\\x80\\x8f\\xd8\\x9c" },
	{ "\xE2\x80\xA7\xE2\x80\xAF", "\xE2\x80\xA7\xE2\x80\xAF" },
};

START_TEST(escapes)
{
	struct span in = exact(texts[_i].in);
	struct buf out;

	buf_init(&out, 1000);
	log_escape(in, &out);
	exact_free(in);
	ck_assert_str_eq(buf_text(&out), texts[_i].want);
	buf_done(&out);
}
END_TEST

START_TEST(escapes_nul)
{
	struct buf out;

	buf_init(&out, 100);
	log_escape((struct span){ "a\0b", 3 }, &out);
	ck_assert_str_eq(buf_text(&out), "a\\x00b");
	buf_done(&out);
}
END_TEST

/* Standard error goes to a file; what stands in it afterwards, heap. */
static char path[128];

static void
begin(void)
{
	int fd;

	scratch_begin();
	snprintf(path, sizeof(path), "%s/log", scratch_dir);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (fd < 0 || dup2(fd, STDERR_FILENO) < 0)
		abort();
	close(fd);
	unsetenv("JOURNAL_STREAM");
}

static void
ck_log_is(const char *want)
{
	struct error err = { 0 };
	struct buf got;

	buf_init(&got, 100000);
	ck_assert(file_read_path(path, &got, &err));
	ck_assert_str_eq(buf_text(&got), want);
	buf_done(&got);
}

START_TEST(writes_one_line)
{
	log_open("suppressd", false, LOG_LEVEL_INFO);
	log_info("%s: %d", "joe@example.com\nforged: line", 7);
	log_error("b");
	log_debug("not this");
	ck_log_is("suppressd: joe@example.com\\x0aforged: line: 7\n"
		  "suppressd: b\n");
}
END_TEST

START_TEST(keeps_to_a_level)
{
	log_open("x", false, LOG_LEVEL_WARNING);
	log_error("1");
	log_warning("2");
	log_info("3");
	log_debug("4");
	log_open("x", false, LOG_LEVEL_DEBUG);
	log_debug("5");
	ck_log_is("x: 1\nx: 2\nx: 5\n");
}
END_TEST

/* sd-daemon(3) and systemd.exec(5), JOURNAL_STREAM: device and inode. */
START_TEST(tells_the_journal_the_priority)
{
	struct stat st;
	char stream[64];

	ck_assert_int_eq(fstat(STDERR_FILENO, &st), 0);
	snprintf(stream, sizeof(stream), "%ju:%ju", (uintmax_t)st.st_dev,
	    (uintmax_t)st.st_ino);
	setenv("JOURNAL_STREAM", stream, 1);
	log_open("x", false, LOG_LEVEL_DEBUG);
	log_error("a");
	log_warning("b");
	log_info("c");
	log_debug("d");
	/* Standard error was led elsewhere: no journal reads this. */
	setenv("JOURNAL_STREAM", "1:1", 1);
	log_open("x", false, LOG_LEVEL_DEBUG);
	log_error("e");
	ck_log_is("<3>a\n<4>b\n<6>c\n<7>d\nx: e\n");
}
END_TEST

/* A long line is cut, at a character, and stays one line. */
START_TEST(cuts_long_lines)
{
	struct error err = { 0 };
	struct buf text, got;

	buf_init(&text, 10000);
	for (int i = 0; i < _i; i++)
		buf_add_char(&text, 'a');
	for (int i = 0; i < 3000; i++)
		buf_add_text(&text, "\xC3\xBC");
	log_open("x", false, LOG_LEVEL_INFO);
	log_info("%s", buf_text(&text));
	buf_init(&got, 100000);
	ck_assert(file_read_path(path, &got, &err));
	ck_assert_uint_gt(got.len, 4000);
	ck_assert_uint_lt(got.len, 4200);
	ck_assert_mem_eq(got.p, "x: ", 3);
	ck_assert_mem_eq(got.p + 3, text.p, got.len - 4);
	ck_assert_int_eq(got.p[got.len - 1], '\n');
	ck_assert_int_eq((unsigned char)got.p[got.len - 2], 0xBC);
	buf_done(&text);
	buf_done(&got);
}
END_TEST

static Suite *
log_suite(void)
{
	Suite *s = suite_create("log");
	TCase *t = tcase_create("log");
	TCase *lines = tcase_create("lines");

	tcase_add_loop_test(t, escapes, 0, ARRAY_LEN(texts));
	tcase_add_test(t, escapes_nul);
	tcase_add_checked_fixture(lines, begin, scratch_end);
	tcase_add_test(lines, writes_one_line);
	tcase_add_test(lines, keeps_to_a_level);
	tcase_add_test(lines, tells_the_journal_the_priority);
	tcase_add_loop_test(lines, cuts_long_lines, 0, 2);
	suite_add_tcase(s, t);
	suite_add_tcase(s, lines);
	return s;
}

UNIT_MAIN(log_suite)
