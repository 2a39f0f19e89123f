#include "web/numbers.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "policy/review.h"

/* How long it rests: times what it has worked, and at least. */
#define REST_TIMES 20
#define REST_LEAST_MS 5000

/* So long the patient wait: a list that is not long is counted within. */
#define PATIENCE_MS 500

#define TOP_DOMAINS 10

struct counter {
	const struct conf *conf;
	struct store *store;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t moved; /* anything below */
	bool wanted;
	bool resting;
	bool ending;
	bool failed;            /* the last time */
	struct numbers numbers; /* .at 0: none yet */
};

static void
seen(uint64_t values)
{
	(void)values;
}

static bool
waits(const struct event *ev, void *arg)
{
	struct numbers *n = arg;

	if (strcmp(ev->evidence.trust, GUARD_HELD) == 0)
		n->held++;
	else
		n->unverified++;
	return true;
}

static bool
count(const struct counter *c, struct numbers *n, struct error *err)
{
	const struct review all = { 0 };
	int64_t now = clock_now();

	*n = (struct numbers){ .at = now };
	return review_walk(c->conf, c->store, &all, now, waits, n, err) &&
	       stats_make(c->store, now, now - (NUMBERS_DAYS - 1) * CLOCK_DAY_S,
		   TOP_DOMAINS, seen, &n->stats, err);
}

/* Lock held, but while it counts. */
static void
count_anew(struct counter *c)
{
	struct numbers n;
	struct error err;
	bool ok;

	pthread_mutex_unlock(&c->lock);
	ok = count(c, &n, &err);
	if (!ok)
		log_error("the list can't be counted: %s", err.text);
	pthread_mutex_lock(&c->lock);
	c->failed = !ok;
	if (!ok)
		return;
	stats_done(&c->numbers.stats);
	c->numbers = n;
}

/* For as long, or until the end; also woken by what does not matter. Lock
 * held. False: the time is over. */
static bool
wait_until(struct counter *c, int64_t end)
{
	const struct timespec until = { end / 1000, end % 1000 * 1000000 };

	return !c->ending && pthread_cond_clockwait(&c->moved, &c->lock,
				 CLOCK_MONOTONIC, &until) != ETIMEDOUT;
}

/* Until somebody wants to know. False: it is time to end. Lock held. */
static bool
wait_for_wish(struct counter *c)
{
	while (!c->ending && !c->wanted)
		pthread_cond_wait(&c->moved, &c->lock);
	return !c->ending;
}

static void *
work(void *arg)
{
	struct counter *c = arg;

	pthread_mutex_lock(&c->lock);
	while (wait_for_wish(c)) {
		int64_t began = clock_monotonic_ms(), end;

		count_anew(c);
		end = clock_monotonic_ms();
		end += REST_TIMES * (end - began) > REST_LEAST_MS
			   ? REST_TIMES * (end - began)
			   : REST_LEAST_MS;
		c->wanted = false;
		c->resting = true;
		pthread_cond_broadcast(&c->moved);
		while (wait_until(c, end))
			;
		c->resting = false;
	}
	pthread_mutex_unlock(&c->lock);
	return NULL;
}

struct counter *
counter_start(const struct conf *conf, struct store *store, struct error *err)
{
	struct counter *c = mem_new(1, sizeof(*c));

	c->conf = conf;
	c->store = store;
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->moved, NULL);
	errno = pthread_create(&c->thread, NULL, work, c);
	if (errno == 0)
		return c;
	error_errno(err, "no thread");
	free(c);
	return NULL;
}

void
counter_stop(struct counter *c)
{
	if (c == NULL)
		return;
	pthread_mutex_lock(&c->lock);
	c->ending = true;
	pthread_cond_broadcast(&c->moved);
	pthread_mutex_unlock(&c->lock);
	pthread_join(c->thread, NULL);
	stats_done(&c->numbers.stats);
	pthread_cond_destroy(&c->moved);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

enum counter_state
counter_look(struct counter *c, bool patient, numbers_fn *fn, void *arg)
{
	int64_t end = clock_monotonic_ms() + PATIENCE_MS;
	enum counter_state state = COUNTER_COUNTING;

	pthread_mutex_lock(&c->lock);
	c->wanted = true;
	pthread_cond_broadcast(&c->moved);
	while (patient && c->wanted && !c->resting && wait_until(c, end))
		;
	if (c->numbers.at != 0) {
		fn(&c->numbers, arg);
		state = COUNTER_THERE;
	} else if (c->failed) {
		state = COUNTER_FAILED;
	}
	pthread_mutex_unlock(&c->lock);
	return state;
}
