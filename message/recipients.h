/*
 * recipients - the list of recipients of a report while it is read.
 */
#ifndef MESSAGE_RECIPIENTS_H
#define MESSAGE_RECIPIENTS_H

#include <stdbool.h>

#include "message/report.h"

/*
 * One more recipient, empty. The list may move: pointers to the others are no
 * longer valid. NULL and a note when there are LIMIT_REPORT_RECIPIENTS.
 */
struct report_recipient *recipients_add(struct report *out);

/* Keeps those for which keep is true, in their order. */
void recipients_keep(struct report *out,
    bool (*keep)(const struct report_recipient *r));

/*
 * One more recipient of a feedback report; an address that is there already
 * is the same recipient. False if there are LIMIT_REPORT_RECIPIENTS.
 */
bool recipients_add_complainer(struct feedback *fb, const struct addr *a);

/* Delayed and failed recipients may stand in one report: failed counts. */
enum report_type recipients_type(const struct report *r);

/* Sets the note, unless there is one: the first is the one that matters. */
void recipients_note(struct report *out, const char *text);

#endif
