/*
 * rows - how reasons and events look in tables, JSON and CSV.
 */
#ifndef CTL_ROWS_H
#define CTL_ROWS_H

#include "ctl/command.h"

enum rows_of { ROWS_REASONS, ROWS_EVENTS, ROWS_REVIEW };

struct rows {
	const struct ctl *ctl;
	struct output *out;           /* the caller ends it with ctl_close() */
	size_t n;                     /* rows printed */
	char place[QUERY_PLACE_TEXT]; /* of the last one */
};

void rows_open(struct rows *r, const struct ctl *ctl, enum rows_of what);

/* For query.h: arg is the struct rows. False: nobody reads any more. */
bool rows_reason(const struct reason_row *row, void *arg);
bool rows_activity(const struct activity *one, void *arg);

/* A report that waits, for review.h. */
bool rows_review(const struct event *ev, void *arg);

/* Tells people, behind a page that is not the last, where the next begins; a
 * script has it in the last row. */
void rows_more(const struct rows *r, bool more);

/* Says on standard error that so many refusals are missing, if any are. */
void rows_lost(const struct ctl *ctl, uint64_t lost);

#endif
