/*
 * utf8 - one character at a time (RFC 3629), for escaping and counting.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

/*
 * The first character of s, which is not empty, and its length in bytes. A
 * byte that begins no well-formed character (too long a form, a surrogate,
 * past U+10FFFF) gives *c = UTF8_BAD and length 1.
 */
#define UTF8_BAD UINT32_MAX
size_t utf8_next(struct span s, uint32_t *c);

/* The run of ASCII at the front: most texts are nothing else. */
size_t utf8_ascii(struct span s);

/*
 * The length of s without a character that is cut off at its end: for a text
 * that was shortened to fit. Other bytes that are not UTF-8 stay.
 */
size_t utf8_whole(struct span s);

/* The 1 to 4 bytes of a code point, not NUL-ended. */
size_t utf8_put(uint32_t c, char out[4]);

#endif
