#include "tests/unit/spf_unit.h"

#include "policy/trust.h"
#include "tests/unit/conf_text.h"

static struct dns *dns;
static struct spf *spf;
static struct conf *conf;

/*
 * The table of suppressd(8), by its defaults: the kinds of reports are bounce,
 * complaint, delivered and unsubscribe; B is believed, U unverified, I
 * ignored.
 */
static const struct {
	enum proof proof;
	const char *want;
} table[] = {
	/* Nothing unproven is believed; what would suppress is kept. */
	{ PROOF_NONE, "UUIU" },
	/* Our Postfix makes bounces, and nothing else. */
	{ PROOF_OWN_BOUNCE, "BUBU" },
	{ PROOF_TOKEN, "BBBB" },
	{ PROOF_AUTHRES, "BBBU" },
	{ PROOF_SPF, "BBBU" },
	{ PROOF_ASSUMED, "BBBB" },
};

/* The types of each kind. */
static const struct {
	enum report_type type;
	int kind; /* of want; -1: always ignored */
} types[] = {
	{ REPORT_BOUNCE, 0 },
	{ REPORT_DELAYED, 0 },
	{ REPORT_COMPLAINT, 1 },
	{ REPORT_COMPLAINT_OTHER, 1 },
	{ REPORT_NONE, 2 },
	{ REPORT_UNSUBSCRIBE, 3 },
	{ REPORT_AUTO_REPLY, -1 },
};

static void
check_row(const struct conf *c, enum proof proof, const char *want)
{
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		enum trust got = trust_of(c, proof, types[i].type);
		char letter = "IUB"[got];

		ck_assert_msg(
		    letter == (types[i].kind < 0 ? 'I' : want[types[i].kind]),
		    "%s, %s: %c", names_text(proof_names, (int)proof),
		    names_text(report_type_names, (int)types[i].type), letter);
	}
}

START_TEST(trusts)
{
	struct conf *c = conf_defaults();

	check_row(c, table[_i].proof, table[_i].want);
	conf_unref(c);
}
END_TEST

/* A stricter and a looser site; what an administrator vouches for always
 * counts. */
static const struct {
	const char *settings;
	enum proof proof;
	const char *want;
} sites[] = {
	{ "trust = { spf = [ \"complaint\" ]; };", PROOF_SPF, "UBIU" },
	{ "trust = { spf = [ \"complaint\" ]; };", PROOF_AUTHRES, "BBBU" },
	{ "trust = { authentication_results = [ ]; };", PROOF_AUTHRES, "UUIU" },
	{ "trust = { token = [ \"bounce\" ]; };", PROOF_TOKEN, "BUIU" },
	{ "trust = { own_bounce = [ ]; };", PROOF_OWN_BOUNCE, "UUIU" },
	{ "trust = { keep = [ ]; };", PROOF_NONE, "IIII" },
	{ "trust = { keep = [ ]; };", PROOF_SPF, "BBBI" },
	{ "trust = { keep = [ \"delivered\" ]; };", PROOF_NONE, "IIUI" },
	{ "trust = { unproven = [ \"bounce\" ]; };", PROOF_NONE, "BUIU" },
	{ "trust = { unproven = [ \"bounce\" ]; };", PROOF_SPF, "BBBU" },
	{ "trust = { token = [ ]; keep = [ ]; };", PROOF_ASSUMED, "BBBB" },
};

START_TEST(trusts_by_settings)
{
	struct conf *c = conf_of(sites[_i].settings);

	check_row(c, sites[_i].proof, sites[_i].want);
	conf_unref(c);
}
END_TEST

#define FRIEND "192.0.2.5"
#define STRANGER "203.0.113.9"

static const struct dns_row zone[] = {
	{ "fbl.example.org", DNS_TXT, "v=spf1 ip4:192.0.2.5 -all" },
	{ "mx.fbl.example.org", DNS_TXT, "v=spf1 ip4:192.0.2.5 -all" },
	{ "soft.example.org", DNS_TXT, "v=spf1 ~all" },
	{ "broken.example.org", DNS_SERVFAIL, NULL },
	{ "example.org", DNS_TXT, "v=spf1 ip4:192.0.2.5 -all" },
	{ "evilfbl.example.org", DNS_TXT, "v=spf1 +all" },
	{ "evil.example.net", DNS_TXT, "v=spf1 +all" },
};

static void
begin(void)
{
	dns = dns_start("127.0.0.1", zone, ARRAY_LEN(zone));
	spf = spf_start("127.0.0.1", dns_port(dns), 4);
	conf = conf_of("inbound = { trusted_reporters = ["
		       " \"fbl.example.org\", \"soft.example.org\","
		       " \"broken.example.org\" ]; };");
}

