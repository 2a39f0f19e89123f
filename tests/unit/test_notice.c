/* The text of a notice: charsets, HTML, JSON, and where it ends. */
#include "tests/unit/unit.h"

#include <string.h>

#include "message/charset.h"
#include "message/freeform.h"
#include "message/html.h"
#include "message/jsonwalk.h"
#include "message/notice.h"
#include "tests/unit/exact.h"

static const struct {
	const char *charset;
	const char *in;
	const char *want;
} charsets[] = {
	{ "", "a\xFF", "a\xFF" },
	{ "utf-8", "\xC3\xBC", "\xC3\xBC" },
	{ "iso-8859-1", "\xFC@x", "\xC3\xBC@x" },
	{ "koi8-r", "\xD7", "\xD0\xB2" },
	{ "iso-2022-jp", "\x1B$B$\"\x1B(B a@b", "\xE3\x81\x82 a@b" },
	{ "shift_jis", "\x82\xA0", "\xE3\x81\x82" },
	{ "gb2312", "\xD3\xCA", "\xE9\x82\xAE" },
	{ "unicode-1-1-utf-7", "a+-b@c", "a+b@c" },
	{ "x-unheard-of", "a@b", "a@b" },
	/* What does not belong to it is a "?", the rest stays. */
	{ "iso-2022-jp", "a\xFF@b", "a?@b" },
};

START_TEST(converts)
{
	struct span in = exact(charsets[_i].in);
	struct buf out;

	buf_init(&out, 4096);
	charset_add(in, charsets[_i].charset, &out);
	ck_assert_str_eq(buf_text(&out), charsets[_i].want);
	buf_done(&out);
	exact_free(in);
}
END_TEST

static const struct {
	const char *in;
	bool whole;
	const char *want;
} htmls[] = {
	{ "a<br>b", true, "a\nb\n" },
	{ "<p>a  \n b</p><p>c</p>", true, "a b\nc\n" },
	{ "<b>bob</b>@example.com", true, "bob@example.com\n" },
	{ "&lt;a@b&gt; &amp;&nbsp;&#39;&#x27; &eacute;", true,
	    "<a@b> & '' &eacute;\n" },
	{ "<style>p { x }</style><script>a<b</script>c", true, "c\n" },
	{ "a<!-- <p> -->b<!-- ", true, "ab\n" },
	{ "<a href=\"x\">y</a> 1 < 2", true, "y 1 < 2\n" },
	/* Brackets that nobody escaped. */
	{ "to <bob@example.com>:<br>", true, "to <bob@example.com>:\n" },
	{ "<table><tr><td>a<td>b</table>", true, "a\nb\n" },
	{ "a<p", true, "a\n" },
	{ "a&#1114112;&#0;&;&", true, "a &;&\n" },
	/* Cut off: the last line is not ended. */
	{ "x<br>bob@exa", false, "x\nbob@exa" },
};

START_TEST(reads_html)
{
	struct span in = exact(htmls[_i].in);
	struct buf out;

	buf_init(&out, 4096);
	html_add_text(in, htmls[_i].whole, &out);
	ck_assert_str_eq(buf_text(&out), htmls[_i].want);
	buf_done(&out);
	exact_free(in);
}
END_TEST

static const struct {
	const char *in;
	const char *want; /* path=text; or path{ for an object */
} jsons[] = {
	{ "{\"a\":\"b\"}", "{ a=b; " },
	{ "{\"a\":{\"b\":\"c\"},\"d\":\"e\"}", "{ a{ a.b=c; d=e; " },
	{ "{\"a\":[{\"b\":\"c\"},{\"b\":\"d\"}]}",
	    "{ a[]{ a[].b=c; a[]{ a[].b=d; " },
	{ "{\"a\":[\"b\",\"c\"],\"d\":\"e\"}", "{ a[]=b; a[]=c; d=e; " },
	/* Escaped quotes begin and end nothing. */
	{ "{\"a\":\"x\\\"},{\\\"b\\\":\\\"y\"}",
	    "{ a=x\\\"},{\\\"b\\\":\\\"y; " },
	{ "{\"a\":1,\"b\":true,\"c\":\"d\"}", "{ c=d; " },
	{ "{\"a\":\"half", "{ " },
	{ "{\"a\":\"b\\", "{ " },
	{ "{} {\"a\":\"b\"}", "{ " },
	{ "]]}}", "" },
	{ "", "" },
};

static void
on_token(void *arg, const char *path, const struct span *raw)
{
	struct buf *out = arg;

	buf_add_text(out, path);
	if (raw == NULL) {
		buf_add_text(out, "{ ");
		return;
	}
	buf_add_char(out, '=');
	buf_add_span(out, *raw);
	buf_add_text(out, "; ");
}

