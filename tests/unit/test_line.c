#include "tests/unit/unit.h"

#include <string.h>

#include "db/line.h"
#include "tests/unit/exact.h"

/* The sums are those of any CRC-32C program, over the bytes before ,"crc". */
static const struct {
	const char *line;
	bool good;
} rows[] = {
	{ "123456789,\"crc\":\"e3069283\"}", true },
	{ "123456789,\"crc\":\"e3069284\"}", false },
	{ "123456788,\"crc\":\"e3069283\"}", false },
	{ "123456789,\"crc\":\"E3069283\"}", false }, /* one form only */
	{ "123456789,\"crc\":\"e3069283\"} ", false },
	{ "123456789,\"crc\":\"e3069283\"", false },
	{ "123456789,\"xrc\":\"e3069283\"}", false },
	{ "123456789 ,\"crc\":\"e3069283\"}", false },
	{ ",\"crc\":\"00000000\"}", false }, /* there is nothing before it */
	{ "\"}", false },
	{ "", false },
};

START_TEST(checks)
{
	struct span s = exact(rows[_i].line);
	struct error err = { 0 };

	ck_assert(line_check(s, &err) == rows[_i].good);
	if (!rows[_i].good)
		ck_assert_int_eq(err.code, ERROR_CORRUPT);
	exact_free(s);
}
END_TEST

START_TEST(seals_behind_what_is_there)
{
	struct buf out;

	buf_init(&out, 1000);
	buf_add_text(&out, "a line before\n");
	buf_add_text(&out, "123456789");
	line_seal(&out, strlen("a line before\n"));
	ck_assert_str_eq(buf_text(&out),
	    "a line before\n123456789,\"crc\":\"e3069283\"}\n");
	buf_done(&out);
}
END_TEST

static Suite *
line_suite(void)
{
	Suite *s = suite_create("line");
	TCase *t = tcase_create("line");

	tcase_add_loop_test(t, checks, 0, ARRAY_LEN(rows));
	tcase_add_test(t, seals_behind_what_is_there);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(line_suite)
