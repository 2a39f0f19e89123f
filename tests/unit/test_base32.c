#include "tests/unit/unit.h"

#include <string.h>

#include "base/base32.h"

/* RFC 4648 10, in lower case and without padding. */
static const struct {
	const char *bytes;
	const char *text;
} vectors[] = {
	{ "", "" },
	{ "f", "my" },
	{ "fo", "mzxq" },
	{ "foo", "mzxw6" },
	{ "foob", "mzxw6yq" },
	{ "fooba", "mzxw6ytb" },
	{ "foobar", "mzxw6ytboi" },
};

START_TEST(encodes)
{
	const char *bytes = vectors[_i].bytes, *text = vectors[_i].text;
	char out[32];
	uint8_t back[16];
	size_t n;

	base32_encode((const uint8_t *)bytes, strlen(bytes), out);
	ck_assert_str_eq(out, text);
	ck_assert_uint_eq(BASE32_LENGTH(strlen(bytes)), strlen(text));
	ck_assert_uint_eq(BASE32_BYTES(strlen(text)), strlen(bytes));
	ck_assert(base32_decode(span_of(text), back, sizeof(back), &n));
	ck_assert_uint_eq(n, strlen(bytes));
	ck_assert_mem_eq(back, bytes, n);
}
END_TEST

static const struct {
	const char *text;
	size_t room;
	bool ok;
} texts[] = {
	{ "MZXW6YTBOI", 6, true },
	{ "mZxW6yTbOi", 6, true },
	{ "mzxw6ytboi", 5, false }, /* no room */
	{ "m", 6, false },          /* no bytes have that text */
	{ "mzx", 6, false },        /* nor that */
	{ "mzxw6y", 6, false },     /* nor that */
	{ "mz", 6, false },         /* a bit behind the last byte */
	{ "mzxw6ytb======", 9, false },
	{ "mzxw 6ytb", 9, false },
	{ "mzxw61tb", 9, false }, /* 0, 1, 8 and 9 are no digits */
	{ "mzxw6yt\xC3", 9, false },
};

START_TEST(decodes)
{
	struct span s = span_of(texts[_i].text);
	char *exact = mem_dup(s.p, s.len);
	uint8_t out[16];
	size_t n;

	ck_assert_msg(base32_decode((struct span){ exact, s.len }, out,
			  texts[_i].room, &n) == texts[_i].ok,
	    "%s", texts[_i].text);
	free(exact);
}
END_TEST

START_TEST(decodes_no_nul)
{
	uint8_t out[16];
	size_t n;

	ck_assert(
	    !base32_decode((struct span){ "my\0\0", 4 }, out, sizeof(out), &n));
}
END_TEST

static Suite *
base32_suite(void)
{
	Suite *s = suite_create("base32");
	TCase *t = tcase_create("base32");

	tcase_add_loop_test(t, encodes, 0, ARRAY_LEN(vectors));
	tcase_add_loop_test(t, decodes, 0, ARRAY_LEN(texts));
	tcase_add_test(t, decodes_no_nul);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(base32_suite)
