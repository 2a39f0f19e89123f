/*
 * auth - who asks, by the token of the request (RFC 6750), and how often a
 * client may guess. Thread safe.
 */
#ifndef WEB_AUTH_H
#define WEB_AUTH_H

#include "web/routes.h"

struct auth;

struct auth *auth_new(void);
void auth_free(struct auth *auth);

/*
 * Finds out who asks and whether that is enough for the scope; sets r->actor
 * and r->scope. False: *a says 401, 403, 429 or 503.
 */
bool auth_allows(struct request *r, enum access_scope scope, struct answer *a);

#endif
