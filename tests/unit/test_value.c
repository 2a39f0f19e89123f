#include "tests/unit/unit.h"

#include "base/value.h"
#include "tests/unit/exact.h"

static const struct {
	const char *in;
	enum kind kind;   /* 0: must be refused */
	const char *want; /* or part of why it is refused */
	const char *shown;
} cases[] = {
	{ "Joe@Example.com", KIND_EMAIL, "joe@example.com", "Joe@Example.com" },
	{ "  <joe@example.com> ", KIND_EMAIL, "joe@example.com",
	    "joe@example.com" },
	{ "@r.test:joe@example.com", KIND_EMAIL, "joe@example.com",
	    "joe@example.com" },
	{ "123@example.com", KIND_EMAIL, "123@example.com", "123@example.com" },
	{ "joe@linkedin.com", KIND_EMAIL, "joe@linkedin.com",
	    "joe@linkedin.com" },
	{ "@Example.com", KIND_DOMAIN, "@example.com", "@Example.com" },
	{ "@example.com.", KIND_DOMAIN, "@example.com", "@example.com." },
	{ "@.Example.com", KIND_DOMAIN, "@.example.com", "@.Example.com" },
	{ "@b\xC3\xBC"
	  "cher.test",
	    KIND_DOMAIN, "@xn--bcher-kva.test",
	    "@b\xC3\xBC"
	    "cher.test" },
	{ "@com", KIND_DOMAIN, "@com", "@com" },
	{ "@[192.0.2.1]", KIND_DOMAIN, "@[192.0.2.1]", "@[192.0.2.1]" },
	{ "@[IPv6:2001:DB8::1]", KIND_DOMAIN, "@[ipv6:2001:db8::1]",
	    "@[IPv6:2001:DB8::1]" },
	/* one whose text is not kept */
	{ " email#0123456789ABCDEF0123456789abcdef", KIND_EMAIL,
	    "email#0123456789abcdef0123456789abcdef",
	    "email#0123456789abcdef0123456789abcdef" },
	{ "domain#0123456789abcdef0123456789abcdef", KIND_DOMAIN,
	    "domain#0123456789abcdef0123456789abcdef",
	    "domain#0123456789abcdef0123456789abcdef" },
	{ "email#0123456789abcdef0123456789abcdef@example.com", KIND_EMAIL,
	    "email#0123456789abcdef0123456789abcdef@example.com",
	    "email#0123456789abcdef0123456789abcdef@example.com" },
	{ "email#0123456789abcdef0123456789abcde", 0, "no value", NULL },
	{ "email#0123456789abcdef0123456789abcdef0", 0, "no value", NULL },
	{ "contact#0123456789abcdef0123456789abcdef", 0, "no value", NULL },
	{ "fax#0123456789abcdef0123456789abcdef", 0, "no value", NULL },
	{ "", 0, "no value", NULL },
	{ "  ", 0, "no value", NULL },
	{ "@", 0, "is empty", NULL },
	{ "@.", 0, "is empty", NULL },
	{ "@@example.com", 0, "at byte 1", NULL },
	{ "@..example.com", 0, "empty label", NULL },
	{ "@[.example.com", 0, "no address literal", NULL },
	{ "example.com", 0, "write joe@example.com", NULL },
	{ "joe", 0, "write joe@example.com", NULL },
	{ "joe@", 0, "is empty", NULL },
	{ "joe user@example.com", 0, "at byte 4", NULL },
	/* phones and profiles: test_phone, test_profile */
	{ "(030) 123-45.67", 0, "phone", NULL },
	{ " https://www.LinkedIn.com/in/Joe ", KIND_LINKEDIN,
	    "linkedin.com/in/joe", "https://www.LinkedIn.com/in/Joe" },
	{ "https://www.linkedin.com/feed", 0, "no LinkedIn profile", NULL },
};

