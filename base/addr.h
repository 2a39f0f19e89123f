/*
 * addr - an email address (RFC 5321 Mailbox, RFC 6531) in canonical form.
 *
 * Canonical: local part NFC and lower case (Unicode simple folding by
 * libunistring), unquoted where quotes are not needed; domain as domain.h.
 * Plus-tags are part of the address. "<>" round it, white space at the ends
 * and a source route ("@a,@b:") are stripped. The local part of percent
 * and bang paths is not interpreted.
 */
#ifndef BASE_ADDR_H
#define BASE_ADDR_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/domain.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/span.h"

struct addr {
	char text[LIMIT_VALUE_TEXT];  /* canonical, "local@domain" */
	char shown[LIMIT_VALUE_TEXT]; /* as it came, without <> and route */
	const char *domain;           /* into text, behind the last "@" */
};

/*
 * ERROR_INVALID says what is wrong and at which byte (from 1). An address
 * without a domain is an error here; a caller that knows the domain adds it.
 * domain points into the struct: copy with addr_copy().
 */
bool addr_parse(struct span s, struct addr *out, struct error *err) MUST_CHECK;

/*
 * Lower case and NFC (of what is UTF-8), in place; the length may change. No
 * NUL is needed or added. False: no UTF-8, or too long for size - 1.
 */
bool addr_fold(char *text, size_t size, size_t *len) MUST_CHECK;

void addr_copy(struct addr *to, const struct addr *from);

/* What stands before the last "@" of text, with its quotes if it has them;
 * as long as a is. */
struct span addr_local(const struct addr *a);

/*
 * The first address of a header field's value (RFC 5322 address-list, with
 * display names, comments, groups and folding), and how many there are.
 * False when there is none that parses. Only *out and *n are set.
 */
bool addr_from_header(struct span value, struct addr *out, size_t *n);

#endif
