#include "tests/unit/unit.h"

#include "base/domain.h"
#include "tests/unit/exact.h"

#define L63 "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0"
/* 255 bytes: three labels of 63, one of 62 and a last of 1, with dots */
#define L62 "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz"

static const struct {
	const char *in;
	const char *want; /* NULL: must be refused */
	const char *says; /* when refused, part of why */
} cases[] = {
	{ "example.com", "example.com", "" },
	{ "Example.COM", "example.com", "" },
	{ "example.com.", "example.com", "" },
	{ "localhost", "localhost", "" },
	{ "a_b.example.com", "a_b.example.com", "" },
	{ "_dmarc.example.com", "_dmarc.example.com", "" },
	{ "1and1.test", "1and1.test", "" },
	{ "r3---sn.example.com", "r3---sn.example.com", "" },
	/* IDNA: UTS 46 section 4 and its table of deviations */
	{ "b\xC3\xBC"
	  "cher.test",
	    "xn--bcher-kva.test", "" },
	{ "B\xC3\x9C"
	  "CHER.test",
	    "xn--bcher-kva.test", "" },
	{ "bu\xCC\x88"
	  "cher.test",
	    "xn--bcher-kva.test", "" }, /* not NFC */
	{ "XN--Bcher-KVA.test", "xn--bcher-kva.test", "" },
	{ "fa\xC3\x9F.de", "xn--fa-hia.de", "" }, /* sharp s is kept */
	{ "fass.de", "fass.de", "" },
	/* the final sigma is kept, too */
	{ "\xCE\xB2\xCF\x8C\xCE\xBB\xCE\xBF\xCF\x82.com", "xn--nxasmm1c.com",
	    "" },
	{ "\xEF\xBD\x81.test", "a.test", "" }, /* full width a */
	{ "b\xC3\xBC"
	  "cher\xE3\x80\x82test",
	    "xn--bcher-kva.test", "" },
	{ "b\xC3\xBC"
	  "cher.test\xE3\x80\x82",
	    "xn--bcher-kva.test", "" },
	{ "_x.b\xC3\xBC"
	  "cher.test",
	    "_x.xn--bcher-kva.test", "" },
	/* address literals, RFC 5321 4.1.3 */
	{ "[192.0.2.1]", "[192.0.2.1]", "" },
	{ "[IPv6:2001:DB8::1]", "[ipv6:2001:db8::1]", "" },
	{ "[]", NULL, "no address literal" },
	{ "[192.0.2.1", NULL, "no address literal" },
	{ "[192.0.2.1].test", NULL, "no address literal" },
	{ "[1]2]", NULL, "at byte 3" },
	{ "[1 2]", NULL, "at byte 3" },
	/* lengths, RFC 1035 2.3.4 */
	{ L63 ".test", L63 ".test", "" },
	{ L63 "x.test", NULL, "longer than 63 bytes, at byte 1" },
	{ "a." L63 "x", NULL, "longer than 63 bytes, at byte 3" },
	{ L63 "." L63 "." L63 "." L63, L63 "." L63 "." L63 "." L63, "" },
	{ L62 "." L62 "." L62 "." L63 ".xy", L62 "." L62 "." L62 "." L63 ".xy",
	    "" },
	{ L63 "." L63 "." L63 "." L63 ".x", NULL, "longer than 255" },
	/* what no name has */
	{ "", NULL, "is empty" },
	{ ".", NULL, "is empty" },
	{ "..", NULL, "empty label, at byte 1" },
	{ ".example.com", NULL, "empty label, at byte 1" },
	{ "example..com", NULL, "empty label, at byte 9" },
	{ "example.com..", NULL, "empty label, at byte 13" },
	{ "-a.test", NULL, "at byte 1" },
	{ "a.b-.test", NULL, "at byte 4" },
	{ "-\xC3\xBC.test", NULL, "hyphen" },
	{ "a b.test", NULL, "at byte 2" },
	{ "a\tb.test", NULL, "at byte 2" },
	{ "a\x7F.test", NULL, "at byte 2" },
	{ "joe@example.com", NULL, "at byte 4" },
	{ "example.com/", NULL, "at byte 12" },
	{ "*.example.com", NULL, "at byte 1" },
	{ "\xFF.test", NULL, "encoding" },
	{ "a@\xC3\xBC", NULL, "a@" },
};

