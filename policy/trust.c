#include "policy/trust.h"

const struct name proof_names[] = {
	{ PROOF_NONE, "none" },
	{ PROOF_OWN_BOUNCE, "own-bounce" },
	{ PROOF_SPF, "spf" },
	{ PROOF_ASSUMED, "assumed" },
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
	[PROOF_SPF] = { [BOUNCE] = TRUST_BELIEVED,
	    [COMPLAINT] = TRUST_BELIEVED,
	    [DELIVERED] = TRUST_BELIEVED,
	    [OTHER] = TRUST_IGNORED },
	[PROOF_ASSUMED] = { [BOUNCE] = TRUST_BELIEVED,
	    [COMPLAINT] = TRUST_BELIEVED,
	    [DELIVERED] = TRUST_BELIEVED,
	    [OTHER] = TRUST_BELIEVED },
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

enum proof
trust_proof(const struct conf *conf, struct spf *spf,
    const struct arrival *arrival)
{
	char domain[DOMAIN_TEXT];

	if (arrival->own_bounce)
		return PROOF_OWN_BOUNCE;
	if (arrival->assume_trust)
		return PROOF_ASSUMED;
	if (spf == NULL || arrival->client.family == 0 ||
	    conf->trusted_reporters.n == 0)
		return PROOF_NONE;
	/* Before the DNS: no stranger's record is ever read. */
	if (!spf_domain(arrival->helo, arrival->mail_from, domain) ||
	    !is_reporter(conf, domain))
		return PROOF_NONE;
	return spf_check(spf, &arrival->client, arrival->helo,
		   arrival->mail_from, domain) == SPF_PASS
		   ? PROOF_SPF
		   : PROOF_NONE;
}
