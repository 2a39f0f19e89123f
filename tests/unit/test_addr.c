#include "tests/unit/unit.h"

#include "base/addr.h"
#include "tests/unit/exact.h"

#define A16 "abcdefghijklmnop"
#define A64 A16 A16 A16 A16
#define A128 A64 A64

static const struct {
	const char *in;
	const char *want; /* NULL: must be refused */
	const char *says; /* when refused, part of why */
} cases[] = {
	{ "joe@example.com", "joe@example.com", "" },
	{ "Joe.User@Example.COM", "joe.user@example.com", "" },
	{ "<joe@example.com>", "joe@example.com", "" },
	{ " \t<joe@example.com>\r\n", "joe@example.com", "" },
	{ "< joe@example.com >", "joe@example.com", "" },
	{ "joe@example.com.", "joe@example.com", "" },
	{ "joe+tag@example.com", "joe+tag@example.com", "" },
	{ "!#$%&'*+-/=?^_`{|}~@example.com", "!#$%&'*+-/=?^_`{|}~@example.com",
	    "" }, /* all of atext */
	{ "joe%example.net@example.com", "joe%example.net@example.com", "" },
	{ "joe@localhost", "joe@localhost", "" },
	{ "joe@[192.0.2.1]", "joe@[192.0.2.1]", "" },
	{ "joe@[IPv6:2001:DB8::1]", "joe@[ipv6:2001:db8::1]", "" },
	/* dots where RFC 5321 has none, but mailboxes do */
	{ "joe.@example.com", "joe.@example.com", "" },
	{ "\"joe.\"@example.com", "joe.@example.com", "" },
	{ ".joe..user@example.com", ".joe..user@example.com", "" },
	/* quoting, RFC 5321 4.1.2: all forms are one, the shortest is sent */
	{ "\"supp\"@out.test", "supp@out.test", "" },
	{ "\"Supp.User\"@out.test", "supp.user@out.test", "" },
	{ "\"supp user\"@out.test", "\"supp user\"@out.test", "" },
	{ "supp\\+x@out.test", "supp+x@out.test", "" },
	{ "\"s\\upp\"@out.test", "supp@out.test", "" },
	{ "supp\\ user@out.test", "\"supp user\"@out.test", "" },
	{ "\"a\\\"b\"@out.test", "\"a\\\"b\"@out.test", "" },
	{ "\"a\\\\b\"@out.test", "\"a\\\\b\"@out.test", "" },
	{ "\"a>b\"@out.test", "\"a>b\"@out.test", "" },
	{ "\"a\\>b\"@out.test", "\"a>b\"@out.test", "" },
	{ "\"a@b\"@out.test", "\"a@b\"@out.test", "" },
	{ "a\\@b@out.test", "\"a@b\"@out.test", "" },
	{ "joe.\"q q\"@out.test", "\"joe.q q\"@out.test", "" },
	/* source routes, RFC 5321 4.1.1.3: ignored */
	{ "<@relay1.test,@relay2.test:supp@out.test>", "supp@out.test", "" },
	{ "@relay1.test:supp@out.test", "supp@out.test", "" },
	/* SMTPUTF8: NFC and lower case */
	{ "J\xC3\x96RG@example.com", "j\xC3\xB6rg@example.com", "" },
	{ "jo\xCC\x88rg@example.com", "j\xC3\xB6rg@example.com", "" },
	{ "\"j\xC3\xB6rg\"@example.com", "j\xC3\xB6rg@example.com", "" },
	{ "supp@b\xC3\xBC"
	  "cher.test",
	    "supp@xn--bcher-kva.test", "" },
	{ "\xCE\x94\xCE\x9F\xCE\xA3@example.com", /* final sigma */
	    "\xCE\xB4\xCE\xBF\xCF\x82@example.com", "" },
	{ "\xE7\x94\xA8\xE6\x88\xB7@example.com",
	    "\xE7\x94\xA8\xE6\x88\xB7@example.com", "" },
	/* lengths */
	{ A64 "@example.com", A64 "@example.com", "" },
	{ A128 "@example.com", A128 "@example.com", "" },
	{ A128 "x@example.com", NULL, "too long, at byte 129" },
	{ "\"" A128 "x\"@example.com", NULL, "too long, at byte 130" },
	/* wrong, with the byte */
	{ "", NULL, "empty" },
	{ "<>", NULL, "empty" },
	{ "  ", NULL, "empty" },
	{ "joe", NULL, "no @, at byte 4" },
	{ "<postmaster>", NULL, "no @" },
	{ "@example.com", NULL, "before the @, at byte 1" },
	{ "\"\"@example.com", NULL, "before the @" },
	{ "joe@", NULL, "empty" },
	{ "joe@@example.com", NULL, "second @, at byte 5" },
	{ "joe@a@example.com", NULL, "second @, at byte 6" },
	{ "<joe@a@example.com>", NULL, "second @, at byte 7" },
	{ "@@", NULL, "before the @" },
	{ "joe user@example.com", NULL, "at byte 4" },
	{ "  joe user@example.com", NULL, "at byte 6" },
	{ "joe(comment)@example.com", NULL, "at byte 4" },
	{ "joe,amy@example.com", NULL, "at byte 4" },
	{ "joe@exa mple.com", NULL, "at byte 4" },
	{ "\"joe@example.com", NULL, "quote is not closed" },
	{ "joe\\", NULL, "at byte 4" },
	{ "jo\x01"
	  "e@example.com",
	    NULL, "at byte 3" },
	{ "\"jo\x01"
	  "e\"@example.com",
	    NULL, "control character, at byte 4" },
	{ "\"jo\r\ne\"@example.com", NULL, "control character, at byte 4" },
	{ "\"jo\\\ne\"@example.com", NULL, "control character, at byte 5" },
	{ "jo\x7F"
	  "e@example.com",
	    NULL, "at byte 3" },
	{ "jo\xFF"
	  "e@example.com",
	    NULL, "not UTF-8, at byte 3" },
	{ "j\xC3\xB6\xC3@example.com", NULL, "not UTF-8, at byte 4" },
	{ "joe@ex\xC3.com", NULL, "not UTF-8, at byte 7" },
	{ "joe@-example.com", NULL, "hyphen" },
};

