/*
 * trust - do we believe a report? One table: kind of proof x kind of report.
 */
#ifndef POLICY_TRUST_H
#define POLICY_TRUST_H

#include "policy/engine.h"

enum proof {
	PROOF_NONE,
	PROOF_OWN_BOUNCE, /* our Postfix made it: nobody can imitate that */
	PROOF_SPF,        /* a trusted reporter, proven by SPF */
	PROOF_ASSUMED,    /* an admin vouches for it */
};
extern const struct name proof_names[];

enum trust { TRUST_IGNORED, TRUST_UNVERIFIED, TRUST_BELIEVED };
extern const struct name trust_names[];

/* The best proof there is. May ask the DNS. spf NULL: SPF proves nothing. */
enum proof trust_proof(const struct conf *conf, struct spf *spf,
    const struct arrival *arrival);

enum trust trust_of(enum proof proof, enum report_type type);

#endif
