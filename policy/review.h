/*
 * review - reports that wait for a person: those that nobody has proven and
 * that would suppress if they were believed, and those that the guard
 * against a failing receiver has held. They are events of the journal; what
 * a person says of one is a further event of the same value, whose reference
 * names it.
 */
#ifndef POLICY_REVIEW_H
#define POLICY_REVIEW_H

#include "db/query.h"

/* Walks those that wait, oldest first. fn returns false to stop. */
bool review_walk(struct store *st, const struct filter *f, query_event_fn *fn,
    void *arg, struct error *err) MUST_CHECK;

enum review_answer { REVIEW_ACCEPT, REVIEW_REJECT };

/*
 * The change that settles one: accepted, it is the reason that the report
 * asked for; rejected, it is kept in the history. by, why: of the person;
 * why "": the report's own words.
 */
void review_settle(const struct event *ev, enum review_answer answer,
    const char *by, const char *why, struct change *out);

#endif
