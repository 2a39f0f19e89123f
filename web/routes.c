#include "web/routes.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "web/auth.h"
#include "web/console/gate.h"
#include "web/handlers.h"
#include "web/repeat.h"

/* A check of so many bytes, some hundred addresses, takes a millisecond, and
 * waits for nothing that a link does not wait for. */
#define QUICK_BYTES 4096

static const struct route routes[] = {
	{ "GET", "/healthz", ACCESS_NONE, 0, handle_health },
	{ "GET", "/metrics", ACCESS_READ, 0, handle_metrics },
	{ "GET", "/u/style.css", ACCESS_NONE, 0, handle_unsubscribe_style },
	{ "GET", "/u/*", ACCESS_NONE, 0, handle_unsubscribe_page },
	{ "POST", "/u/*", ACCESS_NONE, LIMIT_WEB_FORM_BYTES,
	    handle_unsubscribe },
	{ "GET", "/api/v1/openapi.json", ACCESS_READ, 0, handle_openapi },
	{ "GET", "/api/v1/values", ACCESS_READ, 0, handle_values_list },
	{ "POST", "/api/v1/values", ACCESS_WRITE, LIMIT_WEB_JSON_BYTES,
	    handle_values_add },
	{ "POST", "/api/v1/values/check", ACCESS_READ, LIMIT_WEB_JSON_BYTES,
	    handle_values_check },
	{ "POST", "/api/v1/values/remove", ACCESS_WRITE, LIMIT_WEB_JSON_BYTES,
	    handle_values_remove },
	{ "GET", "/api/v1/values/*", ACCESS_READ, 0, handle_value },
	{ "GET", "/api/v1/history", ACCESS_READ, 0, handle_history },
	{ "GET", "/api/v1/stats", ACCESS_READ, 0, handle_stats },
	{ "GET", "/api/v1/contacts", ACCESS_READ, 0, handle_contacts_list },
	{ "POST", "/api/v1/contacts", ACCESS_WRITE, LIMIT_WEB_JSON_BYTES,
	    handle_contact_add },
	{ "GET", "/api/v1/contacts/*", ACCESS_READ, 0, handle_contact },
	{ "GET", "/api/v1/contacts/*/activity", ACCESS_READ, 0,
	    handle_contact_activity },
	{ "POST", "/api/v1/contacts/*/set", ACCESS_WRITE, LIMIT_WEB_JSON_BYTES,
	    handle_contact_set },
	{ "POST", "/api/v1/contacts/*/block", ACCESS_WRITE,
	    LIMIT_WEB_JSON_BYTES, handle_contact_block },
	{ "POST", "/api/v1/contacts/*/unblock", ACCESS_WRITE,
	    LIMIT_WEB_JSON_BYTES, handle_contact_unblock },
	{ "POST", "/api/v1/contacts/*/remove", ACCESS_WRITE,
	    LIMIT_WEB_JSON_BYTES, handle_contact_remove },
	{ "POST", "/api/v1/reports", ACCESS_WRITE, LIMIT_REPORT_BYTES,
	    handle_report },
	{ "GET", "/api/v1/imports", ACCESS_READ, 0, handle_imports },
	{ "POST", "/api/v1/imports", ACCESS_WRITE, ROUTE_IMPORT_BYTES,
	    handle_import },
	{ "POST", "/api/v1/imports/*/undo", ACCESS_WRITE, LIMIT_WEB_FORM_BYTES,
	    handle_import_undo },
};

/* A "*" stands for one segment that is not empty. */
static bool
fits(const char *pattern, struct span path, struct span *rest)
{
	size_t before = strcspn(pattern, "*"), after;

	if (pattern[before] == '\0')
		return span_is(path, pattern);
	after = strlen(pattern) - before - 1;
	if (path.len <= before + after ||
	    memcmp(path.p, pattern, before) != 0 ||
	    memcmp(path.p + path.len - after, pattern + before + 1, after) != 0)
		return false;
	*rest = (struct span){ path.p + before, path.len - before - after };
	return span_find(*rest, '/') == rest->len;
}

static void
allow(struct answer *a, const char *method)
{
	size_t len = strlen(a->allow);

	snprintf(a->allow + len, sizeof(a->allow) - len, "%s%s%s",
	    len > 0 ? ", " : "", method,
	    strcmp(method, "GET") == 0 ? ", HEAD" : "");
}

/* Adds to a->allow what is there with another method. */
static const struct route *
find(const struct route *table, size_t n, struct request *r, struct answer *a)
{
	for (size_t i = 0; i < n; i++) {
		if (!fits(table[i].path, r->path, &r->rest))
			continue;
		if (strcmp(table[i].method, r->method) == 0)
			return &table[i];
		allow(a, table[i].method);
	}
	return NULL;
}

const struct route *
route_find(struct request *r, struct answer *a)
{
	const struct route *found;

	r->for_people = gate_is_console(r->path);
	found = r->for_people ? find(console_routes, console_routes_n, r, a)
			      : find(routes, ARRAY_LEN(routes), r, a);
	if (found != NULL)
		return found;
	if (a->allow[0] != '\0')
		answer_problem(a, 405,
		    "This address does not take that method; Allow names "
		    "those that it takes.");
	else
		answer_problem(a, 404, "There is nothing at this address.");
	return NULL;
}

static enum access_scope
scope_of(const struct route *route, const struct conf *c)
{
	return route->run == handle_metrics && c->web_metrics_open
		   ? ACCESS_NONE
		   : route->scope;
}

bool
route_admits(struct request *r, const struct route *route, struct answer *a)
{
	return r->for_people ? gate_admits(r, route->scope, a)
			     : auth_allows(r, scope_of(route, r->web->conf), a);
}

size_t
route_most_bytes(const struct request *r, const struct route *route)
{
	int64_t mib = r->web->conf->web_import_max_mib;

	/* A form has more in it than the list. */
	if (route->most_bytes == ROUTE_IMPORT_BYTES)
		return (size_t)(mib << 20) +
		       (r->for_people ? LIMIT_WEB_FORM_BYTES : 0);
	return (size_t)route->most_bytes;
}

void
route_too_large(const struct request *r, const struct route *route,
    struct answer *a)
{
	char text[sizeof(a->problem)];

	if (route->most_bytes == ROUTE_IMPORT_BYTES)
		snprintf(text, sizeof(text),
		    "The list is larger than %d MiB, which is all that is "
		    "taken "
		    "here (web.import_max_mib): import it in parts, or with "
		    "suppressctl import.",
		    r->web->conf->web_import_max_mib);
	else
		snprintf(text, sizeof(text),
		    "The body is larger than the %" PRId64
		    " bytes that are taken here.",
		    route->most_bytes);
	answer_problem(a, 413, text);
}

bool
route_is_quick(const struct route *route, unsigned long long body_bytes)
{
	return route->scope == ACCESS_NONE ||
	       (route->run == handle_values_check && body_bytes <= QUICK_BYTES);
}

void
route_run(const struct request *r, const struct route *route, struct answer *a)
{
	if (!r->for_people)
		repeat_run(route, r, a);
	else if (gate_takes(r, a))
		route->run(r, a);
}

void
route_finish(const struct request *r, struct answer *a)
{
	if (r->for_people && a->problem[0] != '\0')
		gate_problem(r, a);
}