START_TEST(walks_json)
{
	struct span in = exact(jsons[_i].in);
	struct buf out;

	buf_init(&out, 4096);
	jsonwalk(in, on_token, &out);
	ck_assert_str_eq(buf_text(&out), jsons[_i].want);
	buf_done(&out);
	exact_free(in);
}
END_TEST

/* Deeper than it goes: what is above is still told. */
START_TEST(walks_deep_json)
{
	struct buf in, out;

	buf_init(&in, 1 << 20);
	buf_init(&out, 1 << 20);
	buf_add_text(&in, "{\"x\":");
	for (int i = 0; i < 100000; i++)
		buf_add_char(&in, '[');
	buf_add_text(&in, "\"deep\"");
	for (int i = 0; i < 100000; i++)
		buf_add_char(&in, ']');
	buf_add_text(&in, ",\"a\":\"b\"}");
	jsonwalk(buf_span(&in), on_token, &out);
	ck_assert_str_eq(buf_text(&out), "{ a=b; ");
	buf_done(&in);
	buf_done(&out);
}
END_TEST

static const struct {
	const char *in;
	const char *body;
	const char *returned;
} notices[] = {
	{ "a\nb\n", "a\nb\n", "" },
	{ "a\nhalf", "a\n", "" },
	{ "a\n--- Below this line is a copy of the message.\n\nTo: b\n", "a\n",
	    "To: b\n" },
	{ "a\n------ Original message ------\nx y\n\nTo: b\n", "a\n",
	    "To: b\n" },
	{ "a\nReceived: from b\nTo: c\n", "a\n", "Received: from b\nTo: c\n" },
	{ "The original message was received at\n",
	    "The original message was received at\n", "" },
};

START_TEST(cuts_notices)
{
	struct span in = exact(notices[_i].in);
	struct notice n;

	notice_open_text(&n, in, false);
	ck_assert(span_is(n.body, notices[_i].body));
	ck_assert(span_is(n.returned.p != NULL ? n.returned : span_of(""),
	    notices[_i].returned));
	notice_done(&n);
	exact_free(in);
}
END_TEST

START_TEST(flattens)
{
	struct notice n;
	size_t place;

	notice_open_text(&n, span_of("One\r\n\tTwo\xC2\xA0 ISN\xE2\x80\x99T\n"),
	    false);
	ck_assert(notice_has(&n, "one two isn't ", &place));
	ck_assert_uint_eq(place, 0);
	ck_assert(notice_has(&n, "two", &place));
	ck_assert(strncmp(n.text.p + place, "Two", 3) == 0);
	ck_assert(!notice_has(&n, "three", &place));
	notice_done(&n);
	notice_open_text(&n, span_of("> a\n>> b\n>c\n"), true);
	ck_assert_str_eq(buf_text(&n.text), "a\n> b\nc\n");
	notice_done(&n);
}
END_TEST

/* A phrase is looked for in lower case, with single blanks. */
static bool
can_be_found(const char *phrase)
{
	for (const char *c = phrase; *c != '\0'; c++)
		if ((*c >= 'A' && *c <= 'Z') || strncmp(c, "  ", 2) == 0)
			return false;
	return true;
}

static void
check_row(const struct freeform_row *r)
{
	ck_assert_msg((r->phrases[0] != NULL) == !(r->flags & ROW_HEADER), "%s",
	    r->name);
	ck_assert_msg((r->lines[0] != NULL) == !(r->flags & ROW_TO), "%s",
	    r->name);
	for (size_t i = 0; i < FREEFORM_PHRASES && r->phrases[i] != NULL; i++)
		ck_assert_msg(can_be_found(r->phrases[i]), "%s", r->phrases[i]);
}

START_TEST(rows_can_match)
{
	for (const struct freeform_row *r = freeform_mtas; r->name != NULL; r++)
		check_row(r);
	for (const struct freeform_row *r = freeform_providers; r->name != NULL;
	     r++)
		check_row(r);
}
END_TEST

static Suite *
notice_suite(void)
{
	Suite *s = suite_create("notice");
	TCase *t = tcase_create("notice");

	tcase_add_loop_test(t, converts, 0, ARRAY_LEN(charsets));
	tcase_add_loop_test(t, reads_html, 0, ARRAY_LEN(htmls));
	tcase_add_loop_test(t, walks_json, 0, ARRAY_LEN(jsons));
	tcase_add_test(t, walks_deep_json);
	tcase_add_loop_test(t, cuts_notices, 0, ARRAY_LEN(notices));
	tcase_add_test(t, flattens);
	tcase_add_test(t, rows_can_match);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(notice_suite)