START_TEST(tells_the_kind)
{
	struct error err = { 0 };
	struct value v = { 0 };
	struct span in = exact(cases[_i].in);
	bool ok = value_parse(in, &v, &err);

	exact_free(in);
	ck_assert_msg(ok == (cases[_i].kind != 0), "'%s': %s", cases[_i].in,
	    ok ? v.text : err.text);
	if (!ok) {
		ck_assert(err.code == ERROR_INVALID);
		ck_assert_msg(strstr(err.text, cases[_i].want) != NULL, "%s",
		    err.text);
		return;
	}
	ck_assert_int_eq(v.kind, cases[_i].kind);
	ck_assert_str_eq(v.text, cases[_i].want);
	ck_assert_str_eq(v.shown, cases[_i].shown);
}
END_TEST

static const struct {
	const char *recipient;
	const char *keys[7];
} walks[] = {
	{ "a@b.c.example.com",
	    { "a@b.c.example.com", "@b.c.example.com", "@.c.example.com",
		"@.example.com", "@.com" } },
	{ "a@example.com", { "a@example.com", "@example.com", "@.com" } },
	{ "a@localhost", { "a@localhost", "@localhost" } },
	{ "a@[192.0.2.1]", { "a@[192.0.2.1]", "@[192.0.2.1]" } },
	{ "\"a@b.test\"@example.com",
	    { "\"a@b.test\"@example.com", "@example.com", "@.com" } },
	{ "Joe@B\xC3\x9C"
	  "CHER.test",
	    { "joe@xn--bcher-kva.test", "@xn--bcher-kva.test", "@.test" } },
};

START_TEST(walks_the_keys)
{
	struct error err = { 0 };
	struct addr a;
	struct value_walk w;
	struct value key, again;
	size_t n = 0;

	ck_assert(addr_parse(span_of(walks[_i].recipient), &a, &err));
	value_walk_init(&w, &a);
	for (; value_walk_next(&w, &key); n++) {
		ck_assert_ptr_nonnull(walks[_i].keys[n]);
		ck_assert_str_eq(key.text, walks[_i].keys[n]);
		ck_assert_int_eq(key.kind, n == 0 ? KIND_EMAIL : KIND_DOMAIN);
		/* The same as what an admin's entry becomes. */
		ck_assert(value_parse(span_of(key.text), &again, &err));
		ck_assert_str_eq(again.text, key.text);
		ck_assert_int_eq(again.kind, key.kind);
	}
	ck_assert_ptr_null(walks[_i].keys[n]);
}
END_TEST

/* The longest walk that a name allows stays within VALUE_KEYS_MAX. */
START_TEST(walks_an_end)
{
	struct error err = { 0 };
	char text[LIMIT_DOMAIN_BYTES + 3] = "a@";
	struct addr a;
	struct value_walk w;
	struct value key;
	size_t n = 0;

	for (size_t i = 0; i < LIMIT_DOMAIN_BYTES; i++)
		text[2 + i] = i % 2 == 0 ? 'a' : '.';
	ck_assert_msg(addr_parse(span_of(text), &a, &err), "%s", err.text);
	value_walk_init(&w, &a);
	while (value_walk_next(&w, &key))
		n++;
	ck_assert_uint_eq(n, 1 + 1 + 127);
	ck_assert_uint_le(n, VALUE_KEYS_MAX);
}
END_TEST

START_TEST(takes_what_is_canonical)
{
	struct error err = { 0 };
	struct addr a;
	struct value v;

	ck_assert(addr_parse(span_of("<Joe@example.com>"), &a, &err));
	value_of_addr(&v, &a);
	ck_assert_int_eq(v.kind, KIND_EMAIL);
	ck_assert_str_eq(v.text, "joe@example.com");
	ck_assert_str_eq(v.shown, "Joe@example.com");
	value_of(&v, KIND_DOMAIN, "@.example.com");
	ck_assert_int_eq(v.kind, KIND_DOMAIN);
	ck_assert_str_eq(v.text, "@.example.com");
}
END_TEST

static Suite *
value_suite(void)
{
	Suite *s = suite_create("value");
	TCase *t = tcase_create("value");

	tcase_add_loop_test(t, tells_the_kind, 0, ARRAY_LEN(cases));
	tcase_add_loop_test(t, walks_the_keys, 0, ARRAY_LEN(walks));
	tcase_add_test(t, walks_an_end);
	tcase_add_test(t, takes_what_is_canonical);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(value_suite)