START_TEST(makes_canonical)
{
	struct error err = { 0 };
	struct addr got;
	struct span in = exact(cases[_i].in);
	bool ok = addr_parse(in, &got, &err);

	exact_free(in);
	ck_assert_msg(ok == (cases[_i].want != NULL), "'%s': %s", cases[_i].in,
	    ok ? got.text : err.text);
	if (ok) {
		ck_assert_str_eq(got.text, cases[_i].want);
		ck_assert_ptr_eq(got.domain, strrchr(got.text, '@') + 1);
		return;
	}
	ck_assert(err.code == ERROR_INVALID);
	ck_assert_msg(strstr(err.text, cases[_i].says) != NULL, "%s", err.text);
}
END_TEST

/* What is canonical stays as it is: the store asks for it again. */
START_TEST(is_stable)
{
	struct error err = { 0 };
	struct addr got;

	if (cases[_i].want == NULL)
		return;
	ck_assert_msg(addr_parse(span_of(cases[_i].want), &got, &err), "%s",
	    err.text);
	ck_assert_str_eq(got.text, cases[_i].want);
}
END_TEST

START_TEST(refuses_nul)
{
	struct error err = { 0 };
	struct addr got;
	struct span in = exact_bytes("jo\0e@example.com", 16);

	ck_assert(!addr_parse(in, &got, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "at byte 3"));
	exact_free(in);
}
END_TEST

/* The spelling that came stays for people; a copy has its own domain. */
START_TEST(keeps_the_spelling)
{
	struct error err = { 0 };
	struct addr got, copy;

	ck_assert(
	    addr_parse(span_of("<@r.test:\"Joe\"@Example.COM>"), &got, &err));
	ck_assert_str_eq(got.shown, "\"Joe\"@Example.COM");
	addr_copy(&copy, &got);
	memset(&got, 'x', sizeof(got));
	ck_assert_str_eq(copy.text, "joe@example.com");
	ck_assert_str_eq(copy.domain, "example.com");
	ck_assert_str_eq(copy.shown, "\"Joe\"@Example.COM");
}
END_TEST

static const struct {
	const char *in;
	const char *want;
} locals[] = {
	{ "Joe+tag@example.com", "joe+tag" },
	{ "\"a@b\"@example.com", "\"a@b\"" },
	{ "\"a\\\"b\"@example.com", "\"a\\\"b\"" },
};

START_TEST(has_a_local_part)
{
	struct error err = { 0 };
	struct addr got;

	ck_assert(addr_parse(span_of(locals[_i].in), &got, &err));
	ck_assert(span_is(addr_local(&got), locals[_i].want));
}
END_TEST

#define LONG_NAME A128 A128 A128 A128 A128 A128 A128 A128 A128

