#include "policy/soft.h"

#include <string.h>

#include "base/clock.h"
#include "db/query.h"
#include "policy/review.h"
#include "policy/trust.h"

/* Events of one value that are looked at: a flood of reports about it is no
 * reason to read on for ever. */
#define EVENTS_MAX 1000

struct counting {
	struct soft *soft;
	const char *ref;
	int64_t from; /* older ones don't count */
	int64_t day;  /* the last one counted */
	unsigned events;
};

bool soft_is(enum bounce_class class)
{
	return class == CLASS_FULL || class == CLASS_TEMPORARY;
}

/* A person has accepted what the guard held: it counts as if believed. */
static bool
is_soft_bounce(const struct event *ev)
{
	const struct evidence *e = &ev->evidence;

	return (names_is(trust_names, TRUST_BELIEVED, e->trust) ||
		   strcmp(e->trust, REVIEW_ACCEPTED) == 0) &&
	       (names_is(class_names, CLASS_FULL, e->class) ||
		   names_is(class_names, CLASS_TEMPORARY, e->class));
}

/* Has somebody taken it off the list? That the time of a suppression was
 * over says nothing of the address. */
static bool
is_taken_off(const struct event *ev)
{
	return ev->op == EVENT_REMOVE &&
	       strcmp(ev->evidence.report, REPORT_EXPIRY) != 0;
}

/* Newest first; false: here the count begins. */
static bool
look(const struct event *ev, void *arg)
{
	struct counting *c = arg;

	c->soft->repeated = strcmp(ev->evidence.ref, c->ref) == 0;
	if (c->soft->repeated || is_taken_off(ev) ||
	    strcmp(ev->evidence.class, SOFT_ALIVE) == 0 ||
	    c->events++ >= EVENTS_MAX)
		return false;
	if (!is_soft_bounce(ev))
		return true;
	if (ev->op == EVENT_ADD) {
		c->soft->last_s =
		    ev->expires > ev->at ? ev->expires - ev->at : 0;
		return false;
	}
	if (ev->at >= c->from && ev->at / CLOCK_DAY_S != c->day) {
		c->day = ev->at / CLOCK_DAY_S;
		c->soft->days++;
	}
	return true;
}

bool
soft_count(const struct conf *conf, struct store *store, const struct value *v,
    const char *ref, int64_t now, struct soft *out, struct error *err)
{
	const struct filter all = { 0 };
	struct soft soft = { .days = 1 };
	struct counting c = { .soft = &soft,
		.ref = ref,
		.from = now - (conf->soft_window_days - 1) * CLOCK_DAY_S,
		.day = now / CLOCK_DAY_S };

	/* Whole days: the window begins at midnight. */
	c.from -= c.from % CLOCK_DAY_S;
	if (!query_history(store, v, &all, look, &c, err))
		return false;
	*out = soft;
	return true;
}

int64_t
soft_expires(const struct conf *conf, const struct soft *soft, int64_t now)
{
	int64_t length = conf->soft_first_days * CLOCK_DAY_S;

	if (conf->soft_days == 0 || soft->days < (unsigned)conf->soft_days)
		return 0;
	if (soft->last_s > 0)
		length = 2 * soft->last_s;
	if (length > conf->soft_most_days * CLOCK_DAY_S)
		length = conf->soft_most_days * CLOCK_DAY_S;
	return now + length;
}
