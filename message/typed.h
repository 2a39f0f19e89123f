/*
 * typed - values of the form "type; text" (RFC 3464 2.1.2), and the
 * addresses in them (RFC 3464 2.3.1, RFC 6533 3).
 */
#ifndef MESSAGE_TYPED_H
#define MESSAGE_TYPED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "message/report.h"

/*
 * Cuts a value at its type. Without one (there is no ";" or what stands
 * before it is no atom) *type is empty and *text is all of it.
 */
void typed_cut(struct span value, struct span *type, struct span *text);

/*
 * An address field. Comments go; the \x{HEX} of type utf-8 is decoded.
 * xtext (RFC 3461) is not: the MTA that wrote the field has decoded its
 * ORCPT, and "+2B" may be part of the address. An empty value is absent.
 */
void typed_address(struct span value, struct claim_address *out);

/* A name of an MTA, without its type and comments; cut to size. */
void typed_name(struct span value, char *out, size_t size);

#endif
