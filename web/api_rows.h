/*
 * api_rows - what the API gives of a reason, an event and a check, as JSON
 * members of an object that has been begun.
 */
#ifndef WEB_API_ROWS_H
#define WEB_API_ROWS_H

#include "base/json.h"
#include "db/query.h"

/* "2026-11-26T13:00:00Z"; null for 0. */
void api_time(struct buf *out, const char *name, int64_t at);

void api_reason(const struct reason_row *row, struct buf *out);
void api_event(const struct event *ev, struct buf *out);

#endif
