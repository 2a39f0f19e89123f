/*
 * offer - what a message tells its recipient about where to turn to: to leave
 * its stream (List-Unsubscribe, RFC 2369 3.2 and RFC 8058), and for its
 * provider, where complaints go (CFBL-Address, RFC 9477). Pure.
 *
 * A token says who leaves what, so that a request is the same whoever sends
 * it, from whatever address. Hence only mail to a single recipient offers to
 * unsubscribe: the others would unsubscribe somebody else.
 */
#ifndef POLICY_OFFER_H
#define POLICY_OFFER_H

#include "base/buf.h"
#include "conf/conf.h"
#include "policy/keys.h"

#define OFFER_UNSUBSCRIBE "List-Unsubscribe"
#define OFFER_POST "List-Unsubscribe-Post"
#define OFFER_ONE_CLICK "List-Unsubscribe=One-Click" /* its value */
#define OFFER_CFBL "CFBL-Address"
#define OFFER_FEEDBACK_ID "CFBL-Feedback-ID" /* its value is a token */

/*
 * Appends the value of List-Unsubscribe, folded between its URIs, for one
 * canonical address; *one_click: List-Unsubscribe-Post goes with it. A URI
 * that would make a line too long, for an address that no SMTP server takes,
 * is left out. False: there is none, and out is as it was.
 */
bool offer_unsubscribe(const struct conf_stream *stream, const struct key *key,
    int64_t now, const char *address, struct buf *out, bool *one_click);

/* Appends the value of CFBL-Address of a stream that has one. */
void offer_cfbl(const struct conf_stream *stream, struct buf *out);

#endif
