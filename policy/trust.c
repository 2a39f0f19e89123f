#include "policy/trust.h"

#include <stdio.h>

const struct name proof_names[] = {
	{ PROOF_NONE, "none" },
	{ PROOF_OWN_BOUNCE, "own-bounce" },
	{ PROOF_ASSUMED, "assumed" },
	{ PROOF_TOKEN, "token" },
	{ PROOF_SPF, "spf" },
	{ 0, NULL },
};

const struct name trust_names[] = {
	{ TRUST_IGNORED, "ignored" },
	{ TRUST_UNVERIFIED, "unverified" },
	{ TRUST_BELIEVED, "believed" },
	{ 0, NULL },
};

enum kind_of_report { BOUNCE, COMPLAINT, DELIVERED, OTHER, KINDS };

/* Postfix makes bounces and says what was delivered, and nothing else. */
static const enum trust table[][KINDS] = {
	[PROOF_NONE] = { [BOUNCE] = TRUST_UNVERIFIED,
	    [COMPLAINT] = TRUST_UNVERIFIED,
	    [DELIVERED] = TRUST_IGNORED,
	    [OTHER] = TRUST_IGNORED },
	[PROOF_OWN_BOUNCE] = { [BOUNCE] = TRUST_BELIEVED,
	    [COMPLAINT] = TRUST_UNVERIFIED,
	    [DELIVERED] = TRUST_BELIEVED,
	    [OTHER] = TRUST_IGNORED },
	[PROOF_ASSUMED] = { [BOUNCE] = TRUST_BELIEVED,
	    [COMPLAINT] = TRUST_BELIEVED,
	    [DELIVERED] = TRUST_BELIEVED,
	    [OTHER] = TRUST_BELIEVED },
	/* Who has it got our mail, or found it: it speaks for its own address.
	 */
	[PROOF_TOKEN] = { [BOUNCE] = TRUST_BELIEVED,
	    [COMPLAINT] = TRUST_BELIEVED,
	    [DELIVERED] = TRUST_BELIEVED,
	    [OTHER] = TRUST_IGNORED },
	[PROOF_SPF] = { [BOUNCE] = TRUST_BELIEVED,
	    [COMPLAINT] = TRUST_BELIEVED,
	    [DELIVERED] = TRUST_BELIEVED,
	    [OTHER] = TRUST_IGNORED },
};

enum trust
trust_of(enum proof proof, enum report_type type)
{
	switch (type) {
	case REPORT_BOUNCE:
	case REPORT_DELAYED:
		return table[proof][BOUNCE];
	case REPORT_COMPLAINT:
	case REPORT_COMPLAINT_OTHER:
		return table[proof][COMPLAINT];
	case REPORT_NONE: /* a DSN of which nothing failed, if any */
		return table[proof][DELIVERED];
	default:
		return table[proof][OTHER];
	}
}

/* True if the name is a trusted reporter's, or below it. */
static bool
is_reporter(const struct conf *conf, const char *name)
{
	for (size_t i = 0; i < conf->trusted_reporters.n; i++)
		if (domain_is_within(name, conf->trusted_reporters.list[i]))
			return true;
	return false;
}

void
trial_begin(struct trial *t, const struct conf *conf, struct spf *spf,
    const struct arrival *arrival, const struct report *report)
{
	t->conf = conf;
	t->spf = spf;
	t->arrival = arrival;
	t->report = report;
	t->asked = t->spf_proves = false;
	carried_read(arrival->keys, report, arrival, &t->carried);
}

/* Before the DNS: no stranger's record is ever read. */
static void
ask_spf(struct trial *t)
{
	const struct arrival *a = t->arrival;
	const char *why = "";
	char domain[DOMAIN_TEXT];
	enum spf_result result;

	t->asked = true;
	if (t->spf == NULL || a->client.family == 0)
		why = "not asked: it did not come by SMTP";
	else if (!spf_domain(a->helo, a->mail_from, domain))
		why = "not asked: neither sender nor HELO names a domain";
	else if (!is_reporter(t->conf, domain))
		why = "not asked: no reporter that is trusted";
	(void)span_copy(span_of(why), t->spf_said, sizeof(t->spf_said));
	if (why[0] != '\0')
		return;
	result = spf_check(t->spf, &a->client, a->helo, a->mail_from, domain);
	t->spf_proves = result == SPF_PASS;
	snprintf(t->spf_said, sizeof(t->spf_said), "%s for %.100s",
	    names_text(spf_result_names, (int)result), domain);
}

static void
note(struct finding *f, enum proof proof, const char *said)
{
	struct tried *t = &f->tried[f->tried_n++];

	t->proof = names_text(proof_names, (int)proof);
	(void)span_copy(span_of(said), t->said, sizeof(t->said));
}

static bool
try_token(const struct trial *t, const struct report_recipient *r,
    struct addr *token, struct finding *f)
{
	const char *said;
	bool proves =
	    r != NULL ? carried_bounced(&t->carried, t->report, r, token, &said)
		      : carried_complained(&t->carried, t->conf, t->report,
			    token, &said);

	if (!proves)
		*token = (struct addr){ 0 };
	note(f, PROOF_TOKEN, said);
	return proves;
}

enum proof
trial_claim(struct trial *t, const struct report_recipient *r,
    struct addr *token, struct finding *f)
{
	const struct arrival *a = t->arrival;
	bool proves;

	f->tried_n = 0;
	note(f, PROOF_OWN_BOUNCE,
	    a->own_bounce ? "our own mail system has made it"
			  : "it came another way");
	if (a->assume_trust)
		note(f, PROOF_ASSUMED, "an administrator vouches for it");
	/* In any case: it tells who is meant, too. */
	proves = try_token(t, r, token, f);
	if (a->own_bounce)
		return PROOF_OWN_BOUNCE;
	if (a->assume_trust)
		return PROOF_ASSUMED;
	if (proves)
		return PROOF_TOKEN;
	if (!t->asked)
		ask_spf(t);
	note(f, PROOF_SPF, t->spf_said);
	return t->spf_proves ? PROOF_SPF : PROOF_NONE;
}
