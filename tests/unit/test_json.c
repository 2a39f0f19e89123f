#include "tests/unit/unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "tests/unit/exact.h"

START_TEST(writes_objects)
{
	struct buf out;

	buf_init(&out, 1000);
	json_begin(&out);
	json_text(&out, "a", span_of("x"));
	json_int(&out, "b", -7);
	json_bool(&out, "c", true);
	json_bool(&out, "d", false);
	json_null(&out, "e");
	json_array_begin(&out, "f");
	json_array_end(&out);
	json_array_begin(&out, "g");
	json_text(&out, NULL, span_of("["));
	json_text(&out, NULL, span_of("{"));
	json_array_end(&out);
	json_array_begin(&out, "h");
	json_object_begin(&out, NULL);
	json_object_end(&out);
	json_object_begin(&out, NULL);
	json_int(&out, "i", INT64_MAX);
	json_object_end(&out);
	json_array_end(&out);
	json_int(&out, "j", INT64_MIN);
	json_end(&out);
	ck_assert_str_eq(buf_text(&out),
	    "{\"a\":\"x\",\"b\":-7,\"c\":true,\"d\":false,\"e\":null,"
	    "\"f\":[],\"g\":[\"[\",\"{\"],"
	    "\"h\":[{},{\"i\":9223372036854775807}],"
	    "\"j\":-9223372036854775808}");
	buf_done(&out);
}
END_TEST

/* RFC 8259, 7: what must be escaped, and all that is not ASCII. */
static const struct {
	const char *in;
	const char *want;
	const char *back; /* when read again; NULL: the same as in */
} texts[] = {
	{ "", "", NULL },
	{ "plain text ~", "plain text ~", NULL },
	{ "\"", "\\\"", NULL },
	{ "\\", "\\\\", NULL },
	{ "/", "/", NULL },
	{ "a\nb\tc\rd", "a\\nb\\tc\\u000dd", NULL },
	{ "\x01\x1F\x7F", "\\u0001\\u001f\\u007f", NULL },
	{ "\xC2\x80", "\\u0080", NULL },
	{ "\xC3\xBC", "\\u00fc", NULL },
	{ "\xE2\x80\xAE", "\\u202e", NULL },
	{ "\xEF\xBF\xBF", "\\uffff", NULL },
	{ "\xF0\x90\x80\x80", "\\ud800\\udc00", NULL },
	{ "\xF0\x9F\x98\x80", "\\ud83d\\ude00", NULL },
	{ "\xF4\x8F\xBF\xBF", "\\udbff\\udfff", NULL },
	{ "a\xFFz", "a\\ufffdz", "a\xEF\xBF\xBDz" },
	{ "\xC3", "\\ufffd", "\xEF\xBF\xBD" },
	{ "\xED\xA0\x80", "\\ufffd\\ufffd\\ufffd",
	    "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD" },
};

START_TEST(escapes_texts)
{
	struct error err = { 0 };
	const char *back = texts[_i].back;
	struct span in = exact(texts[_i].in);
	struct json_reader r;
	struct buf out;
	char want[100], got[100];

	snprintf(want, sizeof(want), "{\"a\":\"%s\"}", texts[_i].want);
	buf_init(&out, 1000);
	json_begin(&out);
	json_text(&out, "a", in);
	json_end(&out);
	exact_free(in);
	ck_assert_str_eq(buf_text(&out), want);
	json_open(&r, buf_span(&out));
	ck_assert(json_next(&r));
	ck_assert(json_get(&r, got, sizeof(got)));
	ck_assert_str_eq(got, back != NULL ? back : texts[_i].in);
	ck_assert(!json_next(&r));
	ck_assert(json_close(&r, &err));
	buf_done(&out);
}
END_TEST

START_TEST(escapes_nul)
{
	struct buf out;

	buf_init(&out, 100);
	json_text(&out, NULL, (struct span){ "a\0b", 3 });
	ck_assert_str_eq(buf_text(&out), "\"a\\u0000b\"");
	buf_done(&out);
}
END_TEST

