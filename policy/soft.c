#include "policy/soft.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "db/query.h"
#include "policy/review.h"
#include "policy/trust.h"

/* Events of one value that are looked at: a flood of reports about it is no
 * reason to read on for ever. */
#define EVENTS_MAX 1000

/* The widest window that the settings allow. */
#define DAYS_MAX 366

struct counting {
	struct soft *soft;
	const char *ref;
	int64_t from;           /* what happened before doesn't count */
	int64_t first_day;      /* of the window */
	size_t days_n;          /* its days */
	int64_t days[DAYS_MAX]; /* the latest soft bounce of each; 0: none */
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
 * over, or that its contact may be written to again, says nothing of the
 * address. */
static bool
is_taken_off(const struct event *ev)
{
	return ev->op == EVENT_REMOVE && ev->contact[0] == '\0' &&
	       strcmp(ev->evidence.report, REPORT_EXPIRY) != 0;
}

/* When it happened: never after it was written. */
static int64_t
time_of(const struct evidence *e, int64_t written)
{
	struct error ignored;
	int64_t at;

	if (e->happened[0] == '\0' ||
	    !clock_parse(span_of(e->happened), &at, &ignored) || at > written)
		return written;
	return at;
}

static void
note(struct counting *c, int64_t at)
{
	int64_t day = at / CLOCK_DAY_S - c->first_day;

	if (day < 0)
		return;
	if (day >= (int64_t)c->days_n)
		day = (int64_t)c->days_n - 1;
	if (at > c->days[day])
		c->days[day] = at;
}

static void
begin_anew(struct counting *c, int64_t at)
{
	if (at > c->from)
		c->from = at;
}

/* Newest first; false: those before don't count. */
static bool
look(const struct event *ev, void *arg)
{
	struct counting *c = arg;
	const struct evidence *e = &ev->evidence;

	c->soft->repeated = strcmp(e->ref, c->ref) == 0;
	if (c->soft->repeated || c->events++ >= EVENTS_MAX)
		return false;
	if (is_taken_off(ev)) {
		begin_anew(c, ev->at);
		return false;
	}
	if (strcmp(e->class, SOFT_ALIVE) == 0) {
		begin_anew(c, time_of(e, ev->at));
		return e->happened[0] != '\0';
	}
	if (!is_soft_bounce(ev))
		return true;
	if (ev->op == EVENT_ADD) {
		/* What came before it makes it no longer, either. */
		begin_anew(c, ev->at);
		c->soft->last_s =
		    ev->expires > ev->at ? ev->expires - ev->at : 0;
		return false;
	}
	note(c, time_of(e, ev->at));
	return true;
}

bool
soft_count(const struct conf *conf, struct store *store, const struct value *v,
    const struct evidence *report, int64_t now, struct soft *out,
    struct error *err)
{
	const struct filter all = { 0 };
	struct soft soft = { 0 };
	struct counting c = { .soft = &soft,
		.ref = report->ref,
		.days_n = (size_t)conf->soft_window_days };

	assert(c.days_n >= 1 && c.days_n <= DAYS_MAX);
	c.first_day = now / CLOCK_DAY_S - (int64_t)c.days_n + 1;
	note(&c, time_of(report, now));
	/* What comes now is behind all that is written, by any clock. */
	if (report->happened[0] == '\0')
		c.days[c.days_n - 1] = INT64_MAX;
	if (!query_history(store, v, &all, look, &c, err))
		return false;
	for (size_t i = 0; i < c.days_n; i++)
		soft.days += c.days[i] != 0 && c.days[i] >= c.from;
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
