#include "tests/unit/unit.h"

#include "db/crc32c.h"
#include "tests/unit/exact.h"

/* RFC 3720, B.4, and the check value of the polynomial. */
static const struct {
	char first; /* the first byte and how each next one differs */
	int step;
	size_t len;
	uint32_t want;
} rows[] = {
	{ 0x00, 0, 32, 0x8A9136AA },
	{ '\xFF', 0, 32, 0x62A8AB43 },
	{ 0x00, 1, 32, 0x46DD794E },
	{ 0x1F, -1, 32, 0x113FDB5C },
	{ '1', 1, 9, 0xE3069283 },
	{ 'a', 0, 1, 0xC1D04330 },
	{ 0, 0, 0, 0x00000000 },
};

START_TEST(known_answers)
{
	char bytes[64];
	struct span s;

	for (size_t i = 0; i < rows[_i].len; i++)
		bytes[i] = (char)(rows[_i].first + (int)i * rows[_i].step);
	s = exact_bytes(bytes, rows[_i].len);
	ck_assert_uint_eq(crc32c(s), rows[_i].want);
	ck_assert_uint_eq(crc32c_by_tables(s), rows[_i].want);
	exact_free(s);
}
END_TEST

/* One bit at a time, by the definition; every length and alignment. */
static uint32_t
slowly(struct span s)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < s.len; i++) {
		crc ^= (unsigned char)s.p[i];
		for (int bit = 0; bit < 8; bit++)
			crc = (crc & 1) != 0 ? crc >> 1 ^ 0x82F63B78 : crc >> 1;
	}
	return ~crc;
}

START_TEST(every_length)
{
	char bytes[80];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 37 + 11);
	for (size_t from = 0; from < 9; from++) {
		for (size_t len = 0; from + len <= sizeof(bytes); len++) {
			struct span s = exact_bytes(bytes + from, len);

			ck_assert_uint_eq(crc32c(s), slowly(s));
			ck_assert_uint_eq(crc32c_by_tables(s), slowly(s));
			exact_free(s);
		}
	}
}
END_TEST

static Suite *
crc32c_suite(void)
{
	Suite *s = suite_create("crc32c");
	TCase *t = tcase_create("crc32c");

	tcase_add_loop_test(t, known_answers, 0, ARRAY_LEN(rows));
	tcase_add_test(t, every_length);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(crc32c_suite)
