/*
 * listen - a socket that a setting names.
 */
#ifndef WEB_LISTEN_H
#define WEB_LISTEN_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/error.h"

/*
 * setting is for the error text. socket is as in the settings: unix:/path,
 * inet:port@host, inet6:port@host. *local: only this host can reach it. -1:
 * ERROR_BUSY when somebody else serves it, ERROR_INVALID: no such host,
 * ERROR_IO.
 */
int listen_on(const char *setting, const char *socket, bool *local,
    struct error *err) MUST_CHECK;

/* Closes it; a Unix socket's file goes, too. */
void listen_end(int fd, const char *socket);

#endif
