/*
 * unsubscribe - a mail by which somebody asks for no more mail, as a mailto of
 * List-Unsubscribe makes it (RFC 2369 3.2): who writes, to whom, and the
 * subject. Nothing in its structure tells it from other mail: the address it
 * comes to does. Programs send it, too, as Apple Mail does with
 * "Auto-Submitted: auto-replied". Pure and thread safe.
 */
#ifndef MESSAGE_UNSUBSCRIBE_H
#define MESSAGE_UNSUBSCRIBE_H

#include <stddef.h>

#include "base/addr.h"
#include "base/limits.h"
#include "base/span.h"

struct unsubscribe {
	struct addr from;                     /* text "": nobody */
	struct addr to[LIMIT_UNSUBSCRIBE_TO]; /* the header's: To, Cc, and
						 what a mailbox keeps of the
						 envelope */
	size_t to_n;
	char subject[LIMIT_UNSUBSCRIBE_SUBJECT]; /* decoded; cut to this */
};

/* Reads any mail; what is not there is empty. */
void unsubscribe_read(struct span mail, struct unsubscribe *out);

#endif
