#include "tests/unit/unit.h"

#include <string.h>

#include "base/limits.h"
#include "message/mime.h"

/* The parts of a mail: "depth type [report-type] [!]" each; ! = cut off. */
static const struct {
	const char *mail;
	const char *want;
} cuts[] = {
	/* RFC 2045 5.2: without a type it is plain text. */
	{ "Subject: x\n\nhello\n", "0 text/plain !" },
	{ "Subject: x", "0 text/plain !" },
	{ "Subject: x\nno field\n\n", "0 text/plain !" },
	{ "\n\nFrom x@y 12:00\nContent-Type: TEXT/Html\n\n", "0 text/html !" },
	{ "Content-Type: multipart/report; Report-Type=\"Delivery-Status\";\n"
	  " boundary=\"a b\"\n\npreamble\n--a b\n\none\n--a b\n"
	  "Content-Type: message/delivery-status\n\ntwo\n--a b--\nepilogue\n"
	  "--a b\n",
	    "0 multipart/report delivery-status !,1 text/plain,"
	    "1 message/delivery-status" },
	/* Only the whole line is a delimiter; blanks may follow it. */
	{ "Content-Type: multipart/mixed; boundary=a\n\n--ab\n--a \t\r\n\n"
	  "x --a\n--a-\n--a--x\n--a--\t\n",
	    "0 multipart/mixed !,1 text/plain" },
	/* An outer delimiter ends what is open inside (RFC 2046 5.1.2). */
	{ "Content-Type: multipart/mixed; boundary=a\n\n--a\n"
	  "Content-Type: multipart/alternative; boundary=aa\n\n--aa\n\nx\n"
	  "--a\n\ny\n--aa\n--a--\n",
	    "0 multipart/mixed !,1 multipart/alternative !,2 text/plain,"
	    "1 text/plain" },
	/* The close of an inner one goes on with the outer one. */
	{ "Content-Type: multipart/mixed; boundary=a\n\n--a\n"
	  "Content-Type: multipart/alternative; boundary=b\n\n--b\n\nx\n"
	  "--b--\nepilogue\n--a\n\ny\n",
	    "0 multipart/mixed !,1 multipart/alternative !,2 text/plain,"
	    "1 text/plain !" },
	{ "Content-Type: multipart/mixed; boundary=a\n--a\nA: b\n--a--\n",
	    "0 multipart/mixed !,1 text/plain" },
	/* RFC 2046 5.1.5 */
	{ "Content-Type: multipart/digest; boundary=a\n\n--a\n\nTo: x\n--a--\n",
	    "0 multipart/digest !,1 message/rfc822" },
	/* What a returned message holds are not our parts. */
	{ "Content-Type: multipart/mixed; boundary=a\n\n--a\n"
	  "Content-Type: message/rfc822\n\n"
	  "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n"
	  "--a--\n",
	    "0 multipart/mixed !,1 message/rfc822" },
	/* No boundary, nothing to cut at. */
	{ "Content-Type: multipart/mixed\n\n--\n\n----\n",
	    "0 multipart/mixed !" },
	{ "Content-Type: multipart/mixed; boundary=\"\"\n\n--\n\n----\n",
	    "0 multipart/mixed !" },
};

START_TEST(cuts_parts)
{
	struct mime m;
	struct error err = { 0 };
	struct buf got;

	buf_init(&got, 4096);
	ck_assert_msg(mime_open(&m, span_of(cuts[_i].mail), &err), "%s",
	    err.text);
	for (size_t i = 0; i < m.parts_n; i++) {
		const struct mime_part *p = &m.parts[i];

		buf_addf(&got, "%s%zu %s%s%s%s", i == 0 ? "" : ",", p->depth,
		    p->type, p->report_type[0] != '\0' ? " " : "",
		    p->report_type, p->ended ? "" : " !");
	}
	ck_assert_str_eq(buf_text(&got), cuts[_i].want);
	mime_done(&m);
	buf_done(&got);
}
END_TEST

/* Part 1 of a multipart with this header and body. */
static const struct {
	const char *header;
	const char *body;
	const char *want;
} contents[] = {
	{ "", "as is =41\n", "as is =41" },
	{ "Content-Transfer-Encoding: 8bit\n", "\xC3\xBC\n", "\xC3\xBC" },
	{ "Content-Transfer-Encoding: BASE64\n", "aGVs\nbG8=\n", "hello" },
	{ "Content-Transfer-Encoding: base64\n", "aGVs!bG8\n", "hel" },
	{ "Content-Transfer-Encoding: quoted-printable\n", "h=65l=\nlo =zz\n",
	    "hello =zz" },
	{ "Content-Transfer-Encoding: x-unknown\n", "aGVs\n", "aGVs" },
	{ "Content-Transfer-Encoding: base64\n", "", "" },
};

