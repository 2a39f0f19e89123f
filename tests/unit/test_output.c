#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/output.h"

static const struct column columns[] = {
	{ "value", "VALUE", COLUMN_TEXT, true },
	{ "count", "COUNT", COLUMN_INT, false },
	{ "at", "SINCE", COLUMN_TIME, false },
	{ "sure", "SURE", COLUMN_BOOL, false },
	{ "why", NULL, COLUMN_TEXT, false }, /* not shown in text */
};

/* A row of those columns, and how each form shows it. */
static const struct row {
	const char *value;
	int64_t count, at;
	bool sure;
	const char *why;
} plain = { "joe@example.com", -3, 1795497302, true, "asked" };

static void
print(FILE *file, enum output_form form, const struct row *rows, size_t n)
{
	struct output *o = output_open(file, form, columns, ARRAY_LEN(columns));

	for (size_t i = 0; i < n; i++) {
		const struct cell cells[] = {
			{ .text = rows[i].value },
			{ .number = rows[i].count },
			{ .number = rows[i].at },
			{ .number = rows[i].sure },
			{ .text = rows[i].why },
		};

		output_row(o, cells);
	}
	ck_assert(output_close(o));
}

/* What is printed for rows, heap. */
static char *
printed(enum output_form form, const struct row *rows, size_t n)
{
	char *text = NULL;
	size_t len;
	FILE *file = open_memstream(&text, &len);

	print(file, form, rows, n);
	fclose(file);
	return text;
}

static const struct {
	enum output_form form;
	const char *none; /* for no rows */
	const char *want;
} forms[] = {
	{ OUTPUT_TEXT, "",
	    "VALUE            COUNT  SINCE                 SURE\n"
	    "joe@example.com  -3     2026-11-24T05:15:02Z  yes\n"
	    "x                0                            no\n" },
	{ OUTPUT_JSON, "",
	    "{\"v\":1,\"value\":\"joe@example.com\",\"count\":-3,"
	    "\"at\":\"2026-11-24T05:15:02Z\",\"sure\":true,"
	    "\"why\":\"asked\"}\n"
	    "{\"v\":1,\"value\":\"x\",\"count\":0,\"at\":null,"
	    "\"sure\":false,\"why\":\"\"}\n" },
	{ OUTPUT_CSV, "value,count,at,sure,why\r\n",
	    "value,count,at,sure,why\r\n"
	    "joe@example.com,-3,2026-11-24T05:15:02Z,yes,asked\r\n"
	    "x,0,,no,\r\n" },
};

START_TEST(prints_each_form)
{
	const struct row rows[] = { plain, { "x", 0, 0, false, "" } };
	char *text = printed(forms[_i].form, rows, 2);

	ck_assert_str_eq(text, forms[_i].want);
	free(text);
	text = printed(forms[_i].form, NULL, 0);
	ck_assert_str_eq(text, forms[_i].none);
	free(text);
}
END_TEST

/* The first cell of a row as CSV: RFC 4180, 2, and what is not in it. */
static const struct {
	const char *in;
	const char *want;
} csv[] = {
	{ "plain", "plain" },
	{ "two words", "two words" },
	{ "a,b", "\"a,b\"" },
	{ "say \"x\"", "\"say \"\"x\"\"\"" },
	{ "\"", "\"\"\"\"" },
	{ "\"a,b\"@example.com", "\"\"\"a,b\"\"@example.com\"" },
	{ "b\xC3\xBC"
	  "cher",
	    "b\xC3\xBC"
	    "cher" },
	/* one row is one line, and no terminal obeys it */
	{ "a\r\nb", "a\\x0d\\x0ab" },
	{ "\x1B[2J", "\\x1b[2J" },
	{ "a\xFFz", "a\\xffz" },
	/* no spreadsheet takes it for a formula */
	{ "=1+1", "'=1+1" },
	{ "+cmd|' /c calc'!A0", "'+cmd|' /c calc'!A0" },
	{ "-2", "'-2" },
	{ "=HYPERLINK(\"http://example.com\",\"x\")",
	    "\"'=HYPERLINK(\"\"http://example.com\"\",\"\"x\"\")\"" },
	{ "=x@example.com", "'=x@example.com" },
	{ "@SUM(1)", "'@SUM(1)" },
	{ "\t=1", "\\x09=1" },
	{ "\r=1", "\\x0d=1" },
	{ "a=1", "a=1" },
	{ "'a", "'a" },
	/* which reading takes off again */
	{ "'=1", "''=1" },
	/* a domain value is none */
	{ "@example.com", "@example.com" },
	{ "@.sub-1.example_2.com", "@.sub-1.example_2.com" },
	{ "@[192.0.2.1]", "@[192.0.2.1]" },
	{ "@[ipv6:2001:db8::1]", "@[ipv6:2001:db8::1]" },
};

START_TEST(escapes_csv)
{
	const struct row row = { csv[_i].in, 0, 0, false, "" };
	char *text = printed(OUTPUT_CSV, &row, 1), want[300];

	snprintf(want, sizeof(want), "value,count,at,sure,why\r\n%s,0,,no,\r\n",
	    csv[_i].want);
	ck_assert_str_eq(text, want);
	free(text);
}
END_TEST

