/*
 * routes - which function answers what: one row a route. It knows what is
 * asked for, and nothing of connections.
 */
#ifndef WEB_ROUTES_H
#define WEB_ROUTES_H

#include "web/request.h"

/* Puts the answer into a, which is answer_init()ed. */
typedef void route_fn(const struct request *r, struct answer *a);

struct route {
	const char *method;      /* "GET" answers HEAD, too */
	const char *path;        /* a "*" in it: one segment, not empty */
	enum access_scope scope; /* ACCESS_NONE: everybody */
	int64_t most_bytes;      /* of the body; 0: none is read */
	route_fn *run;
};

/*
 * The route of a method and a path; sets r->rest. NULL: *a says 404, or 405
 * and which methods there are.
 */
const struct route *route_find(struct request *r, struct answer *a);

/* The route's own, but where a setting opens it to everybody. */
enum access_scope route_scope(const struct route *route, const struct conf *c);

#endif
