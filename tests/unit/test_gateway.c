#include "policy/gateway.h"

#include "tests/unit/conf_text.h"

static const struct {
	const char *recipient;
	const char *want[GATEWAY_NUMBERS]; /* NULL: no more */
} cases[] = {
	{ "0612345678@sms.example", { "+33612345678" } },
	{ "33612345678@sms.example", { "+33612345678" } },
	{ "+33612345678@sms.example", { "+33612345678" } },
	{ "\"+33 6 12 34 56 78\"@SMS.example", { "+33612345678" } },
	{ "06.12.34.56.78@sms.example", { "+33612345678" } },
	{ "491701234567@sms.example", { "+491701234567" } },
	{ "0478123456@sms.example", { "+33478123456" } },
	{ "joe@sms.example", { NULL } },
	{ "12@sms.example", { NULL } },
	{ "0612345678@other.example", { NULL } },
	{ "0612345678@below.sms.example", { NULL } },
};

START_TEST(tells_the_number)
{
	struct conf *conf =
	    conf_of("phone_region = \"FR\";\n"
		    "outbound = { sms_gateways = [ \"sms.example\" ]; };\n");
	struct value out[GATEWAY_NUMBERS];
	struct error err;
	struct addr a;
	size_t n;

	ck_assert(addr_parse(span_of(cases[_i].recipient), &a, &err));
	n = gateway_numbers(conf, &a, out);
	for (size_t i = 0; i < GATEWAY_NUMBERS; i++) {
		ck_assert_int_eq(i < n, cases[_i].want[i] != NULL);
		if (i >= n)
			continue;
		ck_assert_int_eq(out[i].kind, KIND_PHONE);
		ck_assert_str_eq(out[i].text, cases[_i].want[i]);
	}
	conf_unref(conf);
}
END_TEST

/* Where both readings are numbers, both are asked for. */
START_TEST(asks_for_both)
{
	struct conf *conf =
	    conf_of("phone_region = \"US\";\n"
		    "outbound = { sms_gateways = [ \"sms.example\" ]; };\n");
	struct value out[GATEWAY_NUMBERS];
	struct error err;
	struct addr a;

	ck_assert(addr_parse(span_of("3906698212@sms.example"), &a, &err));
	ck_assert_uint_eq(gateway_numbers(conf, &a, out), 2);
	ck_assert_str_eq(out[0].text, "+13906698212");
	ck_assert_str_eq(out[1].text, "+3906698212");
	conf_unref(conf);
}
END_TEST

/* What stops a recipient, from the most exact on. */
static const struct {
	const char *recipient;
	const char *want[6]; /* NULL: no more */
} reached[] = {
	{ "3906698212@sms.example",
	    { "3906698212@sms.example", "@sms.example", "@.example",
		"+13906698212", "+3906698212" } },
	{ "joe@sms.example",
	    { "joe@sms.example", "@sms.example", "@.example" } },
	{ "3906698212@example", { "3906698212@example", "@example" } },
};

START_TEST(reaches_all)
{
	struct conf *conf =
	    conf_of("phone_region = \"US\";\n"
		    "outbound = { sms_gateways = [ \"sms.example\" ]; };\n");
	struct reach reach;
	struct error err;
	struct value key;
	struct addr a;

	memset(&reach, 0xA5, sizeof(reach));
	ck_assert(addr_parse(span_of(reached[_i].recipient), &a, &err));
	reach_init(&reach, conf, &a);
	for (size_t i = 0; reached[_i].want[i] != NULL; i++) {
		ck_assert(reach_next(&reach, &key));
		ck_assert_str_eq(key.text, reached[_i].want[i]);
		ck_assert_int_eq(key.kind == KIND_PHONE, key.text[0] == '+');
	}
	ck_assert(!reach_next(&reach, &key));
	ck_assert(!reach_next(&reach, &key));
	conf_unref(conf);
}
END_TEST

static Suite *
gateway_suite(void)
{
	Suite *s = suite_create("gateway");
	TCase *t = tcase_create("gateway");

	if (phone_available()) {
		tcase_add_loop_test(t, tells_the_number, 0, ARRAY_LEN(cases));
		tcase_add_test(t, asks_for_both);
		tcase_add_loop_test(t, reaches_all, 0, ARRAY_LEN(reached));
	}
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(gateway_suite)
