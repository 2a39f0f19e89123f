/*
 * plan - which event a change makes of what is known of its value. Pure.
 */
#ifndef DB_PLAN_H
#define DB_PLAN_H

#include "db/change.h"
#include "db/record.h"

enum event_op plan_op(enum change_op op);

bool plan_is_expired(const struct reason *r, int64_t now);

/*
 * True if there is anything to write; ev, zeroed before but for its hash, is
 * filled but for its place and what it covers is the caller's
 * (event_done()). A removal may need several events: while it is true, fold
 * and ask again.
 *
 * at: the event's time, which never falls; clock: the present, which may lie
 * behind it. What CHANGE_EXPIRE cleans has to be over by the clock: one that
 * was ahead for a moment ends nothing that still counts.
 */
bool plan(const struct record *rec, const struct change *c, int64_t at,
    int64_t clock, struct event *ev, struct change_result *result);

#endif
