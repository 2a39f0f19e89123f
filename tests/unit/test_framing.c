#include "web/framing.h"

#include <string.h>

#include "tests/unit/unit.h"

#define LINE "GET /u/abc HTTP/1.1\r\n"

/* The fields as they were understood, ":" between and "|" behind, and the head
 * that they came in. */
static const struct {
	const char *version;
	const char *fields;
	const char *head;
	int status; /* 200: it is plain */
} cases[] = {
	{ "1.1", "Host:x|", LINE "Host: x\r\n\r\n", 200 },
	{ "1.0", "", LINE "\r\n", 200 },
	{ "1.1", "Host:x|X:|", LINE "Host: x\r\nX: \r\n\r\n", 200 },
	{ "1.1", "Host:x|X:|", LINE "Host: x\r\nX:\r\n\r\n", 200 },
	{ "1.1", "Host:x|X:a\tb |", LINE "Host: x\r\nX: a\tb \r\n\r\n", 200 },
	{ "1.1", "Content-Length:5|", LINE "Content-Length: 5\r\n\r\n", 200 },
	{ "1.1", "Transfer-Encoding:Chunked|",
	    LINE "Transfer-Encoding: Chunked\r\n\r\n", 200 },
	/* Where it ends. */
	{ "1.1", "Content-Length:5|content-length:5|",
	    LINE "Content-Length: 5\r\ncontent-length: 5\r\n\r\n", 400 },
	{ "1.1", "Content-Length:5|Transfer-Encoding:chunked|",
	    LINE "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
	    400 },
	{ "1.1", "Content-Length:+5|", LINE "Content-Length: +5\r\n\r\n", 400 },
	{ "1.1", "Content-Length:5 |", LINE "Content-Length: 5 \r\n\r\n", 400 },
	{ "1.1", "Content-Length:|", LINE "Content-Length:\r\n\r\n", 400 },
	{ "1.1", "Content-Length:9223372036854775808|",
	    LINE "Content-Length: 9223372036854775808\r\n\r\n", 400 },
	{ "1.0", "Transfer-Encoding:chunked|",
	    LINE "Transfer-Encoding: chunked\r\n\r\n", 400 },
	{ "1.1", "Transfer-Encoding:gzip|",
	    LINE "Transfer-Encoding: gzip\r\n\r\n", 501 },
	{ "1.1", "Transfer-Encoding:|", LINE "Transfer-Encoding: \r\n\r\n",
	    501 },
	/* Fields. */
	{ "1.1", "Host:x|Host:x|", LINE "Host: x\r\nHost: x\r\n\r\n", 400 },
	{ "1.1", "Host :x|", LINE "Host : x\r\n\r\n", 400 },
	{ "1.1", " Host:x|", LINE " Host: x\r\n\r\n", 400 },
	{ "1.1", "X\1:x|", LINE "X\1: x\r\n\r\n", 400 },
	{ "1.1", "X:a\rb|", LINE "X: a\rb\r\n\r\n", 400 },
	{ "1.1", "X:a\177|", LINE "X: a\177\r\n\r\n", 400 },
	{ "1.1", "X:\303\244|", LINE "X: \303\244\r\n\r\n", 200 },
	/* What was understood is not what came; # is a NUL. */
	{ "1.1", "", LINE ": x\r\n\r\n", 400 },
	{ "1.1", "X:a|", LINE "X:  a\r\n\r\n", 400 },
	{ "1.1", "X:a|", LINE "X:a\r\n\r\n", 400 },
	{ "1.1", "X:a|", LINE "X: a\n\r\n", 400 },
	{ "1.1", "X:a|", LINE "X: a#b\r\n\r\n", 400 },
	{ "1.1", "Content-Length5:|", LINE "Content-Length:\r\n 5\r\n\r\n",
	    400 },
	{ "1.1", "X:a|", "GET  /u/abc HTTP/1.1\r\nX: a\r\n\r\n", 400 },
	{ "1.1", "X:a|", "GET /u/abc# HTTP/1.1\r\nX: a\r\n\r\n", 400 },
};

START_TEST(tells_what_is_plain)
{
	struct span fields = span_of(cases[_i].fields), value, name;
	char version[16] = "HTTP/";
	const struct framing_line line = { "GET", "/u/abc", version,
		strlen(cases[_i].head) };
	struct framing f = { 0 };
	struct answer a;
	bool plain;

	(void)span_copy(span_of(cases[_i].version), version + 5, 8);
	while (span_cut(&fields, '|', &value)) {
		(void)span_cut(&value, ':', &name);
		framing_field(&f, name, value);
	}
	answer_init(&a);
	plain = framing_is_plain(&f, &line, &a);
	ck_assert_int_eq(a.status, cases[_i].status);
	ck_assert(plain == (cases[_i].status == 200));
	ck_assert(a.last == (!plain || f.chunked));
	answer_done(&a);
}
END_TEST

static Suite *
framing_suite(void)
{
	Suite *s = suite_create("framing");
	TCase *t = tcase_create("framing");

	tcase_add_loop_test(t, tells_what_is_plain, 0, ARRAY_LEN(cases));
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(framing_suite)
