/*
 * user - a program that root started goes on as somebody else (credentials(7)).
 */
#ifndef BASE_USER_H
#define BASE_USER_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/error.h"

/* Is there such a user, and may we become it? ERROR_INVALID tells the reason
 * and what to do. */
bool user_check(const char *name, struct error *err) MUST_CHECK;

/*
 * Becomes that user, with its groups, for good: all threads, before there are
 * others. Who is it already stays. On failure the program has to end: half of
 * it may be done.
 */
bool user_become(const char *name, struct error *err) MUST_CHECK;

#endif
