#include "web/form.h"

#include <string.h>

#include "tests/unit/exact.h"
#include "tests/unit/unit.h"

#define URLENCODED "application/x-www-form-urlencoded"
#define MULTIPART "multipart/form-data; boundary=B"
#define FIELD(name, value)                                                     \
	"--B\r\nContent-Disposition: form-data; name=" name "\r\n\r\n" value   \
	"\r\n"

static const struct {
	const char *type;
	const char *body;
	const char *want; /* of the field "a"; NULL: none */
} forms[] = {
	/* WHATWG URL 5.1 */
	{ URLENCODED, "a=b", "b" },
	{ URLENCODED "; charset=UTF-8", "x=y&a=b&a=c", "b" },
	{ URLENCODED, "a=", "" },
	{ URLENCODED, "%61=b+c%20d%2B%3d%C3%A9", "b c d+=\xC3\xA9" },
	{ URLENCODED, "a=b=c", "b=c" },
	{ URLENCODED, "b=a", NULL },
	{ URLENCODED, "A=b", NULL },
	{ URLENCODED, "", NULL },
	{ URLENCODED, "a=%", NULL },
	{ URLENCODED, "a=%4", NULL },
	{ URLENCODED, "a=%4g", NULL },
	{ URLENCODED, "a=%00", NULL },
	{ URLENCODED, "a=%FF", NULL },
	{ URLENCODED, "a=1234567", "1234567" },
	{ URLENCODED, "a=12345678901", NULL }, /* too long */
	/* RFC 7578, RFC 2046 5.1.1 */
	{ MULTIPART, FIELD("\"a\"", "b") "--B--\r\n", "b" },
	{ MULTIPART, FIELD("a", "b") "--B--", "b" },
	{ MULTIPART, FIELD("x", "y") FIELD("a", "b") "--B--\r\n", "b" },
	{ MULTIPART, "preamble\r\n" FIELD("a", "b") "--B--\r\n", "b" },
	{ MULTIPART, FIELD("a", "") "--B--\r\n", "" },
	{ MULTIPART, FIELD("a", "b\r\n--C") "--B--\r\n", "b\r\n--C" },
	{ MULTIPART,
	    "--B \t\r\nX: y\r\ncontent-disposition:form-data;"
	    "filename=\"a;b\\\"\" ; NAME=a\r\n\r\nb\r\n--B--",
	    "b" },
	{ "Multipart/Form-Data;x=y; boundary=\"B\"",
	    FIELD("a", "b") "--B--\r\n", "b" },
	{ MULTIPART, FIELD("a", "\xFF") "--B--\r\n", NULL },
	{ MULTIPART, FIELD("a", "b"), NULL }, /* cut off */
	{ MULTIPART, "--B\r\n\r\nb\r\n--B--\r\n", NULL },
	{ MULTIPART, FIELD("b", "a") "--B--\r\n", NULL },
	{ MULTIPART, "--B--\r\n" FIELD("a", "b") "--B--\r\n", NULL },
	{ MULTIPART, "--B", NULL },
	{ MULTIPART, "", NULL },
	{ "multipart/form-data", FIELD("a", "b") "--B--\r\n", NULL },
	{ "multipart/form-data; boundary=", FIELD("a", "b") "--B--\r\n", NULL },
	{ "text/plain", "a=b", NULL },
	{ "", "a=b", NULL },
};

START_TEST(gets)
{
	struct span body = exact(forms[_i].body);
	char out[10] = "?";
	bool ok = form_get(forms[_i].type, body, "a", out, sizeof(out));

	ck_assert_msg(ok == (forms[_i].want != NULL), "%s", forms[_i].body);
	if (ok)
		ck_assert_str_eq(out, forms[_i].want);
	exact_free(body);
}
END_TEST

START_TEST(knows_forms)
{
	ck_assert(form_is(URLENCODED));
	ck_assert(form_is("MULTIPART/form-data;boundary=x"));
	ck_assert(!form_is("application/json"));
	ck_assert(!form_is("multipart/form-datax"));
	ck_assert(!form_is(""));
}
END_TEST

/* In a path "+" is itself. */
START_TEST(decodes_a_segment)
{
	char out[8];

	ck_assert(form_decode(span_of("a+b%2fc"), false, out, sizeof(out)));
	ck_assert_str_eq(out, "a+b/c");
	ck_assert(form_decode(span_of("1234567"), false, out, sizeof(out)));
	ck_assert(!form_decode(span_of("12345678"), false, out, sizeof(out)));
}
END_TEST

START_TEST(gives_pairs)
{
	struct span rest = span_of("x&%61=%62&%00=c&a=12345678");
	char name[LIMIT_WORD_TEXT], value[8];
	bool whole;

	ck_assert(form_pair(&rest, name, value, sizeof(value), &whole));
	ck_assert(whole && strcmp(name, "x") == 0 && value[0] == '\0');
	ck_assert(form_pair(&rest, name, value, sizeof(value), &whole));
	ck_assert(whole && strcmp(name, "a") == 0 && strcmp(value, "b") == 0);
	ck_assert(form_pair(&rest, name, value, sizeof(value), &whole));
	ck_assert(!whole && name[0] == '\0');
	ck_assert(form_pair(&rest, name, value, sizeof(value), &whole));
	ck_assert(!whole && strcmp(name, "a") == 0);
	ck_assert(!form_pair(&rest, name, value, sizeof(value), &whole));
}
END_TEST

static Suite *
form_suite(void)
{
	Suite *s = suite_create("form");
	TCase *t = tcase_create("form");

	tcase_add_loop_test(t, gets, 0, ARRAY_LEN(forms));
	tcase_add_test(t, knows_forms);
	tcase_add_test(t, decodes_a_segment);
	tcase_add_test(t, gives_pairs);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(form_suite)
