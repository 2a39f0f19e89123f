/*
 * api_rows - what the API gives of a reason, an event and a check, as JSON
 * members of an object that has been begun; and a page of events.
 */
#ifndef WEB_API_ROWS_H
#define WEB_API_ROWS_H

#include "base/json.h"
#include "web/wanted.h"

/* "2026-11-26T13:00:00Z"; null for 0. */
void api_time(struct buf *out, const char *name, int64_t at);

void api_reason(const struct reason_row *row, struct buf *out);
void api_event(const struct event *ev, struct buf *out);

/* The whole answer (api_lists.c): what happened, to all, to a value or to a
 * contact and its values. */
void api_events(const struct request *r, const struct wanted *w,
    struct answer *a);

#endif
