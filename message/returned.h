/*
 * returned - the message, or its header, that a report sends back.
 */
#ifndef MESSAGE_RETURNED_H
#define MESSAGE_RETURNED_H

#include <stdbool.h>
#include <stddef.h>

#include "message/mime.h"
#include "message/report.h"

/* Is this part what a report returns? RFC 6522 3, RFC 6533 4.4. */
bool returned_is(const struct mime_part *p);

/*
 * Reads the first returned message among the parts of a multipart (RFC 6522
 * 3 and RFC 6533 4.4: any of four types, here in any place).
 */
void returned_read(struct mime *m, size_t parent, struct returned *out);

/* The same for its text. whole: it was not cut off. */
void returned_message(struct span message, bool whole, struct returned *out);

void returned_done(struct returned *r);

#endif
