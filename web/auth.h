/*
 * auth - who asks, by the token of the request (RFC 6750), and how often a
 * client may guess. Thread safe.
 */
#ifndef WEB_AUTH_H
#define WEB_AUTH_H

#include "web/request.h"

struct auth;

struct auth *auth_new(void);
void auth_free(struct auth *auth);

/*
 * Finds out who asks and whether that is enough for the scope; sets r->actor
 * and r->scope. False: *a says 401, 403, 429 or 503.
 */
bool auth_allows(struct request *r, enum access_scope scope, struct answer *a);

/* Counts what this token changes. False: it is more than it may in a minute,
 * and *a says so. */
bool auth_paces(const struct request *r, enum access_scope scope,
    struct answer *a);

/*
 * Is text a token? Then who is whose; a wrong one counts as a guess. False:
 * *a says 401, 429 or 503.
 */
bool auth_token(const struct request *r, struct span text,
    struct access_token *who, struct answer *a);

#endif
