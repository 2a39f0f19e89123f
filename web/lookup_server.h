/*
 * lookup_server - the listeners of lookup.h, where the settings have some: one
 * thread for all connections. Who is silent costs a connection; when all are
 * taken, the one that has been silent longest goes.
 */
#ifndef WEB_LOOKUP_SERVER_H
#define WEB_LOOKUP_SERVER_H

#include "web/request.h"

struct lookup_server;

/* web is borrowed until lookup_stop(). NULL: see listen_on(). Without
 * listeners it does nothing. */
struct lookup_server *lookup_start(const struct web *web,
    struct error *err) MUST_CHECK;

/* NULL is fine. */
void lookup_stop(struct lookup_server *s);

#endif
