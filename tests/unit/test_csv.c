#include "base/csv.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "tests/unit/unit.h"

static struct error err;

static int
file_of(const char *text, size_t len)
{
	int fd = memfd_create("csv", MFD_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert(file_pwrite_all(fd, text, len, 0));
	return fd;
}

/* Records as "line:text|", bad ones as "line!|". */
static void
read_all(const char *text, size_t len, char separator, struct buf *out)
{
	int fd = file_of(text, len);
	enum csv_result result;
	struct csv_reader r;
	struct span record;
	uint64_t line;

	csv_open(&r, fd);
	r.separator = separator;
	while ((result = csv_next(&r, &record, &line, &err)) != CSV_END) {
		ck_assert_int_ne(result, CSV_ERROR);
		buf_addf(out, "%d", (int)line);
		buf_add_char(out, result == CSV_BAD ? '!' : ':');
		if (result == CSV_RECORD)
			buf_add_span(out, record);
		buf_add_char(out, '|');
	}
	csv_close(&r);
	close(fd);
}

static const struct {
	const char *in;
	char separator;
	const char *want;
} records[] = {
	{ "", ',', "" },
	{ "a\nb\n", ',', "1:a|2:b|" },
	{ "a\r\nb", ',', "1:a|2:b|" },
	{ "\xEF\xBB\xBF"
	  "a\n",
	    ',', "1:a|" },
	{ "a\n\nb\n", ',', "1:a|2:|3:b|" },
	/* RFC 4180, 2.6: a line end in quotes */
	{ "a,\"b\r\nc\",d\ne\n", ',', "1:a,\"b\r\nc\",d|3:e|" },
	{ "\"a\n\"\"b\"\nc\n", ',', "1:\"a\n\"\"b\"|3:c|" },
	{ "a;\"b\nc\"\n", ';', "1:a;\"b\nc\"|" },
	{ "\"a\nb\"", ',', "1:\"a\nb\"|" },
	/* a quote within a field is a quote */
	{ "5\" pipe\nb\n", ',', "1:5\" pipe|2:b|" },
	/* no quotes in a list */
	{ "\"a\nb\"\n", '\0', "1:\"a|2:b\"|" },
	{ "\"a\nb\nc\n", ',', "1!|2:b|3:c|" },
};

START_TEST(cuts_records)
{
	struct buf got;

	buf_init(&got, 1000);
	read_all(records[_i].in, strlen(records[_i].in), records[_i].separator,
	    &got);
	ck_assert_str_eq(buf_text(&got), records[_i].want);
	buf_done(&got);
}
END_TEST

/* A line that is too long is named, and the one behind it is read. */
START_TEST(bounds_a_line)
{
	size_t len = 3 * 1024 * 1024;
	char *text = mem_new(len + 4, 1);
	struct buf got;

	memset(text, 'x', len);
	memcpy(text + len, "\nb\n", 4);
	buf_init(&got, 1000);
	read_all(text, len + 3, ',', &got);
	ck_assert_str_eq(buf_text(&got), "1!|2:b|");
	ck_assert_ptr_nonnull(strstr(err.text, "65536"));
	buf_done(&got);
	free(text);
}
END_TEST

/* Blocks end in the middle of records. */
START_TEST(reads_many)
{
	size_t n = 200000, total = 0;
	char *text = mem_new(n, 16);
	enum csv_result result;
	struct csv_reader r;
	struct span record;
	uint64_t line;
	int fd;

	for (size_t i = 0; i < n; i++)
		total += (size_t)snprintf(text + total, 16, "\"%zu\n\",x\n", i);
	fd = file_of(text, total);
	csv_open(&r, fd);
	r.separator = ',';
	for (size_t i = 0; i < n; i++) {
		char want[16];

		result = csv_next(&r, &record, &line, &err);
		ck_assert_int_eq(result, CSV_RECORD);
		snprintf(want, sizeof(want), "\"%zu\n\",x", i);
		ck_assert(span_is(record, want));
		ck_assert_uint_eq(line, 2 * i + 1);
	}
	ck_assert_int_eq(csv_next(&r, &record, &line, &err), CSV_END);
	csv_close(&r);
	close(fd);
	free(text);
}
END_TEST

static const struct {
	const char *in;
	const char *want; /* fields, each behind a "|" */
} fields[] = {
	{ "", "|" },
	{ "a", "|a" },
	{ "a,b", "|a|b" },
	{ ",", "||" },
	{ "a,,c", "|a||c" },
	{ "\"a,b\",c", "|a,b|c" },
	{ "\"a\"\"b\"", "|a\"b" },
	{ "\"\"\"\"", "|\"" },
	{ "\"\",x", "||x" },
	{ "\"a\"junk,b", "|a|b" },
	{ "\"a", "|a" },
	{ "a\"b,c", "|a\"b|c" },
};

START_TEST(cuts_fields)
{
	char *copy = mem_dup_text(fields[_i].in);
	struct span rest = span_of(copy), field;
	struct buf got;

	buf_init(&got, 1000);
	while (csv_field(&rest, ',', &field)) {
		buf_add_char(&got, '|');
		buf_add_span(&got, field);
	}
	ck_assert_str_eq(buf_text(&got), fields[_i].want);
	buf_done(&got);
	free(copy);
}
END_TEST

START_TEST(knows_the_separator)
{
	ck_assert_int_eq(csv_separator(span_of("email")), ',');
	ck_assert_int_eq(csv_separator(span_of("a;b,c")), ',');
	ck_assert_int_eq(csv_separator(span_of("a;b")), ';');
	ck_assert_int_eq(csv_separator(span_of("a\tb")), '\t');
}
END_TEST

/* The first of them is enough: no list is read as such bytes. */
START_TEST(knows_other_encodings)
{
	static const char *const marks[] = { "\xFF\xFE", "\xFE\xFF" };
	int fd = file_of(marks[_i], 2);
	struct csv_reader r;
	struct span record;
	uint64_t line;

	csv_open(&r, fd);
	ck_assert_int_eq(csv_next(&r, &record, &line, &err), CSV_ERROR);
	ck_assert_int_eq(err.code, ERROR_INVALID);
	ck_assert_str_eq(err.text, "this is UTF-16 text: save it as UTF-8");
	csv_close(&r);
	close(fd);
}
END_TEST

static Suite *
csv_suite(void)
{
	Suite *s = suite_create("csv");
	TCase *t = tcase_create("csv");

	tcase_add_loop_test(t, knows_other_encodings, 0, 2);
	tcase_add_loop_test(t, cuts_records, 0, ARRAY_LEN(records));
	tcase_add_test(t, bounds_a_line);
	tcase_add_test(t, reads_many);
	tcase_add_loop_test(t, cuts_fields, 0, ARRAY_LEN(fields));
	tcase_add_test(t, knows_the_separator);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(csv_suite)