/* RFC 5322 3.4 and its examples in A.1.2, A.1.3, A.5, A.6.1. */
static const struct {
	const char *in;
	size_t n;
	const char *first;
} lists[] = {
	{ "joe@example.com", 1, "joe@example.com" },
	{ "Joe Q. Public <john.q.public@example.com>", 1,
	    "john.q.public@example.com" },
	{ "Mary Smith <mary@x.test>, jdoe@example.org, Who? <one@y.test>", 3,
	    "mary@x.test" },
	{ "<boss@nil.test>, \"Giant; \\\"Big\\\" Box\" "
	  "<sysservices@example.net>",
	    2, "boss@nil.test" },
	{ "A Group:Ed Jones <c@a.test>,joe@where.test,John <jdoe@one.test>;", 3,
	    "c@a.test" },
	{ "A Group: a@x.test; , b@y.test", 2, "a@x.test" },
	{ "Undisclosed recipients:;", 0, NULL },
	{ "(Empty list)(start)Hidden recipients  :(nobody(that I know))  ;", 0,
	    NULL },
	{ "Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>", 1,
	    "pete@silly.test" },
	{ "Chris Jones <c@(Chris's host.)public.example>, joe@example.org,\r\n"
	  "  John <jdoe@one.test> (my dear friend); (the end of the group)",
	    3, "c@public.example" },
	{ "joe@example.com (Joe, who is not <amy@example.com>)", 1,
	    "joe@example.com" },
	{ "(a (nested) comment, <amy@example.com>) joe@example.com", 1,
	    "joe@example.com" },
	{ "\"Doe, John\" <joe@example.com>", 1, "joe@example.com" },
	{ "\"amy@example.com\" <joe@example.com>", 1, "joe@example.com" },
	{ "\"a \\\" <amy@example.com>\" <joe@example.com>", 1,
	    "joe@example.com" },
	{ "\"supp user\"@out.test", 1, "\"supp user\"@out.test" },
	{ "\"a,b\"@out.test, amy@example.com", 2, "\"a,b\"@out.test" },
	{ "=?UTF-8?B?SsO2cmc=?= <joerg@example.com>", 1, "joerg@example.com" },
	{ "=?utf-8?Q?J=C3=B6rg?=\r\n =?utf-8?Q?_Doe?= <joe@example.com>", 1,
	    "joe@example.com" },
	{ "J\xC3\xB6rg <j\xC3\xB6rg@b\xC3\xBC"
	  "cher.test>",
	    1, "j\xC3\xB6rg@xn--bcher-kva.test" },
	{ "Joe\r\n\t<joe@example.com>,\r\n\tAmy <amy@example.com>", 2,
	    "joe@example.com" },
	{ "\r\n joe@example.com", 1, "joe@example.com" },
	{ ", ,joe@example.com,,", 1, "joe@example.com" }, /* 4.4 obsolete */
	{ "<@a.test,@b.test:joe@example.com>, amy@example.com", 2,
	    "joe@example.com" },
	{ "joe@[IPv6:2001:db8::1], amy@example.com", 2,
	    "joe@[ipv6:2001:db8::1]" },
	{ "[Team <joe@example.com>, amy@example.com", 2, "joe@example.com" },
	{ LONG_NAME " <joe@example.com>", 1, "joe@example.com" },
	/* what does not parse is passed over */
	{ "not an address, joe@example.com", 1, "joe@example.com" },
	{ "joe@, @example.com, <>", 0, NULL },
	{ "", 0, NULL },
	{ "\"never closed <joe@example.com>", 0, NULL },
	{ "(never closed joe@example.com", 0, NULL },
	{ "Joe <joe@example.com", 0, NULL },
	{ "\\", 0, NULL },
	{ LONG_NAME LONG_NAME "@example.com", 0, NULL },
};

START_TEST(reads_address_lists)
{
	struct addr got;
	size_t n = 0;
	struct span in = exact(lists[_i].in);
	bool ok = addr_from_header(in, &got, &n);

	exact_free(in);
	ck_assert_msg(ok == (lists[_i].n > 0), "'%s'", lists[_i].in);
	ck_assert_uint_eq(n, lists[_i].n);
	if (ok) {
		ck_assert_str_eq(got.text, lists[_i].first);
		ck_assert_ptr_eq(got.domain, strrchr(got.text, '@') + 1);
	}
}
END_TEST

static Suite *
addr_suite(void)
{
	Suite *s = suite_create("addr");
	TCase *t = tcase_create("addr");

	tcase_add_loop_test(t, makes_canonical, 0, ARRAY_LEN(cases));
	tcase_add_loop_test(t, is_stable, 0, ARRAY_LEN(cases));
	tcase_add_test(t, refuses_nul);
	tcase_add_test(t, keeps_the_spelling);
	tcase_add_loop_test(t, has_a_local_part, 0, ARRAY_LEN(locals));
	tcase_add_loop_test(t, reads_address_lists, 0, ARRAY_LEN(lists));
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(addr_suite)
