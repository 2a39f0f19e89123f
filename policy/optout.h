/*
 * optout - somebody wants no more mail of a stream: by a token of ours, as a
 * URL or a mail brings it back. Pure and thread safe.
 *
 * The token says who and which stream, whoever shows it: it is in no mail but
 * that person's own. So a mail that asks for it is believed whatever address
 * it comes from, and only about the address in its token.
 */
#ifndef POLICY_OPTOUT_H
#define POLICY_OPTOUT_H

#include "conf/conf.h"
#include "policy/engine.h"
#include "policy/keys.h"

/* What is left, by whom. */
struct optout {
	struct addr addr;
	char stream[LIMIT_STREAM_TEXT]; /* "*": every stream */
};

/*
 * Reads a token. A sealed one for a single recipient (List-Unsubscribe has
 * such) names its address; of a short one named has to be it, or NULL. One for
 * several proves nothing: any of them could unsubscribe the others. *why is
 * set on failure only.
 *
 * stream is that of the token, also where no row of streams has it any more;
 * "*" if its row says unsubscribe_all, or if nobody knows it (a short one).
 */
bool optout_token(const struct conf *conf, const struct keys *keys,
    struct span text, const struct addr *named, struct optout *out,
    const char **why) MUST_CHECK;

/* A mail that asks. */
struct request {
	struct optout optout; /* addr.text "": nobody that we can name */
	bool proven;          /* by a token; else addr is who writes */
	const char *said;     /* why, or why not */
};

/*
 * True if the mail, which report was read from and which is none, has come to
 * an address of inbound.unsubscribe: by its envelope, or where nobody knows
 * that, by its header.
 */
bool optout_mail(const struct conf *conf, const struct arrival *arrival,
    const struct report *report, struct span mail, struct request *out);

#endif
