#include "milter/mender.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "base/log.h"

/* How long lookups may find a part damaged before it is made anew. */
#define LOOK_S 1

static struct {
	struct store *store;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t end;
	atomic_bool ending;
	bool started;
} with = { .lock = PTHREAD_MUTEX_INITIALIZER, .end = PTHREAD_COND_INITIALIZER };

static bool
go_on(void *unused)
{
	(void)unused;
	return !atomic_load(&with.ending);
}

/* False: it is time to end. */
static bool
pause_s(int seconds)
{
	struct timespec until;

	/* The clock that nobody sets. */
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += seconds;
	pthread_mutex_lock(&with.lock);
	if (!atomic_load(&with.ending))
		(void)pthread_cond_clockwait(&with.end, &with.lock,
		    CLOCK_MONOTONIC, &until);
	pthread_mutex_unlock(&with.lock);
	return !atomic_load(&with.ending);
}

static void *
mend(void *arg)
{
	struct error err = { 0 };
	size_t damaged;
	bool well, was_well = true;

	well = store_check(with.store, go_on, NULL, &damaged, &err);
	if (damaged > 0)
		log_warning("%zu parts of the index were damaged and have been "
			    "built anew from the journal",
		    damaged);
	while (go_on(NULL)) {
		/* Once, not each second. */
		if (!well && was_well)
			log_error("the index stays damaged: %s", err.text);
		was_well = well;
		if (pause_s(LOOK_S))
			well = store_heal(with.store, &err);
	}
	return arg;
}

bool
mender_start(struct store *store, struct error *err)
{
	with.store = store;
	errno = pthread_create(&with.thread, NULL, mend, NULL);
	if (errno != 0) {
		error_errno(err, "no thread");
		return false;
	}
	with.started = true;
	return true;
}

void
mender_stop(void)
{
	if (!with.started)
		return;
	pthread_mutex_lock(&with.lock);
	atomic_store(&with.ending, true);
	pthread_cond_signal(&with.end);
	pthread_mutex_unlock(&with.lock);
	pthread_join(with.thread, NULL);
	with.started = false;
}