START_TEST(decodes_contents)
{
	struct mime m;
	struct error err = { 0 };
	struct buf mail;
	struct span got;
	char text[64];
	bool whole = false;

	buf_init(&mail, 4096);
	buf_addf(&mail,
	    "Content-Type: multipart/mixed; boundary=b\n\n--b\n%s\n%s--b--\n",
	    contents[_i].header, contents[_i].body);
	ck_assert(mime_open(&m, buf_span(&mail), &err));
	ck_assert_uint_eq(m.parts_n, 2);
	got = mime_content(&m, 1, &whole);
	ck_assert(whole);
	span_copy(got, text, sizeof(text));
	/* What follows broken base64 is GMime's choice. */
	ck_assert_msg(span_starts_nocase(got, contents[_i].want), "%s", text);
	mime_done(&m);
	buf_done(&mail);
}
END_TEST

static const struct {
	const char *encoding;
	size_t bytes;
	bool whole;
} sizes[] = {
	{ "7bit", LIMIT_PART_BYTES, true },
	{ "7bit", LIMIT_PART_BYTES + 1, false },
	{ "base64", LIMIT_PART_BYTES, true },
	{ "base64", 2 * LIMIT_PART_BYTES, false },
	{ "quoted-printable", 3 * LIMIT_PART_BYTES, false },
};

START_TEST(limits_contents)
{
	struct mime m;
	struct error err = { 0 };
	struct buf mail;
	struct span got;
	bool whole;

	buf_init(&mail, LIMIT_REPORT_BYTES);
	buf_addf(&mail,
	    "Content-Type: multipart/mixed; boundary=b\n\n--b\n"
	    "Content-Transfer-Encoding: %s\n\n",
	    sizes[_i].encoding);
	for (size_t i = 0; i < sizes[_i].bytes; i++)
		buf_add_char(&mail, 'A');
	buf_add_text(&mail, "\n--b--\n");
	ck_assert(mime_open(&m, buf_span(&mail), &err));
	got = mime_content(&m, 1, &whole);
	ck_assert(whole == sizes[_i].whole);
	ck_assert_uint_le(got.len, LIMIT_PART_BYTES);
	ck_assert_uint_gt(got.len, LIMIT_PART_BYTES / 2);
	mime_done(&m);
	buf_done(&mail);
}
END_TEST

START_TEST(refuses_nothing_and_too_much)
{
	struct mime m;
	struct error err = { 0 };

	ck_assert(!mime_open(&m, span_of(""), &err));
	ck_assert_int_eq(err.code, ERROR_INVALID);
	ck_assert(!mime_open(&m, span_of("\r\n\n"), &err));
	ck_assert(
	    !mime_open(&m, (struct span){ "x", LIMIT_REPORT_BYTES + 1 }, &err));
	ck_assert_int_eq(err.code, ERROR_LIMIT);
}
END_TEST

static const struct {
	const char *in;
	const char *want;
} words[] = {
	{ "plain", "plain" },
	{ "=?utf-8?q?J=C3=B6rg?= =?iso-8859-1?B?/A==?= x",
	    "J\xC3\xB6rg\xC3\xBC x" }, /* RFC 2047 2, 6.2 */
	{ "=?utf-8?q?broken", "=?utf-8?q?broken" },
	{ "", "" },
};

START_TEST(decodes_words)
{
	char got[64];

	mime_words(span_of(words[_i].in), got, sizeof(got));
	ck_assert_str_eq(got, words[_i].want);
}
END_TEST

static Suite *
mime_suite(void)
{
	Suite *s = suite_create("mime");
	TCase *t = tcase_create("mime");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, cuts_parts, 0, ARRAY_LEN(cuts));
	tcase_add_loop_test(t, decodes_contents, 0, ARRAY_LEN(contents));
	tcase_add_loop_test(t, limits_contents, 0, ARRAY_LEN(sizes));
	tcase_add_test(t, refuses_nothing_and_too_much);
	tcase_add_loop_test(t, decodes_words, 0, ARRAY_LEN(words));
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(mime_suite)
