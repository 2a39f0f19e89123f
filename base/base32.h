/*
 * base32 - bytes as text that survives whoever changes its case: the letters
 * and digits of RFC 4648 6, in lower case, without padding. Pure.
 */
#ifndef BASE_BASE32_H
#define BASE_BASE32_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/span.h"

/* How long the text of n bytes is, without its NUL. */
#define BASE32_LENGTH(n) (((n)*8 + 4) / 5)

/* How many bytes a text of n letters holds. */
#define BASE32_BYTES(n) ((n)*5 / 8)

/* out has room for the text and its NUL. */
void base32_encode(const uint8_t *bytes, size_t n, char *out);

/*
 * Either case. False unless it is the one text of some bytes, at most room of
 * them: no other letter, none too many, no bits set behind the last byte.
 */
bool base32_decode(struct span text, uint8_t *out, size_t room,
    size_t *n) MUST_CHECK;

#endif
