/*
 * domain - a domain name in canonical form: lower-case A-labels (RFC 5890),
 * UTS 46 non-transitional by libidn2, no closing dot.
 */
#ifndef BASE_DOMAIN_H
#define BASE_DOMAIN_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/span.h"

#define DOMAIN_TEXT (LIMIT_DOMAIN_BYTES + 1)

/*
 * U-labels, A-labels and any case come in; a closing dot is dropped. Address
 * literals ("[192.0.2.1]") are kept, lower-case. ERROR_INVALID names what is
 * wrong: an empty or too long label, a byte that no label may have.
 * Underscores are let through: they occur in mail.
 */
bool domain_parse(struct span s, char out[DOMAIN_TEXT],
    struct error *err) MUST_CHECK;

/* True if name (canonical) is domain or a name below it. */
bool domain_is_within(const char *name, const char *domain);

/* The name without its first label, or NULL at the top. */
const char *domain_parent(const char *name);

#endif
