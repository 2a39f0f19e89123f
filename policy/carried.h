/*
 * carried - the tokens that a report brings back, and whom they prove to have
 * been sent what it speaks of. Pure.
 *
 * They come back in the header of the returned message, in the address that
 * the report was sent to (a return path, bounces+TOKEN@,
 * TOKEN@bounces.example.com) and in Original-Envelope-Id; for a complaint also
 * in CFBL-Feedback-ID (RFC 9477). Other sites' tokens in the header say
 * nothing: mail may pass several sites that add one.
 *
 * Whoever has a token can show it with any report. So it proves nothing unless
 * all that came fit the address that the report claims, or that XVERP has put
 * behind the address that it came to; and two different ones of the same form
 * prove nothing at all.
 */
#ifndef POLICY_CARRIED_H
#define POLICY_CARRIED_H

#include "policy/engine.h"
#include "policy/token.h"

/* What is said when there is none. */
#define CARRIED_NOTHING "none came back"

#define CARRIED_MAX 3 /* a sealed one, a short one, one of a return path */

struct carried {
	struct token tokens[CARRIED_MAX]; /* each once */
	size_t n;
	const struct arrival *arrival; /* borrowed */
	const char *why; /* they prove nothing, whatever is claimed; "": no */
	bool by_feedback_id; /* one came in CFBL-Feedback-ID alone */
};

void carried_read(const struct keys *keys, const struct report *report,
    const struct arrival *arrival, struct carried *out);

/*
 * The address that they prove for one recipient of a bounce: one of those
 * that it claims, or where it claims none, that of a token which has one.
 * *said: why, or why not; always set.
 */
bool carried_bounced(const struct carried *c, const struct report *report,
    const struct report_recipient *r, struct addr *out, const char **said);

/*
 * The same for a complaint: the one claimed recipient; the address in the
 * token, if it is one of several, or if they are redacted.
 */
bool carried_complained(const struct carried *c, const struct conf *conf,
    const struct report *report, struct addr *out, const char **said);

#endif
