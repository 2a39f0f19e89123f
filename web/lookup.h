/*
 * lookup - the list as a table that mailers without a milter ask: Postfix's
 * socketmap (socketmap_table(5)) and tcp_table(5). The key is the address of a
 * recipient; what is found is what access(5) does with it:
 *
 *	550 5.7.1 text		the reply of suppressd, also for action remove
 *	HOLD text
 *
 * A name of a socketmap is that of a stream; tcp_table has none, and asks for
 * the last one, which takes all other mail. Other keys than whole addresses,
 * which access(5) tries, too, are not found: the answer to the address has
 * looked at its domain. What can't be told is a temporary failure.
 * Thread safe.
 */
#ifndef WEB_LOOKUP_H
#define WEB_LOOKUP_H

#include "web/request.h"

enum lookup_protocol { LOOKUP_SOCKETMAP, LOOKUP_TCP_TABLE };

/* A longer request is none: the longest address, percent-encoded, and a name
 * of a stream have room. */
#define LOOKUP_REQUEST_BYTES 4096

enum lookup_step {
	LOOKUP_ANSWERED, /* out has grown by its answer */
	LOOKUP_MORE,     /* the request is not whole yet */
	LOOKUP_BROKEN,   /* it is none: close the connection */
};

/* Takes one request off the front of *in. */
enum lookup_step lookup_answer(const struct web *web,
    enum lookup_protocol protocol, struct span *in, int64_t now,
    struct buf *out);

/* Appends metrics: how often what was answered. */
void lookup_metrics(struct buf *out);

#endif
