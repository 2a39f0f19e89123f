/*
 * trust - do we believe a report? One table: kind of proof x kind of report.
 * A token proves that we have sent a message to an address, and only a report
 * about that address (carried.h); the other proofs are for a whole report.
 */
#ifndef POLICY_TRUST_H
#define POLICY_TRUST_H

#include "policy/carried.h"
#include "policy/engine.h"
#include "policy/optout.h"

enum proof {
	PROOF_NONE,
	PROOF_OWN_BOUNCE, /* our Postfix made it: nobody can imitate that */
	PROOF_ASSUMED,    /* an admin vouches for it */
	PROOF_TOKEN,      /* it brings a token of ours for that address */
	PROOF_AUTHRES,    /* a trusted reporter, a host of ours says */
	PROOF_SPF,        /* a trusted reporter, proven by SPF */
};
extern const struct name proof_names[];

enum trust { TRUST_IGNORED, TRUST_UNVERIFIED, TRUST_BELIEVED };
extern const struct name trust_names[];

/* What is known of the proofs of one report. */
struct trial {
	const struct conf *conf;
	struct spf *spf;
	const struct arrival *arrival;
	const struct report *report;
	struct span mail;
	struct carried carried;
	bool vouched; /* authres_said and authres_proves are known */
	bool authres_proves;
	char authres_said[sizeof(((struct tried *)0)->said)];
	bool asked; /* spf_said and spf_proves are known */
	bool spf_proves;
	char spf_said[sizeof(((struct tried *)0)->said)];
};

/* All is borrowed; mail is what report was read from. spf NULL: SPF proves
 * nothing. Asks nobody. */
void trial_begin(struct trial *t, const struct conf *conf, struct spf *spf,
    const struct arrival *arrival, const struct report *report,
    struct span mail);

/*
 * The first proof that holds for one claim of the report, in the order of enum
 * proof: r is a recipient of a bounce; NULL: it is a complaint. token gets the
 * address that a token proves, else its text is "". tried and tried_n are set
 * in f. May ask the DNS, once for a report, and only if nothing else holds.
 */
enum proof trial_claim(struct trial *t, const struct report_recipient *r,
    struct addr *token, struct finding *f);

/* The same for a request to unsubscribe: who sends it is no proof. */
enum proof trial_request(const struct arrival *a, const struct request *r,
    struct finding *f);

/* One cell of the table: that of the settings (suppressd.conf(5), trust). */
enum trust trust_of(const struct conf *conf, enum proof proof,
    enum report_type type);

#endif
