/*
 * match - patterns in settings and rules; the only file that sees PCRE2.
 * Immutable once made: any thread may use one.
 */
#ifndef BASE_MATCH_H
#define BASE_MATCH_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/error.h"
#include "base/span.h"

struct match;

/*
 * A pattern: "/regex/" is a Perl regular expression found anywhere; anything
 * else is the whole text, with "*" for any run of characters and "?" for
 * one. Both ignore case and speak UTF-8. ERROR_INVALID names the byte.
 */
struct match *match_new(const char *pattern, struct error *err) MUST_CHECK;
void match_free(struct match *m);

/* The pattern as it was written. */
const char *match_text(const struct match *m);

/*
 * True if subject matches; each of its bytes that is not UTF-8 counts as one
 * character, U+FFFD. A subject that needs more than LIMIT_MATCH_STEPS does
 * not match: no mail can stall us.
 */
bool match_is(const struct match *m, struct span subject);

#endif
