/*
 * arf - feedback reports (complaints), RFC 5965.
 */
#ifndef MESSAGE_ARF_H
#define MESSAGE_ARF_H

#include <stdbool.h>

#include "message/mime.h"
#include "message/report.h"

/*
 * Reads the first feedback report in a mail. True if there is one; the type
 * then is REPORT_COMPLAINT (Feedback-Type abuse), REPORT_COMPLAINT_OTHER, or
 * REPORT_NONE with a note for a malformed one (RFC 5965 4).
 *
 * User-Agent and Version are asked of nobody: real reports lack them, and
 * they decide nothing.
 */
bool arf_read(struct mime *m, struct report *out);

/*
 * Reads the content of a message/feedback-report part into out->feedback.
 * whole: it was not cut off at its end; otherwise its last field is left
 * out. False and out->note: malformed.
 */
bool arf_content(struct span content, bool whole, struct report *out);

#endif
