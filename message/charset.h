/*
 * charset - text of any character set as UTF-8.
 */
#ifndef MESSAGE_CHARSET_H
#define MESSAGE_CHARSET_H

#include "base/buf.h"
#include "base/span.h"

/*
 * Adds text to out. An unknown charset is left as it is: addresses and most
 * of what we look for are ASCII, and so they are in nearly all charsets.
 * Bytes that don't belong to the charset become "?".
 */
void charset_add(struct span text, const char *charset, struct buf *out);

#endif
