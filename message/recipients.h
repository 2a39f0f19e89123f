/*
 * recipients - the list of recipients of a report while it is read.
 */
#ifndef MESSAGE_RECIPIENTS_H
#define MESSAGE_RECIPIENTS_H

#include <stdbool.h>

#include "message/report.h"

/*
 * One more recipient, empty. NULL and a note when there are more than
 * LIMIT_REPORT_RECIPIENTS.
 */
struct report_recipient *recipients_add(struct report *out);

/* True if a recipient of this final address is in the list. */
bool recipients_have(const struct report *r, const struct addr *a);

/* Delayed and failed recipients may stand in one report: failed counts. */
enum report_type recipients_type(const struct report *r);

/* Sets the note, unless there is one: the first is the one that matters. */
void recipients_note(struct report *out, const char *text);

#endif