static void
end(void)
{
	conf_unref(conf);
	spf_close(spf);
	dns_stop(dns);
}

/* asks: whether the DNS may be asked at all; strangers' records are not. */
static const struct {
	const char *client; /* "": not by SMTP */
	const char *helo;
	const char *mail_from;
	bool own;
	bool assumed;
	enum proof want;
	bool asks;
} proofs[] = {
	{ FRIEND, "x", "a@fbl.example.org", false, false, PROOF_SPF, true },
	{ FRIEND, "x", "a@mx.fbl.example.org", false, false, PROOF_SPF, true },
	{ FRIEND, "fbl.example.org", "", false, false, PROOF_SPF, true },
	{ STRANGER, "x", "a@fbl.example.org", false, false, PROOF_NONE, true },
	{ STRANGER, "fbl.example.org", "", false, false, PROOF_NONE, true },
	{ FRIEND, "x", "a@soft.example.org", false, false, PROOF_NONE, true },
	{ FRIEND, "x", "a@broken.example.org", false, false, PROOF_NONE, true },
	/* The reporter's name elsewhere proves nothing. */
	{ STRANGER, "fbl.example.org", "a@evil.example.net", false, false,
	    PROOF_NONE, false },
	{ STRANGER, "x", "a@evilfbl.example.org", false, false, PROOF_NONE,
	    false },
	{ FRIEND, "x", "a@example.org", false, false, PROOF_NONE, false },
	{ FRIEND, "fbl.example.org", "no address", false, false, PROOF_NONE,
	    false },
	{ "", "fbl.example.org", "", false, false, PROOF_NONE, false },
	{ STRANGER, "x", "", true, false, PROOF_OWN_BOUNCE, false },
	{ FRIEND, "x", "a@fbl.example.org", true, false, PROOF_OWN_BOUNCE,
	    false },
	{ "", "", "", false, true, PROOF_ASSUMED, false },
	{ FRIEND, "x", "a@fbl.example.org", false, true, PROOF_ASSUMED, false },
	{ "", "", "", true, true, PROOF_OWN_BOUNCE, false },
};

static struct arrival
arrival_of(int i)
{
	struct arrival a = { .own_bounce = proofs[i].own,
		.assume_trust = proofs[i].assumed,
		.helo = proofs[i].helo,
		.mail_from = proofs[i].mail_from };

	if (proofs[i].client[0] != '\0')
		ck_assert(ip_parse(span_of(proofs[i].client), &a.client));
	return a;
}

/* The proof of a complaint that names nobody and brings no token. */
static enum proof
prove(const struct conf *c, struct spf *s, const struct arrival *a)
{
	static const struct report report = { .type = REPORT_COMPLAINT };
	struct finding f = { 0 };
	struct trial t;
	struct addr token;
	enum proof proof;

	trial_begin(&t, c, s, a, &report, span_of(""));
	proof = trial_claim(&t, NULL, &token, &f);
	ck_assert_str_eq(token.text, "");
	/* Once for a report. */
	ck_assert_int_eq(trial_claim(&t, NULL, &token, &f), proof);
	return proof;
}

START_TEST(proves)
{
	struct arrival a = arrival_of(_i);

	ck_assert_int_eq(prove(conf, spf, &a), proofs[_i].want);
	ck_assert_int_eq(dns_asked(dns, NULL) > 0, proofs[_i].asks);
}
END_TEST

/* Without SPF, or without a list of reporters, SPF proves nothing. */
START_TEST(proves_without_spf)
{
	struct arrival a = arrival_of(_i);
	enum proof want =
	    proofs[_i].want == PROOF_SPF ? PROOF_NONE : proofs[_i].want;
	struct conf *none = conf_defaults();

	ck_assert_int_eq(prove(conf, NULL, &a), want);
	ck_assert_int_eq(prove(none, spf, &a), want);
	ck_assert_uint_eq(dns_asked(dns, NULL), 0);
	conf_unref(none);
}
END_TEST

static Suite *
trust_suite(void)
{
	Suite *s = suite_create("trust");
	TCase *pure = tcase_create("trust");
	TCase *t = tcase_create("proof");

	tcase_add_loop_test(pure, trusts, 0, ARRAY_LEN(table));
	tcase_add_loop_test(pure, trusts_by_settings, 0, ARRAY_LEN(sites));
	suite_add_tcase(s, pure);
	tcase_add_checked_fixture(t, begin, end);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, proves, 0, ARRAY_LEN(proofs));
	tcase_add_loop_test(t, proves_without_spf, 0, ARRAY_LEN(proofs));
	suite_add_tcase(s, t);
	return s;
}

SPF_UNIT_MAIN(trust_suite)
