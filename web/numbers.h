/*
 * numbers - the list and the review in numbers, for metrics and for the
 * dashboard: all of the list has to be read for them, which takes seconds
 * when it is long, so that a thread of their own counts and no answer waits.
 * Thread safe.
 */
#ifndef WEB_NUMBERS_H
#define WEB_NUMBERS_H

#include "conf/conf.h"
#include "db/stats.h"

/* Days that they have. */
#define NUMBERS_DAYS 30

struct numbers {
	int64_t at; /* when they were counted */
	struct stats stats;
	uint64_t held, unverified; /* reports that wait for a person */
};

struct counter;

/* conf and store are borrowed until counter_stop(). NULL: ERROR_IO. */
struct counter *counter_start(const struct conf *conf, struct store *store,
    struct error *err) MUST_CHECK;

/* Waits for what has begun. NULL is fine. */
void counter_stop(struct counter *c);

enum counter_state {
	COUNTER_THERE,
	COUNTER_COUNTING, /* they will be there soon */
	COUNTER_FAILED,   /* the log says why */
};

/*
 * Gives fn the newest numbers, under a lock, where there are some, and has
 * them counted anew; a patient one waits a moment for that. The thread rests
 * twenty times as long as it has worked: nobody can make it read the list all
 * day.
 */
typedef void numbers_fn(const struct numbers *n, void *arg);
enum counter_state counter_look(struct counter *c, bool patient, numbers_fn *fn,
    void *arg);

#endif
