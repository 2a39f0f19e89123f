/*
 * jmrp - complaints of Microsoft's Junk Mail Reporting Program (Hotmail,
 * Outlook.com): no ARF, but the message in a multipart/mixed, with the
 * recipient in a header field that they add. Amazon passes them on like that.
 */
#ifndef MESSAGE_JMRP_H
#define MESSAGE_JMRP_H

#include <stdbool.h>

#include "message/mime.h"
#include "message/report.h"

/* True if the mail is one: the type is REPORT_COMPLAINT. */
bool jmrp_read(struct mime *m, struct report *out);

#endif
