/*
 * sns - what Amazon SES tells through SNS when that is told to send mail: one
 * JSON object for people, of a bounce, a delay, a complaint or a delivery.
 */
#ifndef MESSAGE_SNS_H
#define MESSAGE_SNS_H

#include <stdbool.h>

#include "message/mime.h"
#include "message/report.h"

/* True if the mail is one; the type is set, or a note. */
bool sns_read(struct mime *m, struct report *out);

#endif
