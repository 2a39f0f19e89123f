#include "web/console/tally.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

/* Numbers that are older are counted anew. */
#define AGE_S 60

/* So long a page waits: a list that is not long is counted within. */
#define WAIT_MS 500

#define TOP_DOMAINS 10

struct tally {
	struct store *st;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wanted, counted;
	int64_t want; /* somebody wants them of this time; 0: nobody */
	bool stop;
	bool failed;
	bool there;
	int64_t at; /* when they were counted */
	struct stats stats;
};

static void
seen(uint64_t values)
{
	(void)values;
}

static void
count(struct tally *t, int64_t now)
{
	struct stats s;
	struct error err;
	bool ok = stats_make(t->st, now, now - (TALLY_DAYS - 1) * CLOCK_DAY_S,
	    TOP_DOMAINS, seen, &s, &err);

	if (!ok)
		log_error("console: numbers: %s", err.text);
	pthread_mutex_lock(&t->lock);
	t->failed = !ok;
	t->want = 0;
	if (ok) {
		if (t->there)
			stats_done(&t->stats);
		t->stats = s;
		t->at = now;
		t->there = true;
	}
	pthread_cond_broadcast(&t->counted);
	pthread_mutex_unlock(&t->lock);
}

static void *
run(void *arg)
{
	struct tally *t = arg;
	int64_t now;

	for (;;) {
		pthread_mutex_lock(&t->lock);
		while (t->want == 0 && !t->stop)
			pthread_cond_wait(&t->wanted, &t->lock);
		now = t->stop ? 0 : t->want;
		pthread_mutex_unlock(&t->lock);
		if (now == 0)
			return NULL;
		count(t, now);
	}
}

struct tally *
tally_new(struct store *st)
{
	struct tally *t = mem_new(1, sizeof(*t));

	t->st = st;
	pthread_mutex_init(&t->lock, NULL);
	pthread_cond_init(&t->wanted, NULL);
	pthread_cond_init(&t->counted, NULL);
	/* Without the thread there are no numbers, and all else goes on. */
	t->failed = pthread_create(&t->thread, NULL, run, t) != 0;
	if (t->failed) {
		log_error("console: no thread for numbers");
		t->stop = true;
	}
	return t;
}

void
tally_free(struct tally *t)
{
	bool runs;

	if (t == NULL)
		return;
	pthread_mutex_lock(&t->lock);
	runs = !t->stop;
	t->stop = true;
	pthread_cond_signal(&t->wanted);
	pthread_mutex_unlock(&t->lock);
	if (runs)
		pthread_join(t->thread, NULL);
	if (t->there)
		stats_done(&t->stats);
	pthread_cond_destroy(&t->wanted);
	pthread_cond_destroy(&t->counted);
	pthread_mutex_destroy(&t->lock);
	free(t);
}

/* Under the lock. */
static void
wait_a_moment(struct tally *t)
{
	struct timespec until;
	int failed = 0;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += WAIT_MS * 1000000L;
	until.tv_sec += until.tv_nsec / 1000000000L;
	until.tv_nsec %= 1000000000L;
	while (t->want != 0 && failed != ETIMEDOUT)
		failed = pthread_cond_clockwait(&t->counted, &t->lock,
		    CLOCK_MONOTONIC, &until);
}

enum tally_state
tally_look(struct tally *t, int64_t now, tally_fn *fn, void *arg)
{
	enum tally_state state = TALLY_COUNTING;

	pthread_mutex_lock(&t->lock);
	if (!t->stop && (!t->there || now - t->at >= AGE_S)) {
		if (t->want == 0)
			t->want = now;
		pthread_cond_signal(&t->wanted);
		wait_a_moment(t);
	}
	if (t->there) {
		fn(&t->stats, t->at, arg);
		state = TALLY_THERE;
	} else if (t->failed && t->want == 0) {
		state = TALLY_FAILED;
	}
	pthread_mutex_unlock(&t->lock);
	return state;
}
