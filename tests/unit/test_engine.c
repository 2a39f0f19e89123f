#include "tests/unit/unit.h"

#include <string.h>

#include "policy/engine.h"
#include "tests/unit/conf_text.h"
#include "tests/unit/spoil.h"
#include "tests/unit/stores.h"

static struct conf *conf;
static struct store *store;

static void
begin(void)
{
	scratch_begin();
	store = open_as(STORE_WRITE);
	conf = conf_of("streams = ( { name = \"all\"; } );");
	err = (struct error){ 0 };
}

static void
end(void)
{
	store_close(store);
	conf_unref(conf);
	scratch_end();
}

static void
put_reason(enum change_op op, const char *value, enum source source,
    int64_t expires)
{
	struct change c = { .op = op,
		.source = source,
		.stream = "*",
		.expires = expires,
		.by = "alice" };
	struct change_result r;

	ck_assert(value_parse(span_of(value), &c.value, &err));
	ck_assert_msg(store_change(store, &c, 1, &r, &err), "%s", err.text);
}

static struct verdict
check(const char *recipient, int64_t now)
{
	struct verdict v;
	struct addr a;

	ck_assert_msg(addr_parse(span_of(recipient), &a, &err), "%s", err.text);
	/* Whatever was there before. */
	memset(&v, 0xA5, sizeof(v));
	engine_check(conf, store, &conf->streams[0], &a, now, &v, &err);
	return v;
}

/* Design section 4: a recipient asks for its address, its domain, then each
 * parent; "@example.com" is that name only, "@.example.com" all below. */
static const struct {
	const char *listed[2];
	const char *recipient;
	const char *want; /* which value blocked; NULL: passes */
} lookups[] = {
	{ { "jim@example.net" }, "joe@example.net", NULL },
	{ { "joe@example.net" }, "joe@example.net", "joe@example.net" },
	{ { "joe@example.net" }, "JOE@Example.Net", "joe@example.net" },
	{ { "joe@example.net" }, "\"joe\"@example.net", "joe@example.net" },
	{ { "joe@example.net" }, "joe+news@example.net", NULL },
	{ { "joe@example.net" }, "joe@mail.example.net", NULL },
	{ { "@example.net" }, "joe@example.net", "@example.net" },
	{ { "@example.net" }, "joe@mail.example.net", NULL },
	{ { "@example.net" }, "joe@badexample.net", NULL },
	{ { "@.example.net" }, "joe@example.net", NULL },
	{ { "@.example.net" }, "joe@mail.example.net", "@.example.net" },
	{ { "@.example.net" }, "joe@a.b.c.example.net", "@.example.net" },
	{ { "@.net" }, "joe@example.net", "@.net" },
	{ { "@b\xC3\xBC"
	    "cher.example" },
	    "joe@xn--bcher-kva.example", "@xn--bcher-kva.example" },
	{ { "@example.net", "joe@example.net" }, "joe@example.net",
	    "joe@example.net" },
	{ { "@.net", "@example.net" }, "joe@example.net", "@example.net" },
	{ { "@.net", "@.example.net" }, "joe@a.example.net", "@.example.net" },
};

START_TEST(looks_up)
{
	const char *want = lookups[_i].want;
	struct verdict v;

	for (size_t i = 0; i < 2 && lookups[_i].listed[i] != NULL; i++)
		put_reason(CHANGE_ADD, lookups[_i].listed[i], SOURCE_USER, 0);
	v = check(lookups[_i].recipient, INT32_MAX);
	ck_assert_int_eq(v.action,
	    want != NULL ? VERDICT_REJECT : VERDICT_PASS);
	ck_assert_msg(want == NULL || strcmp(v.value, want) == 0, "%s",
	    v.value);
}
END_TEST

