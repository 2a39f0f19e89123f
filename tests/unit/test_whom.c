#include "tests/unit/unit.h"

#include <string.h>

#include "policy/whom.h"
#include "tests/unit/conf_text.h"

/* Ours: example.com and its sub-domain for lists. */
static const char settings[] =
    "inbound = { own_domains = [ \"example.com\", \"lists.example.com\" ]; };";

#define TOS_MAX 3

/* What a delivery report claims; NULL: absent, "!...": no address. */
struct claims {
	bool own; /* our own Postfix made it */
	const char *original;
	const char *final;
	const char *actual;
	const char *to; /* of the returned message; NULL: none came back */
	size_t to_n;    /* 0: one */
	const char *headers;
	size_t recipients_n; /* 0: one */
};

static void
claim(struct claim_address *to, const char *text)
{
	struct error err = { 0 };

	if (text == NULL)
		return;
	to->present = true;
	(void)span_copy(span_of(text), to->text, sizeof(to->text));
	to->valid = text[0] != '!';
	if (to->valid)
		ck_assert(addr_parse(span_of(text), &to->addr, &err));
}

static void
give_back(struct returned *back, const char *to, size_t n, const char *headers)
{
	struct error err = { 0 };

	if (to == NULL && headers == NULL)
		return;
	back->present = true;
	if (to != NULL) {
		ck_assert(addr_parse(span_of(to), &back->to, &err));
		back->to_n = n != 0 ? n : 1;
	}
	if (headers != NULL)
		back->headers = mem_dup_text(headers);
}

static void
check_whom(const char *what, bool named, const struct addr *a,
    const char *evidence, const char *want, const char *want_evidence)
{
	ck_assert_msg(named == (want != NULL), "%s: named %d", what, named);
	ck_assert_msg(strcmp(evidence, want_evidence) == 0, "%s: by '%s'", what,
	    evidence);
	if (named)
		ck_assert_msg(strcmp(a->text, want) == 0 &&
				  strcmp(a->domain, strchr(want, '@') + 1) == 0,
		    "%s: %s", what, a->text);
}

/* The order of the design, section 7: Original-Recipient, unless it is an
 * alias of ours; X-Actual-Recipient where Sendmail names an alias; a single
 * To of the returned message; Final-Recipient. Our own Postfix knows to
 * whom it spoke: Final-Recipient. */