START_TEST(makes_canonical)
{
	struct error err = { 0 };
	char out[DOMAIN_TEXT] = "untouched";
	struct span in = exact(cases[_i].in);
	bool ok = domain_parse(in, out, &err);

	exact_free(in);
	ck_assert_msg(ok == (cases[_i].want != NULL), "'%s': %s", cases[_i].in,
	    ok ? out : err.text);
	ck_assert_str_eq(out, ok ? cases[_i].want : "untouched");
	ck_assert(ok || err.code == ERROR_INVALID);
	if (!ok)
		ck_assert_msg(strstr(err.text, cases[_i].says) != NULL, "%s",
		    err.text);
}
END_TEST

/* What is canonical stays as it is. */
START_TEST(is_stable)
{
	struct error err = { 0 };
	char out[DOMAIN_TEXT];

	if (cases[_i].want == NULL)
		return;
	ck_assert(domain_parse(span_of(cases[_i].want), out, &err));
	ck_assert_str_eq(out, cases[_i].want);
}
END_TEST

START_TEST(refuses_nul)
{
	struct error err = { 0 };
	char out[DOMAIN_TEXT];
	struct span plain = exact_bytes("a\0b.test", 8);
	struct span wide = exact_bytes("\xC3\xBC\0b.test", 9);

	ck_assert(!domain_parse(plain, out, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "at byte 2"));
	ck_assert(!domain_parse(wide, out, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "at byte 3"));
	exact_free(plain);
	exact_free(wide);
}
END_TEST

/* Long input in any script is an error, never a long wait or a crash. */
START_TEST(bears_long_input)
{
	struct error err = { 0 };
	char out[DOMAIN_TEXT], *all = mem_new(100000, 1);

	memset(all, 'a', 100000);
	ck_assert(!domain_parse((struct span){ all, 100000 }, out, &err));
	for (size_t i = 0; i < 100000; i += 2)
		memcpy(all + i, "\xC3\xBC", 2);
	ck_assert(!domain_parse((struct span){ all, 100000 }, out, &err));
	ck_assert(!domain_parse((struct span){ all, 900 }, out, &err));
	free(all);
}
END_TEST

static const struct {
	const char *name, *domain;
	bool want;
} within[] = {
	{ "example.com", "example.com", true },
	{ "a.example.com", "example.com", true },
	{ "a.b.example.com", "example.com", true },
	{ "badexample.com", "example.com", false },
	{ "com", "example.com", false },
	{ "example.com", "a.example.com", false },
	{ "example.org", "example.com", false },
};

START_TEST(knows_names_below)
{
	ck_assert(domain_is_within(within[_i].name, within[_i].domain) ==
		  within[_i].want);
}
END_TEST

START_TEST(climbs)
{
	const char *at = "a.example.com";

	at = domain_parent(at);
	ck_assert_str_eq(at, "example.com");
	at = domain_parent(at);
	ck_assert_str_eq(at, "com");
	ck_assert_ptr_null(domain_parent(at));
	ck_assert_ptr_null(domain_parent("[192.0.2.1]"));
}
END_TEST

static Suite *
domain_suite(void)
{
	Suite *s = suite_create("domain");
	TCase *t = tcase_create("domain");

	tcase_add_loop_test(t, makes_canonical, 0, ARRAY_LEN(cases));
	tcase_add_loop_test(t, is_stable, 0, ARRAY_LEN(cases));
	tcase_add_test(t, refuses_nul);
	tcase_add_test(t, bears_long_input);
	tcase_add_loop_test(t, knows_names_below, 0, ARRAY_LEN(within));
	tcase_add_test(t, climbs);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(domain_suite)