/* What is read, written as "name=value;" so that a row is one text. */
static void
describe(struct json_reader *r, struct buf *out)
{
	struct error err = { 0 };
	struct json_reader elements;
	char text[100];

	while (json_next(r)) {
		buf_add_span(out, r->name);
		buf_add_char(out, '=');
		if (r->type == JSON_INT)
			buf_addf(out, "%" PRId64, r->number);
		if (r->type == JSON_BOOL)
			buf_add_text(out, r->number == 1 ? "yes" : "no");
		if (r->type == JSON_NULL)
			buf_add_text(out, "null");
		if (r->type == JSON_TEXT)
			buf_add_text(out,
			    json_get(r, text, sizeof(text)) ? text : "BAD");
		if (r->type == JSON_ARRAY) {
			json_open_array(&elements, r);
			buf_add_char(out, '[');
			describe(&elements, out);
			buf_add_char(out, ']');
			ck_assert(json_close(&elements, &err));
		}
		buf_add_char(out, ';');
	}
}

static const struct {
	const char *in;
	const char *want;
} objects[] = {
	{ "{}", "" },
	{ " { } ", "" },
	{ "{\"a\":1}", "a=1;" },
	{ "\t{ \"a\" : 1 , \"b\" : \"x\" }\t", "a=1;b=x;" },
	{ "{\"a\":true,\"b\":false,\"c\":null}", "a=yes;b=no;c=null;" },
	{ "{\"a\":0,\"b\":-0,\"c\":-12}", "a=0;b=0;c=-12;" },
	{ "{\"a\":9223372036854775807}", "a=9223372036854775807;" },
	{ "{\"a\":-9223372036854775808}", "a=-9223372036854775808;" },
	{ "{\"\":\"\"}", "=;" },
	{ "{\"a\":[]}", "a=[];" },
	{ "{\"a\":[ ]}", "a=[];" },
	{ "{\"a\":[\"x\" , \"y\"],\"b\":1}", "a=[=x;=y;];b=1;" },
	{ "{\"a\":[\"]\",\"[{\",\"\\\"\"]}", "a=[=];=[{;=\";];" },
	{ "{\"a\":[1,true,null]}", "a=[=1;=yes;=null;];" },
	{ "{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}", "a=\"\\/\b\f\n\r\t;" },
	{ "{\"a\":\"\\u00FC\\u20ac\\uD83D\\uDE00\"}",
	    "a=\xC3\xBC\xE2\x82\xAC\xF0\x9F\x98\x80;" },
	{ "{\"a\":\"\xC3\xBC\"}", "a=\xC3\xBC;" },
	/* texts that are whole, but cannot be had */
	{ "{\"a\":\"\\u0000\"}", "a=BAD;" },
	{ "{\"a\":\"\\x\"}", "a=BAD;" },
	{ "{\"a\":\"\\u12\"}", "a=BAD;" },
	{ "{\"a\":\"\\u12g4\"}", "a=BAD;" },
	{ "{\"a\":\"\\ud83d\"}", "a=BAD;" },
	{ "{\"a\":\"\\ud83dx\"}", "a=BAD;" },
	{ "{\"a\":\"\\ud83d\\u0041\"}", "a=BAD;" },
	{ "{\"a\":\"\\ude00\"}", "a=BAD;" },
	{ "{\"a\":\"\\ud83d\\ud\"}", "a=BAD;" },
};

START_TEST(reads_objects)
{
	struct error err = { 0 };
	struct span in = exact(objects[_i].in);
	struct json_reader r;
	struct buf out;

	buf_init(&out, 1000);
	json_open(&r, in);
	describe(&r, &out);
	ck_assert_str_eq(buf_text(&out), objects[_i].want);
	ck_assert_msg(json_close(&r, &err), "%s", err.text);
	buf_done(&out);
	exact_free(in);
}
END_TEST

