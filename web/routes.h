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
	int64_t most_bytes;      /* of the body; 0: none is read; or below */
	route_fn *run;
};

/* What the setting web.import_max_mib says. */
#define ROUTE_IMPORT_BYTES (-1)

/*
 * The route of a method and a path; sets r->rest. NULL: *a says 404, or 405
 * and which methods there are.
 */
const struct route *route_find(struct request *r, struct answer *a);

/* May who asks have it? Sets r->actor and r->scope. False: *a says why not,
 * or where to sign in. */
bool route_admits(struct request *r, const struct route *route,
    struct answer *a);

/* How long the body may be that it takes. */
size_t route_most_bytes(const struct request *r, const struct route *route);

/* The answer to a longer one. */
void route_too_large(const struct request *r, const struct route *route,
    struct answer *a);

/* Is it done so soon, with a body of so many bytes, that nobody who waits for
 * the same thread would notice? */
bool route_is_quick(const struct route *route, unsigned long long body_bytes);

/* Runs it, when the body is there; what may come twice: repeat.h. */
void route_run(const struct request *r, const struct route *route,
    struct answer *a);

/* A problem becomes a page where people ask. */
void route_finish(const struct request *r, struct answer *a);

#endif
