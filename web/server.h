/*
 * server - HTTP/1.1 for the table of routes; the only file that sees
 * libmicrohttpd. A few threads serve all connections: one that is silent, or
 * slow, costs memory and nothing else.
 */
#ifndef WEB_SERVER_H
#define WEB_SERVER_H

#include "web/request.h"

struct http;

/* fd listens, and stays the caller's; web is borrowed until http_stop().
 * NULL: ERROR_IO. */
struct http *http_start(int fd, const struct web *web,
    struct error *err) MUST_CHECK;

/* Takes no more connections; finishes, for a few seconds, the requests that
 * have begun. */
void http_stop(struct http *s);

#endif
