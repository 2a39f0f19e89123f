#include "web/heavy.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "base/clock.h"

/* So long one waits for its turn: most searches are done within. */
#define WAIT_MS 1000

/* How many of each are at work, and may be. */
static struct {
	unsigned n;
	const unsigned most;
	const char *const busy;
} kinds[] = {
	[HEAVY_CHANGE] = { 0, 1,
	    "An import or an undo of somebody else is being made: try again in "
	    "some seconds." },
	[HEAVY_LOOK] = { 0, HEAVY_MOST - 1,
	    "Searches, reviews or statistics of others are being made: try "
	    "again in some seconds." },
};
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ended = PTHREAD_COND_INITIALIZER;

bool
heavy_try(enum heavy what)
{
	int64_t end = clock_monotonic_ms() + WAIT_MS;
	const struct timespec until = { end / 1000, end % 1000 * 1000000 };
	int late = 0;
	bool ok;

	if (what == HEAVY_NOT)
		return true;
	pthread_mutex_lock(&lock);
	while (kinds[what].n == kinds[what].most && late != ETIMEDOUT)
		late = pthread_cond_clockwait(&ended, &lock, CLOCK_MONOTONIC,
		    &until);
	ok = kinds[what].n < kinds[what].most;
	if (ok)
		kinds[what].n++;
	pthread_mutex_unlock(&lock);
	return ok;
}

bool
heavy_begin(enum heavy what, struct answer *a)
{
	if (heavy_try(what))
		return true;
	answer_problem(a, 503, kinds[what].busy);
	a->retry_after_s = ANSWER_RETRY_S;
	return false;
}

void
heavy_end(enum heavy what)
{
	if (what == HEAVY_NOT)
		return;
	pthread_mutex_lock(&lock);
	kinds[what].n--;
	pthread_cond_broadcast(&ended);
	pthread_mutex_unlock(&lock);
}

/* Of all, and not only of a contact: that has few values and a history of its
 * own. What is rare among a million is looked for in all of them. */
static bool
leaves_out(const struct filter *f)
{
	return f->contact[0] == '\0' &&
	       (f->kind != 0 || f->source != 0 || f->stream[0] != '\0' ||
		   f->by[0] != '\0' || f->search[0] != '\0');
}

enum heavy
heavy_list(const struct filter *f)
{
	bool sorts_or_dates = f->sort != 0 || f->since != 0 || f->until != 0;

	return leaves_out(f) || (f->contact[0] == '\0' && sorts_or_dates)
		   ? HEAVY_LOOK
		   : HEAVY_NOT;
}

enum heavy
heavy_contacts(const struct contact_filter *f)
{
	return f->search[0] != '\0' || f->blocked ? HEAVY_LOOK : HEAVY_NOT;
}

/* Times are found without a walk. */
enum heavy
heavy_history(const struct filter *f)
{
	return leaves_out(f) ? HEAVY_LOOK : HEAVY_NOT;
}