static const struct {
	const char *in;
	size_t at; /* the byte that the error names; 0: any */
} broken[] = {
	{ "", 1 },
	{ "x", 1 },
	{ "[]", 1 },
	{ "{", 2 },
	{ "{}x", 3 },
	{ "{}{}", 3 },
	{ "{,}", 2 },
	{ "{\"a\"}", 5 },
	{ "{\"a\":}", 6 },
	{ "{\"a\":1", 7 },
	{ "{\"a\":1,", 8 },
	{ "{\"a\":1,}", 8 },
	{ "{\"a\":1 \"b\":2}", 8 },
	{ "{\"a\" 1}", 6 },
	{ "{a:1}", 2 },
	{ "{'a':1}", 2 },
	{ "{\"a\":1.5}", 7 },
	{ "{\"a\":1e5}", 7 },
	{ "{\"a\":01}", 0 },
	{ "{\"a\":+1}", 6 },
	{ "{\"a\":-}", 0 },
	{ "{\"a\":- 1}", 0 },
	{ "{\"a\":9223372036854775808}", 0 },
	{ "{\"a\":-9223372036854775809}", 0 },
	{ "{\"a\":99999999999999999999999}", 0 },
	{ "{\"a\":tru}", 6 },
	{ "{\"a\":truex}", 10 },
	{ "{\"a\":True}", 6 },
	{ "{\"a\":nul", 6 },
	{ "{\"a\":\"x", 8 },
	{ "{\"a\":\"x\\", 9 },
	{ "{\"a\":\"x\\\"", 10 },
	{ "{\"a\":\"\n\"}", 7 },
	{ "{\"a\":{}}", 6 },
	{ "{\"a\":[", 0 },
	{ "{\"a\":[\"x\"", 0 },
	{ "{\"a\":[\"x}", 0 },
	{ "{\"a\":[[]]}", 0 },
	{ "{\"a\":[{}]}", 0 },
	{ "{\"a\":[1,]}", 0 },
	{ "{\"a\":[,1]}", 0 },
	{ "{\"a\":[1 2]}", 0 },
	{ "{\"a\":[1}]}", 0 },
	{ "{\"a\":[x]}", 0 },
	{ "{\"a", 0 },
	{ "{\"a\"", 0 },
	{ "{\"a\":", 0 },
};

START_TEST(refuses_what_is_broken)
{
	struct error err = { 0 };
	struct span in = exact(broken[_i].in);
	struct json_reader r;
	char where[40];

	json_open(&r, in);
	while (json_next(&r))
		continue;
	ck_assert(!json_next(&r)); /* again, too */
	ck_assert_msg(!json_close(&r, &err), "'%s'", broken[_i].in);
	ck_assert_int_eq(err.code, ERROR_INVALID);
	snprintf(where, sizeof(where), "byte %zu", broken[_i].at);
	ck_assert_msg(broken[_i].at == 0 || strstr(err.text, where) != NULL,
	    "'%s': %s", broken[_i].in, err.text);
	exact_free(in);
}
END_TEST

/* Four bytes, the euro sign and its NUL, into each size. */
START_TEST(fits_or_fails)
{
	struct json_reader r;
	char *out = malloc((size_t)_i);

	ck_assert(_i == 0 || out != NULL);
	json_open(&r, span_of("{\"a\":\"x\\u20ac\"}"));
	ck_assert(json_next(&r));
	ck_assert(json_get(&r, out, (size_t)_i) == (_i >= 5));
	if (_i >= 5)
		ck_assert_str_eq(out, "x\xE2\x82\xAC");
	free(out);
	json_open(&r, span_of("{\"a\":1}"));
	ck_assert(json_next(&r));
	ck_assert(!json_get(&r, NULL, 0));
}
END_TEST

START_TEST(wants_the_whole_object)
{
	struct error err = { 0 };
	struct json_reader r;

	json_open(&r, span_of("{\"a\":1,\"b\":2}"));
	ck_assert(json_next(&r));
	ck_assert(!json_close(&r, &err)); /* the caller stopped too early */
}
END_TEST

static Suite *
json_suite(void)
{
	Suite *s = suite_create("json");
	TCase *t = tcase_create("json");

	tcase_add_test(t, writes_objects);
	tcase_add_loop_test(t, escapes_texts, 0, ARRAY_LEN(texts));
	tcase_add_test(t, escapes_nul);
	tcase_add_loop_test(t, reads_objects, 0, ARRAY_LEN(objects));
	tcase_add_loop_test(t, refuses_what_is_broken, 0, ARRAY_LEN(broken));
	tcase_add_loop_test(t, fits_or_fails, 0, 7);
	tcase_add_test(t, wants_the_whole_object);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(json_suite)