static const struct {
	const char *what;
	struct claims claims;
	const char *want; /* NULL: nobody */
	const char *evidence;
} bounces[] = {
	{ "nothing is claimed", { 0 }, NULL, "" },
	{ "only Final", { .final = "joe@example.net" }, "joe@example.net",
	    "final-recipient" },
	{ "in canonical form", { .final = "Joe@Example.NET" },
	    "joe@example.net", "final-recipient" },
	{ "Original and Final are the same",
	    { .original = "joe@example.net", .final = "joe@example.net" },
	    "joe@example.net", "original-recipient" },
	{ "forwarded by the other side",
	    { .original = "joe@example.net",
		.final = "j.inner@backend.example.org" },
	    "joe@example.net", "original-recipient" },
	{ "Original before the returned To",
	    { .original = "joe@example.net",
		.final = "j.inner@backend.example.org",
		.to = "list@example.org" },
	    "joe@example.net", "original-recipient" },
	{ "an alias of ours, expanded",
	    { .original = "team@example.com", .final = "joe@example.net" },
	    "joe@example.net", "final-recipient" },
	{ "an alias of ours: To names the alias or a list",
	    { .original = "team@example.com",
		.final = "joe@example.net",
		.to = "jim@example.net" },
	    "joe@example.net", "final-recipient" },
	{ "an alias in another domain of ours",
	    { .original = "team@lists.example.com",
		.final = "joe@example.net" },
	    "joe@example.net", "final-recipient" },
	{ "a sub-domain that is not ours",
	    { .original = "joe@other.example.com", .final = "jim@example.net" },
	    "joe@other.example.com", "original-recipient" },
	{ "Sendmail: Final is the alias, Actual the address",
	    { .final = "team@example.com", .actual = "joe@example.net" },
	    "joe@example.net", "actual-recipient" },
	{ "Sendmail: Original is the alias, too",
	    { .original = "team@example.com",
		.final = "team@example.com",
		.actual = "joe@example.net" },
	    "joe@example.net", "actual-recipient" },
	{ "Sendmail of the other side: its alias is what we sent to",
	    { .final = "team@example.net", .actual = "joe@inner.example.org" },
	    "team@example.net", "final-recipient" },
	{ "Sendmail: Actual is ours, too",
	    { .final = "team@example.com", .actual = "joe@example.com" }, NULL,
	    "" },
	{ "no Original: a single returned To before Final",
	    { .final = "j.inner@backend.example.org", .to = "joe@example.net" },
	    "joe@example.net", "returned-to" },
	{ "several in To",
	    { .final = "joe@example.net", .to = "joe@example.net", .to_n = 2 },
	    "joe@example.net", "final-recipient" },
	{ "a To and a Cc",
	    { .final = "joe@example.net",
		.to = "jim@example.net",
		.headers = "To: jim@example.net\nCc: ann@example.org\n" },
	    "joe@example.net", "final-recipient" },
	{ "headers came back without a To",
	    { .final = "joe@example.net", .headers = "Subject: x\n" },
	    "joe@example.net", "final-recipient" },
	{ "To is ours: a list",
	    { .final = "joe@example.net", .to = "list@lists.example.com" },
	    "joe@example.net", "final-recipient" },
	{ "To tells nothing of several recipients",
	    { .final = "joe@example.net",
		.to = "jim@example.net",
		.recipients_n = 2 },
	    "joe@example.net", "final-recipient" },
	{ "Original of several recipients",
	    { .original = "joe@example.net",
		.final = "j.inner@backend.example.org",
		.recipients_n = 2 },
	    "joe@example.net", "original-recipient" },
	{ "Original is no address",
	    { .original = "!mess", .final = "joe@example.net" },
	    "joe@example.net", "final-recipient" },
	{ "Final is no address", { .final = "!mess" }, NULL, "" },
	{ "Final is no address, To helps",
	    { .final = "!mess", .to = "joe@example.net" }, "joe@example.net",
	    "returned-to" },
	{ "all are ours",
	    { .original = "a@example.com",
		.final = "b@example.com",
		.to = "c@example.com" },
	    NULL, "" },
	{ "own: the client's ORCPT names somebody else",
	    { .own = true,
		.original = "victim@example.org",
		.final = "joe@example.net" },
	    "joe@example.net", "final-recipient" },
	{ "own: an alias of ours",
	    { .own = true,
		.original = "team@example.com",
		.final = "joe@example.net" },
	    "joe@example.net", "final-recipient" },
	{ "own: To names somebody else",
	    { .own = true, .final = "joe@example.net", .to = "v@example.org" },
	    "joe@example.net", "final-recipient" },
	{ "own: a local mailbox that failed",
	    { .own = true,
		.original = "victim@example.org",
		.final = "joe@example.com",
		.to = "victim@example.org" },
	    NULL, "" },
	{ "own Sendmail: the alias and the address",
	    { .own = true,
		.final = "team@example.com",
		.actual = "joe@example.net" },
	    "joe@example.net", "actual-recipient" },
};

START_TEST(bounced)
{
	const struct claims *c = &bounces[_i].claims;
	struct conf *conf = conf_of(settings);
	struct report report = { .type = REPORT_BOUNCE,
		.recipients_n = c->recipients_n != 0 ? c->recipients_n : 1 };
	struct report_recipient r = { .action = DSN_FAILED };
	const char *evidence = "not set";
	struct addr a;
	bool named;

	claim(&r.original, c->original);
	claim(&r.final, c->final);
	claim(&r.actual, c->actual);
	give_back(&report.returned, c->to, c->to_n, c->headers);
	named = whom_bounced(conf, &report, &r, NULL, c->own, &a, &evidence);
	check_whom(bounces[_i].what, named, &a, evidence, bounces[_i].want,
	    bounces[_i].evidence);
	free(report.returned.headers);
	conf_unref(conf);
}
END_TEST

/* RFC 5965: the returned message before the fields, section 2 (g); several
 * Original-Rcpt-To don't say who complained, section 3.3. */
