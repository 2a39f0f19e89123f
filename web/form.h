/*
 * form - what a form brings: application/x-www-form-urlencoded (WHATWG URL 5)
 * and multipart/form-data (RFC 7578), and the query of an address. Pure.
 */
#ifndef WEB_FORM_H
#define WEB_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/limits.h"
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

/* The same of multipart/form-data, as it stands in the body. */
bool form_part(const char *type, struct span body, const char *name,
    struct span *out);

/*
 * Takes the next pair off the front of a query. False at its end. *whole:
 * both are text and fit; else the name is "" where it is at fault itself.
 */
bool form_pair(struct span *rest, char name[LIMIT_WORD_TEXT], char *value,
    size_t size, bool *whole);

/* Percent-encoded text, a segment of a path; with plus, "+" is a space. */
bool form_decode(struct span s, bool plus, char *out, size_t size);

#endif