/* Mail to a phone is for the phone. */
START_TEST(a_gateway_asks_for_the_number)
{
	conf_unref(conf);
	conf = conf_of("phone_region = \"FR\";\n"
		       "outbound = { sms_gateways = [ \"sms.example\" ]; };\n");
	put_reason(CHANGE_ADD, "+33 6 12 34 56 78", SOURCE_USER, 0);
	ck_assert_str_eq(check("0612345678@sms.example", 1).value,
	    "+33612345678");
	ck_assert_int_eq(check("0612345679@sms.example", 1).action,
	    VERDICT_PASS);
	ck_assert_int_eq(check("0612345678@example.net", 1).action,
	    VERDICT_PASS);
	/* The address itself may be listed, too. */
	put_reason(CHANGE_ADD, "0612345679@sms.example", SOURCE_USER, 0);
	ck_assert_int_eq(check("0612345679@sms.example", 1).action,
	    VERDICT_REJECT);
}
END_TEST

/* A record that blocks nothing does not end the search. */
START_TEST(goes_on_to_the_domain)
{
	put_reason(CHANGE_ADD, "joe@example.net", SOURCE_BOUNCED, 2000000000);
	put_reason(CHANGE_ADD, "@example.net", SOURCE_LEAD, 0);
	ck_assert_str_eq(check("joe@example.net", 1999999999).value,
	    "joe@example.net");
	ck_assert_str_eq(check("joe@example.net", 2000000000).value,
	    "@example.net");
}
END_TEST

START_TEST(lifted_is_no_more)
{
	put_reason(CHANGE_ADD, "joe@example.net", SOURCE_BOUNCED, 0);
	put_reason(CHANGE_REMOVE, "joe@example.net", SOURCE_BOUNCED, 0);
	ck_assert_int_eq(check("joe@example.net", INT32_MAX).action,
	    VERDICT_PASS);
}
END_TEST

/* A report that is only kept in the history stops nobody. */
START_TEST(a_kept_report_stops_nobody)
{
	put_reason(CHANGE_REPORT, "joe@example.net", SOURCE_BOUNCED, 0);
	ck_assert_int_eq(check("joe@example.net", INT32_MAX).action,
	    VERDICT_PASS);
}
END_TEST

/* Never a silent pass: suppressed or not, the answer is "can't tell"; but who
 * is not there at all is known without the records. */
static const struct {
	const char *spoiled;
	const char *who;
	enum verdict_action action;
} failing[] = {
	{ SPOIL_RECORDS, "joe@example.net", VERDICT_UNKNOWN },
	{ SPOIL_RECORDS, "jim@example.org", VERDICT_PASS },
	{ SPOIL_MEMBERS, "joe@example.net", VERDICT_UNKNOWN },
	{ SPOIL_MEMBERS, "jim@example.org", VERDICT_UNKNOWN },
};

START_TEST(a_failing_store_is_unknown)
{
	struct verdict v;

	put_reason(CHANGE_ADD, "joe@example.net", SOURCE_USER, 0);
	ck_assert(store_answers(store, &err));
	spoil_files(scratch_dir, failing[_i].spoiled, 0x5A);
	ck_assert(!store_answers(store, &err));
	ck_assert_int_ne(err.code, ERROR_NONE);
	err = (struct error){ 0 };
	v = check(failing[_i].who, INT32_MAX);
	ck_assert_int_eq(v.action, failing[_i].action);
	if (v.action == VERDICT_PASS)
		return;
	ck_assert_ptr_eq(v.stream, &conf->streams[0]);
	ck_assert_str_eq(v.value, "");
	ck_assert_str_eq(v.text, "");
	ck_assert_int_ne(err.code, ERROR_NONE);
	ck_assert_str_ne(err.text, "");
}
END_TEST

static Suite *
engine_suite(void)
{
	Suite *s = suite_create("engine");
	TCase *t = tcase_create("engine");

	tcase_add_checked_fixture(t, begin, end);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, looks_up, 0, ARRAY_LEN(lookups));
	if (phone_available())
		tcase_add_test(t, a_gateway_asks_for_the_number);
	tcase_add_test(t, goes_on_to_the_domain);
	tcase_add_test(t, lifted_is_no_more);
	tcase_add_test(t, a_kept_report_stops_nobody);
	tcase_add_loop_test(t, a_failing_store_is_unknown, 0,
	    ARRAY_LEN(failing));
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(engine_suite)
