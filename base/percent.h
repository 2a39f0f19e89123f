/*
 * percent - percent-encoded bytes (RFC 3986 2.1). Pure.
 */
#ifndef BASE_PERCENT_H
#define BASE_PERCENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

/*
 * Decodes s, once, into out, with a NUL behind its *len bytes, which may be
 * any: a NUL, too. plus: a "+" is a space, as in a form. False: a "%" without
 * two hex digits behind it, or it does not fit in size; out is then of no
 * use.
 */
bool percent_decode(struct span s, bool plus, char *out, size_t size,
    size_t *len);

#endif