static const struct {
	const char *what;
	const char *rcpt_to[TOS_MAX];
	const char *to;
	size_t to_n;
	const char *headers;
	const char *want;
	const char *evidence;
	const char *removal; /* NULL: there is none */
} complaints[] = {
	{ "nothing", { NULL }, NULL, 0, NULL, NULL, "", NULL },
	{ "one recipient", { "joe@example.net" }, NULL, 0, NULL,
	    "joe@example.net", "original-rcpt-to", NULL },
	{ "several recipients", { "joe@example.net", "jim@example.net" }, NULL,
	    0, NULL, NULL, "", NULL },
	{ "a returned To", { NULL }, "joe@example.net", 0, NULL,
	    "joe@example.net", "returned-to", NULL },
	{ "both", { "joe@example.net" }, "joe@example.net", 0, NULL,
	    "joe@example.net", "returned-to", NULL },
	{ "forwarded by the other side", { "j.inner@backend.example.org" },
	    "joe@example.net", 0, NULL, "joe@example.net", "returned-to",
	    NULL },
	{ "several recipients and a single To",
	    { "joe@example.net", "jim@example.net" }, "ann@example.net", 0,
	    NULL, NULL, "", NULL },
	{ "several in To", { NULL }, "joe@example.net", 2, NULL, NULL, "",
	    NULL },
	{ "several in To and one recipient", { "joe@example.net" },
	    "jim@example.net", 2, NULL, "joe@example.net", "original-rcpt-to",
	    NULL },
	{ "a To and a Cc", { NULL }, "joe@example.net", 0,
	    "To: joe@example.net\nCc: jim@example.net\n", NULL, "", NULL },
	{ "a To and a Cc, and one recipient", { "jim@example.net" },
	    "joe@example.net", 0, "To: joe@example.net\nCc: x@example.net\n",
	    "jim@example.net", "original-rcpt-to", NULL },
	{ "a list of ours in To", { "joe@example.net" },
	    "list@lists.example.com", 0, NULL, "joe@example.net",
	    "original-rcpt-to", NULL },
	{ "all are ours", { "joe@example.com" }, "list@lists.example.com", 0,
	    NULL, NULL, "", NULL },
	/* Example B.2: who shall get no more. */
	{ "Removal-Recipient", { NULL }, NULL, 0, NULL, "jim@example.net",
	    "removal-recipient", "jim@example.net" },
	{ "of several recipients", { "joe@example.net", "jim@example.net" },
	    NULL, 0, NULL, "jim@example.net", "removal-recipient",
	    "jim@example.net" },
	{ "of several, and it is none of them",
	    { "joe@example.net", "jim@example.net" }, NULL, 0, NULL, NULL, "",
	    "ann@example.net" },
	{ "beside a recipient", { "joe@example.net" }, NULL, 0, NULL,
	    "joe@example.net", "original-rcpt-to", "jim@example.net" },
	{ "beside a returned To", { NULL }, "joe@example.net", 0, NULL,
	    "joe@example.net", "returned-to", "jim@example.net" },
	{ "it is ours", { NULL }, NULL, 0, NULL, NULL, "", "list@example.com" },
};

START_TEST(complained)
{
	struct conf *conf = conf_of(settings);
	struct report report = { .type = REPORT_COMPLAINT };
	struct addr rcpt_to[TOS_MAX], a;
	const char *evidence = "not set";
	struct error err = { 0 };
	size_t n = 0;
	bool named;

	for (; n < TOS_MAX && complaints[_i].rcpt_to[n] != NULL; n++)
		ck_assert(addr_parse(span_of(complaints[_i].rcpt_to[n]),
		    &rcpt_to[n], &err));
	report.feedback.rcpt_to = rcpt_to;
	report.feedback.rcpt_to_n = n;
	if (complaints[_i].removal != NULL)
		ck_assert(addr_parse(span_of(complaints[_i].removal),
		    &report.feedback.removal, &err));
	give_back(&report.returned, complaints[_i].to, complaints[_i].to_n,
	    complaints[_i].headers);
	named = whom_complained(conf, &report, NULL, &a, &evidence);
	check_whom(complaints[_i].what, named, &a, evidence,
	    complaints[_i].want, complaints[_i].evidence);
	free(report.returned.headers);
	conf_unref(conf);
}
END_TEST

/* A token that proves an address goes before all else. */
START_TEST(a_token_first)
{
	struct conf *conf = conf_of(settings);
	struct report report = { .type = REPORT_BOUNCE, .recipients_n = 1 };
	struct report_recipient r = { .action = DSN_FAILED };
	const char *evidence = "not set";
	struct error err = { 0 };
	struct addr token, a;
	bool named;

	ck_assert(addr_parse(span_of("ann@example.net"), &token, &err));
	claim(&r.original, "joe@example.net");
	claim(&r.final, "jim@example.net");
	for (int own = 0; own < 2; own++) {
		named =
		    whom_bounced(conf, &report, &r, &token, own, &a, &evidence);
		check_whom("bounce", named, &a, evidence, "ann@example.net",
		    "token");
	}
	report.type = REPORT_COMPLAINT;
	named = whom_complained(conf, &report, &token, &a, &evidence);
	check_whom("complaint", named, &a, evidence, "ann@example.net",
	    "token");
	conf_unref(conf);
}
END_TEST

static Suite *
whom_suite(void)
{
	Suite *s = suite_create("whom");
	TCase *t = tcase_create("whom");

	tcase_add_loop_test(t, bounced, 0, ARRAY_LEN(bounces));
	tcase_add_loop_test(t, complained, 0, ARRAY_LEN(complaints));
	tcase_add_test(t, a_token_first);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(whom_suite)
