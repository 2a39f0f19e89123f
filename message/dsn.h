/*
 * dsn - delivery status notifications, RFC 3464 and RFC 6533.
 */
#ifndef MESSAGE_DSN_H
#define MESSAGE_DSN_H

#include <stdbool.h>

#include "message/mime.h"
#include "message/report.h"

/*
 * Reads the first delivery report in a mail: a multipart, usually a
 * multipart/report, with delivery-status parts. True if there is one; the
 * type then is REPORT_BOUNCE, REPORT_DELAYED, or REPORT_NONE with a note.
 */
bool dsn_read(struct mime *m, struct report *out);

/*
 * Adds what the content of a delivery-status part says to out. whole: the
 * content was not cut off at its end. What can't be told for certain is not
 * claimed: a group that may be cut off, or in which one recipient can't be
 * told from the next, is left out, and out->note says so.
 */
void dsn_content(struct span content, bool whole, struct report *out);

#endif
