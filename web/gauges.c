#include "web/gauges.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "db/stats.h"
#include "policy/review.h"

/* How long it rests: times what it has worked, and at least. */
#define REST_TIMES 20
#define REST_LEAST_MS 5000

struct found {
	int64_t at; /* 0: nothing yet */
	uint64_t kinds[KIND_LINKEDIN + 1];
	uint64_t sources[SOURCE_ABUSE + 1];
	uint64_t held, unverified; /* wait for a person */
};

struct gauges {
	const struct conf *conf;
	struct store *store;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t moved;
	bool wanted;
	bool ending;
	struct found found;
};

static void
seen(uint64_t values)
{
	(void)values;
}

static bool
waits(const struct event *ev, void *arg)
{
	struct found *f = arg;

	if (strcmp(ev->evidence.trust, GUARD_HELD) == 0)
		f->held++;
	else
		f->unverified++;
	return true;
}

static bool
find(const struct gauges *g, struct found *f, struct error *err)
{
	const struct review all = { 0 };
	int64_t now = clock_now();
	struct stats s;

	*f = (struct found){ .at = now };
	if (!review_walk(g->conf, g->store, &all, now, waits, f, err) ||
	    !stats_make(g->store, now, now, 0, seen, &s, err))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(f->kinds); i++)
		f->kinds[i] = s.kinds[i].n;
	for (size_t i = 0; i < ARRAY_LEN(f->sources); i++)
		f->sources[i] = s.sources[i].n;
	stats_done(&s);
	return true;
}

/* Until somebody wants to know. False: it is time to end. Lock held. */
static bool
wait_for_wish(struct gauges *g)
{
	while (!g->ending && !g->wanted)
		pthread_cond_wait(&g->moved, &g->lock);
	g->wanted = false;
	return !g->ending;
}

/* Lock held. */
static void
rest(struct gauges *g, int64_t ms)
{
	int64_t end = clock_monotonic_ms() + ms;
	const struct timespec until = { end / 1000, end % 1000 * 1000000 };

	while (!g->ending && pthread_cond_clockwait(&g->moved, &g->lock,
				 CLOCK_MONOTONIC, &until) != ETIMEDOUT)
		;
}

static void *
work(void *arg)
{
	struct gauges *g = arg;

	pthread_mutex_lock(&g->lock);
	while (wait_for_wish(g)) {
		int64_t began = clock_monotonic_ms(), ms;
		struct error err;
		struct found f;
		bool ok;

		pthread_mutex_unlock(&g->lock);
		ok = find(g, &f, &err);
		if (!ok)
			log_warning("metrics of the list: %s", err.text);
		ms = REST_TIMES * (clock_monotonic_ms() - began);
		pthread_mutex_lock(&g->lock);
		if (ok)
			g->found = f;
		rest(g, ms > REST_LEAST_MS ? ms : REST_LEAST_MS);
	}
	pthread_mutex_unlock(&g->lock);
	return NULL;
}

struct gauges *
gauges_start(const struct conf *conf, struct store *store, struct error *err)
{
	struct gauges *g = mem_new(1, sizeof(*g));

	g->conf = conf;
	g->store = store;
	pthread_mutex_init(&g->lock, NULL);
	pthread_cond_init(&g->moved, NULL);
	errno = pthread_create(&g->thread, NULL, work, g);
	if (errno == 0)
		return g;
	error_errno(err, "no thread");
	free(g);
	return NULL;
}

void
gauges_stop(struct gauges *g)
{
	if (g == NULL)
		return;
	pthread_mutex_lock(&g->lock);
	g->ending = true;
	pthread_cond_broadcast(&g->moved);
	pthread_mutex_unlock(&g->lock);
	pthread_join(g->thread, NULL);
	pthread_cond_destroy(&g->moved);
	pthread_mutex_destroy(&g->lock);
	free(g);
}

/* One number for each name of a table but the first, which is nobody's. */
static void
give_table(struct buf *out, const char *name, const char *label,
    const struct name *names, const uint64_t *numbers, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		const struct metrics_label word = { label,
			names_text(names, (int)i) };

		metrics_add(out, name, &word, 1, numbers[i]);
	}
}

static void
give(const struct found *f, struct buf *out)
{
	static const char values[] = "suppressd_list_values";
	static const char reasons[] = "suppressd_list_reasons";
	static const char review[] = "suppressd_review_waiting";
	const struct metrics_label held = { "trust", GUARD_HELD };
	const struct metrics_label unverified = { "trust", "unverified" };

	metrics_begin(out, METRICS_GAUGE, values, "Values on the list.");
	give_table(out, values, "kind", kind_names, f->kinds,
	    ARRAY_LEN(f->kinds));
	metrics_begin(out, METRICS_GAUGE, reasons, "Why they are on it.");
	give_table(out, reasons, "source", source_names, f->sources,
	    ARRAY_LEN(f->sources));
	metrics_begin(out, METRICS_GAUGE, review,
	    "Reports that wait for a person.");
	metrics_add(out, review, &held, 1, f->held);
	metrics_add(out, review, &unverified, 1, f->unverified);
	metrics_one(out, METRICS_GAUGE, "suppressd_list_read_timestamp_seconds",
	    "When the list and the review were counted.", (uint64_t)f->at);
}

void
gauges_give(struct gauges *g, struct buf *out)
{
	struct found f;

	pthread_mutex_lock(&g->lock);
	g->wanted = true;
	pthread_cond_broadcast(&g->moved);
	f = g->found;
	pthread_mutex_unlock(&g->lock);
	if (f.at != 0)
		give(&f, out);
}