START_TEST(escapes_text)
{
	const struct row row = { "a\nb\x1B[2J\xFF", 0, 0, false, "" };
	char *text = printed(OUTPUT_TEXT, &row, 1);

	ck_assert_str_eq(text, "VALUE              COUNT  SINCE  SURE\n"
			       "a\\x0ab\\x1b[2J\\xff  0             no\n");
	free(text);
	text = printed(OUTPUT_JSON, &row, 1);
	ck_assert_ptr_nonnull(strstr(text, "\"a\\nb\\u001b[2J\\ufffd\""));
	free(text);
}
END_TEST

/* Beyond the rows that settle the widths. */
START_TEST(prints_many_rows)
{
	static struct row rows[2500];
	size_t lines = 0;
	char *text;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		rows[i] = plain;
	rows[2400].value = "a-longer-address@example.com";
	text = printed(OUTPUT_TEXT, rows, ARRAY_LEN(rows));
	for (const char *p = text; (p = strchr(p, '\n')) != NULL; p++)
		lines++;
	ck_assert_uint_eq(lines, 1 + ARRAY_LEN(rows));
	ck_assert_ptr_nonnull(
	    strstr(text, "\na-longer-address@example.com  -3 "));
	free(text);
}
END_TEST

/* On a terminal of so many columns, a row is as wide as is given. */
static const struct {
	unsigned short width;
	const char *value;
	const char *want; /* the row's begin */
} terminals[] = {
	{ 80, "joe@example.com", "joe@example.com  0 " },
	{ 40, "a-very-long-local-part@example.com",
	    "a-very-long-local-p\xE2\x80\xA6  0 " },
	/* never less than 12 columns, however narrow */
	{ 10, "a-very-long-local-part@example.com",
	    "a-very-long\xE2\x80\xA6  0 " },
	{ 10, "a\xC3\xBC-very-long-local-part@example.com",
	    "a\xC3\xBC-very-lon\xE2\x80\xA6  0 " },
	/* two columns each, so that the last one does not fit */
	{ 10,
	    "\xE7\x94\xA8\xE6\x88\xB7\xE7\x94\xA8\xE6\x88\xB7\xE7\x94\xA8"
	    "\xE6\x88\xB7\xE7\x94\xA8",
	    "\xE7\x94\xA8\xE6\x88\xB7\xE7\x94\xA8\xE6\x88\xB7\xE7\x94\xA8"
	    "\xE2\x80\xA6   0 " },
	{ 0, "a-very-long-local-part@example.com",
	    "a-very-long-local-part@example.com  0 " },
};

START_TEST(fits_a_terminal)
{
	const struct row row = { terminals[_i].value, 0, 0, false, "" };
	struct winsize size = { .ws_row = 24, .ws_col = terminals[_i].width };
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	char got[1000], want[200];
	size_t len = 0;
	ssize_t n;
	FILE *file;

	ck_assert_ptr_nonnull(setlocale(LC_CTYPE, "C.UTF-8"));
	ck_assert_int_ge(master, 0);
	ck_assert_int_eq(grantpt(master) | unlockpt(master), 0);
	file = fopen(ptsname(master), "r+");
	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(ioctl(master, TIOCSWINSZ, &size), 0);
	print(file, OUTPUT_TEXT, &row, 1);
	/* A terminal gives what it has, up to a line at a time. */
	for (int lines = 0; lines < 2; len += (size_t)n) {
		n = read(master, got + len, sizeof(got) - 1 - len);
		ck_assert_int_gt(n, 0);
		for (ssize_t i = 0; i < n; i++)
			lines += got[len + (size_t)i] == '\n';
	}
	got[len] = '\0';
	snprintf(want, sizeof(want), "\n%s", terminals[_i].want);
	ck_assert_msg(strstr(got, want) != NULL, "%s", got);
	fclose(file);
	close(master);
}
END_TEST

START_TEST(tells_what_was_not_written)
{
	FILE *full = fopen("/dev/full", "w");
	struct output *o;
	const struct cell cells[5] = { [0].text = "x", [4].text = "y" };

	ck_assert_ptr_nonnull(full);
	o = output_open(full, (enum output_form)_i, columns, 5);
	output_row(o, cells);
	errno = 0;
	ck_assert(!output_close(o));
	ck_assert_int_eq(errno, ENOSPC);
	fclose(full);
}
END_TEST

/* A row past the maximum is an error, not half of a JSON object. */
START_TEST(refuses_rows_without_end)
{
	size_t len = 2 * 1024 * 1024, printed_len = 0;
	char *huge = mem_new(len + 1, 1), *text = NULL;
	FILE *file = open_memstream(&text, &printed_len);
	struct output *o = output_open(file, OUTPUT_JSON, columns, 5);
	const struct cell cells[5] = { [0].text = huge, [4].text = "" };

	memset(huge, 'a', len);
	output_row(o, cells);
	ck_assert(!output_close(o));
	ck_assert_int_eq(errno, EMSGSIZE);
	fclose(file);
	ck_assert_str_eq(text, "");
	free(text);
	free(huge);
}
END_TEST

static Suite *
output_suite(void)
{
	Suite *s = suite_create("output");
	TCase *t = tcase_create("output");

	tcase_add_loop_test(t, prints_each_form, 0, ARRAY_LEN(forms));
	tcase_add_loop_test(t, escapes_csv, 0, ARRAY_LEN(csv));
	tcase_add_test(t, escapes_text);
	tcase_add_test(t, prints_many_rows);
	tcase_add_loop_test(t, fits_a_terminal, 0, ARRAY_LEN(terminals));
	tcase_add_loop_test(t, tells_what_was_not_written, OUTPUT_TEXT,
	    OUTPUT_CSV + 1);
	tcase_add_test(t, refuses_rows_without_end);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(output_suite)
