/*
 * status - an enhanced mail system status code (RFC 3463), "5.1.1".
 */
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

#include <stdbool.h>

#include "base/span.h"

struct status {
	int class_digit; /* 2, 4 or 5; 0: absent */
	int subject;     /* 0 to 999 */
	int detail;      /* 0 to 999 */
};

#define STATUS_TEXT 12 /* "5.999.999" and NUL, rounded up */

/*
 * Parses a code at the front of s; what follows (a comment, text) is left
 * alone. False: no code there.
 */
bool status_parse(struct span s, struct status *out);

/*
 * The first code that stands as a word of its own in free text, and the
 * SMTP reply code ("550") before it; either may be absent (0).
 */
void status_find(struct span text, struct status *out, int *reply_code);

void status_format(const struct status *s, char out[STATUS_TEXT]);

#endif
