/*
 * rows - a reason, an event and a refusal as rows of a view.
 */
#ifndef WEB_CONSOLE_ROWS_H
#define WEB_CONSOLE_ROWS_H

#include "db/contact.h"
#include "web/console/view.h"

/* One reason as a field of a form, and back. */
#define ROWS_PICK_TEXT (LIMIT_STREAM_TEXT + LIMIT_VALUE_TEXT + 16)
void rows_pick(enum source source, const char *stream, const char *value,
    char out[ROWS_PICK_TEXT]);
bool rows_picked(const char *text, enum source *source,
    char stream[LIMIT_STREAM_TEXT], struct value *v);

void rows_reason(struct view *row, const struct reason_row *reason);
void rows_contact(struct view *row, const struct contact *c);
void rows_activity(struct view *row, const struct activity *one);

/* Rows of a page of a history. */
#define ROWS_HISTORY 200

/* A page of the history of a value, or else of the contact of the filter, as
 * {{#events}}; {{older}}: the place where the next one begins. */
bool rows_history(struct store *st, const struct value *value,
    const struct filter *filter, struct view *v, struct error *err) MUST_CHECK;

#endif
