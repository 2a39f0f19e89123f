#include "policy/trust.h"

#include <stdio.h>
#include <string.h>

#include "conf/settings.h"
#include "policy/vouched.h"

const struct name proof_names[] = {
	{ PROOF_NONE, "none" },
	{ PROOF_OWN_BOUNCE, "own-bounce" },
	{ PROOF_ASSUMED, "assumed" },
	{ PROOF_TOKEN, "token" },
	{ PROOF_AUTHRES, "authentication-results" },
	{ PROOF_SPF, "spf" },
	{ 0, NULL },
};

const struct name trust_names[] = {
	{ TRUST_IGNORED, "ignored" },
	{ TRUST_UNVERIFIED, "unverified" },
	{ TRUST_BELIEVED, "believed" },
	{ 0, NULL },
};

/* Which kind of report a type is; 0: none that teaches anything. */
static int
kind_of(enum report_type type)
{
	switch (type) {
	case REPORT_BOUNCE:
	case REPORT_DELAYED:
		return CONF_BOUNCE;
	case REPORT_COMPLAINT:
	case REPORT_COMPLAINT_OTHER:
		return CONF_COMPLAINT;
	case REPORT_NONE: /* a DSN of which nothing failed, if any */
		return CONF_DELIVERED;
	case REPORT_UNSUBSCRIBE:
		return CONF_UNSUBSCRIBE;
	default:
		return 0;
	}
}

enum trust
trust_of(const struct conf *conf, enum proof proof, enum report_type type)
{
	const unsigned believed[] = {
		[PROOF_NONE] = conf->trust_unproven,
		[PROOF_OWN_BOUNCE] = conf->trust_own_bounce,
		[PROOF_ASSUMED] = SETTINGS_EVERY_REPORT,
		[PROOF_TOKEN] = conf->trust_token,
		[PROOF_AUTHRES] = conf->trust_authres,
		[PROOF_SPF] = conf->trust_spf,
	};
	int kind = kind_of(type);

	if (kind == 0)
		return TRUST_IGNORED;
	if (believed[proof] & 1U << kind)
		return TRUST_BELIEVED;
	return conf->trust_keep & 1U << kind ? TRUST_UNVERIFIED : TRUST_IGNORED;
}

void
trial_begin(struct trial *t, const struct conf *conf, struct spf *spf,
    const struct arrival *arrival, const struct report *report,
    struct span mail)
{
	t->conf = conf;
	t->spf = spf;
	t->arrival = arrival;
	t->report = report;
	t->mail = mail;
	t->vouched = t->authres_proves = false;
	t->asked = t->spf_proves = false;
	carried_read(arrival->keys, report, arrival, &t->carried);
}

/* Our own people write past the hosts that remove what is forged. */
static void
look_for_authres(struct trial *t)
{
	t->vouched = true;
	if (t->arrival->inside)
		(void)span_copy(span_of("not looked at: it comes from inside"),
		    t->authres_said, sizeof(t->authres_said));
	else
		t->authres_proves = vouched_for(t->conf, t->mail,
		    t->authres_said, sizeof(t->authres_said));
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
	else if (!conf_has_domain(&t->conf->trusted_reporters, domain))
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

/* Has it come by the loop of CFBL-Address? */
static bool
is_cfbl(const struct trial *t)
{
	if (t->carried.by_feedback_id)
		return true;
	for (size_t i = 0; i < t->arrival->recipients_n; i++)
		if (conf_is_cfbl(t->conf, &t->arrival->recipients[i]))
			return true;
	return false;
}

/*
 * RFC 9477 3.2: a report that is not signed by the domain in its From "SHALL
 * NOT" be processed. said: why, if it is not.
 */
static bool
is_signed(const struct trial *t, char *said, size_t size)
{
	static const char what[] = "RFC 9477 wants its DKIM signature: ";
	const char *at = strrchr(t->report->from, '@');
	char why[80];

	if (at == NULL)
		(void)span_copy(span_of("From is no address"), why,
		    sizeof(why));
	else if (t->arrival->inside)
		(void)span_copy(span_of("it comes from inside"), why,
		    sizeof(why));
	else if (vouched_signed(t->conf, t->mail, at + 1, why, sizeof(why)))
		return true;
	snprintf(said, size, "%s%s", what, why);
	return false;
}

static bool
try_token(const struct trial *t, const struct report_recipient *r,
    struct addr *token, struct finding *f)
{
	const char *said;
	char why[sizeof(f->tried[0].said)];
	bool proves =
	    r != NULL ? carried_bounced(&t->carried, t->report, r, token, &said)
		      : carried_complained(&t->carried, t->conf, t->report,
			    token, &said);

	if (proves && r == NULL && !t->arrival->assume_trust && is_cfbl(t) &&
	    !is_signed(t, why, sizeof(why))) {
		proves = false;
		said = why;
	}
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
	bool own = a->own_bounce && !t->report->wrapped, proves;

	f->tried_n = 0;
	note(f, PROOF_OWN_BOUNCE,
	    own             ? "our own mail system has made it"
	    : a->own_bounce ? "our own mail system returns it"
			    : "it came another way");
	if (a->assume_trust)
		note(f, PROOF_ASSUMED, "an administrator vouches for it");
	/* In any case: it tells who is meant, too. */
	proves = try_token(t, r, token, f);
	if (own)
		return PROOF_OWN_BOUNCE;
	if (a->assume_trust)
		return PROOF_ASSUMED;
	if (proves)
		return PROOF_TOKEN;
	if (!t->vouched)
		look_for_authres(t);
	note(f, PROOF_AUTHRES, t->authres_said);
	if (t->authres_proves)
		return PROOF_AUTHRES;
	if (!t->asked)
		ask_spf(t);
	note(f, PROOF_SPF, t->spf_said);
	return t->spf_proves ? PROOF_SPF : PROOF_NONE;
}

enum proof
trial_request(const struct arrival *a, const struct request *r,
    struct finding *f)
{
	f->tried_n = 0;
	if (a->assume_trust)
		note(f, PROOF_ASSUMED, "an administrator vouches for it");
	note(f, PROOF_TOKEN, r->said);
	if (a->assume_trust)
		return PROOF_ASSUMED;
	return r->proven ? PROOF_TOKEN : PROOF_NONE;
}
