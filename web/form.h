/*
 * form - what a form brings: application/x-www-form-urlencoded (WHATWG URL 5)
 * and multipart/form-data (RFC 7578), and the query of an address. Pure.
 */
#ifndef WEB_FORM_H
#define WEB_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

/* Is this Content-Type one of the two? */
bool form_is(const char *type);

/*
 * The first field of that name, into out, NUL-ended. False when there is
 * none, and when its value is not UTF-8 or has a NUL, is broken, or does not
 * fit.
 */
bool form_get(const char *type, struct span body, const char *name, char *out,
    size_t size);

/* The same of a query. */
bool form_query(struct span query, const char *name, char *out, size_t size);

/* Percent-encoded text, a segment of a path; with plus, "+" is a space. */
bool form_decode(struct span s, bool plus, char *out, size_t size);

#endif
