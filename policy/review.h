/*
 * review - reports that wait for a person: those that nobody has proven and
 * that would suppress if they were believed, and those that the guard
 * against a failing receiver has held. They are events of the journal; what
 * a person says of one is a further event of the same value, whose reference
 * names it. Those about our own domains and protected addresses never wait.
 */
#ifndef POLICY_REVIEW_H
#define POLICY_REVIEW_H

#include "conf/conf.h"
#include "db/query.h"

/* The trust of the event that accepts one. */
#define REVIEW_ACCEPTED "accepted"

/* The rule of a complaint that asks for no more mail and says nothing else:
 * it waits if the setting opt_out says that it suppresses. */
#define RULE_OPT_OUT "opt-out"

/* Which of those that wait. Zeroed: all. */
struct review {
	struct filter filter;    /* .limit counts those that wait */
	const char *trust;       /* "unverified" or "held"; NULL: both */
	const uint64_t *numbers; /* of their events (lsn); NULL: any */
	size_t numbers_n;
};

/* Would an event wait, as long as nobody settles it? */
bool review_waits(const struct conf *conf, const struct event *ev);

/*
 * Walks those that wait, oldest first: as long as the settings say, no
 * longer. fn returns false to stop. Costs two walks over the journal.
 */
bool review_walk(const struct conf *conf, struct store *st,
    const struct review *which, int64_t now, query_event_fn *fn, void *arg,
    struct error *err) MUST_CHECK;

enum review_answer { REVIEW_ACCEPT, REVIEW_REJECT };

struct decision {
	enum review_answer answer;
	const char *by;
	const char *why; /* "": the report's own words */
	bool rehearsal;  /* only tell what would be done */
};

/*
 * The change that settles one: accepted, it is the reason that the report
 * asked for, and lasts as long; rejected, it is kept in the history.
 */
void review_settle(const struct event *ev, const struct decision *d,
    int64_t now, struct change *out);

/* One was settled. changed false: somebody else was faster. */
typedef void review_fn(uint64_t number, const struct change *c, bool changed,
    void *arg);

/* Settles all of them, in batches: what was settled before a failure stays
 * so. fn is told each when it is durable. */
bool review_decide(const struct conf *conf, struct store *st,
    const struct review *which, const struct decision *d, int64_t now,
    review_fn *fn, void *arg, struct error *err) MUST_CHECK;

#endif
