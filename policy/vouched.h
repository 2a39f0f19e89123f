/*
 * vouched - what hosts of ours say of a message in Authentication-Results
 * (RFC 8601), where it proves that a trusted reporter has sent it. Pure.
 *
 * A host counts if inbound.authserv_ids names it, and only from the top of the
 * header down to the first Received of a host that is not ours: neither named
 * there nor within own_domains. Behind that a stranger has written; so has he
 * in what the message returns or attaches, which is never looked at.
 *
 * A stranger may write at the top, too: RFC 8601 5 wants the host to remove
 * what has its own name, and the setting says so. For when it forgets some,
 * only the topmost field that speaks of a method counts for that method.
 */
#ifndef POLICY_VOUCHED_H
#define POLICY_VOUCHED_H

#include "conf/conf.h"

/*
 * True if they prove it. said: why, or why not; always set. mail: the whole
 * message as it came to us.
 */
bool vouched_for(const struct conf *conf, struct span mail, char *said,
    size_t size);

/* The same: is it signed (DKIM) by a domain, or by one above it? */
bool vouched_signed(const struct conf *conf, struct span mail,
    const char *domain, char *said, size_t size);

#endif
