/*
 * soft - failures that may pass: a full mailbox, a host that is down. They
 * suppress when they come on enough distinct days (UTC) within a window,
 * and then for a time that doubles at each repeat. What counts is in the
 * history of the value, so that nothing else has to be kept.
 *
 * The count begins anew after a proof of life, after somebody has taken the
 * value off the list, and after each soft suppression.
 *
 * What a backlog brings counts on the day on which it happened, in any order
 * (struct evidence): within the window, not before what makes the count begin
 * anew, and never in the future.
 */
#ifndef POLICY_SOFT_H
#define POLICY_SOFT_H

#include "conf/conf.h"
#include "db/store.h"
#include "policy/classify.h"

/* The class of an event that proves life: mail has been delivered. */
#define SOFT_ALIVE "alive"

struct soft {
	unsigned days;  /* distinct ones with a soft bounce, this one's too */
	int64_t last_s; /* how long the last soft suppression was; 0: none */
	bool repeated;  /* this very report has been counted already */
};

bool soft_is(enum bounce_class class);

/* What the history says of a value that a report says has bounced softly, just
 * now or when it says. */
bool soft_count(const struct conf *conf, struct store *store,
    const struct value *v, const struct evidence *report, int64_t now,
    struct soft *out, struct error *err) MUST_CHECK;

/* When the suppression that follows ends; 0: none follows yet. Pure. */
int64_t soft_expires(const struct conf *conf, const struct soft *soft,
    int64_t now);

#endif
