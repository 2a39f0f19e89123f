/*
 * writer - many callers, one batch: whoever finds nobody leading commits all
 * that waits, and the others are told.
 */
#include "db/store_impl.h"

#include <stdlib.h>

#include "base/clock.h"
#include "db/batch.h"
#include "db/wire.h"

/* Positions of all shards are brought up after this many events: recovery
 * reads no more of the journal than that. */
#define TEND_EVENTS 10000

/* Counts of the traffic that a crash may lose. */
#define TRAFFIC_SAVE_S 300

static void
finish(struct request *r, bool ok, const struct error *err)
{
	r->ok = ok;
	if (!ok)
		*r->err = *err;
}

/* In the order in which they stand. */
static bool
add_said(struct batch *b, const struct request *r, struct error *err)
{
	struct span rest = r->said.lines, line;
	struct change c;

	for (size_t i = 0; i < r->n; i++) {
		(void)span_cut(&rest, '\n', &line);
		if (!wire_change_decode(line, &c, err))
			return false;
		if (r->said.by != NULL)
			(void)span_copy(span_of(r->said.by), c.by,
			    sizeof(c.by));
		if (!batch_add(b, &c, 1, &r->results[i], err))
			return false;
	}
	return true;
}

static bool
add_request(struct batch *b, const struct request *r, struct error *err)
{
	if (r->changes == NULL)
		return add_said(b, r, err);
	return batch_add(b, r->changes, r->n, r->results, err);
}

/* Builds the batch of all requests that can be done; the others get their
 * error. Starts anew when one fails, without it. */
static void
build(struct request *all, struct batch *b)
{
	struct request *r = all;

	batch_begin(b);
	while (r != NULL) {
		struct error err;

		if (r->failed || add_request(b, r, &err)) {
			r = r->next;
			continue;
		}
		finish(r, false, &err);
		r->failed = true;
		batch_begin(b);
		r = all;
	}
	batch_end(b);
}

/* Now and then; what fails is tried again with the next batch. */
static void
save_traffic(struct store *st)
{
	int64_t now = clock_now();

	if (now - st->traffic_saved >= TRAFFIC_SAVE_S &&
	    traffic_save(st->traffic, st->dir, STORE_TRAFFIC_NAME, now))
		st->traffic_saved = now;
}

bool
writer_commit(struct store *st, struct batch *b, struct error *err)
{
	if (b->events == 0)
		return true;
	if (!journal_append(st->journal, buf_span(&b->lines), &st->poisoned,
		err))
		return false;
	st->now = b->after;
	index_commit(st, &b->records);
	st->untended += b->events;
	return true;
}

bool
writer_reserve(struct store *st, struct journal_pos *at, struct error *err)
{
	if (st->poisoned) {
		error_set(err, ERROR_TEMPORARY,
		    "this process must not write "
		    "any more, after a disk error: restart it");
		return false;
	}
	/* A seal may be written and no segment behind it. */
	st->poisoned = !journal_reserve(st->journal, st->now.lsn + 1, at, err);
	return !st->poisoned;
}

void
writer_tell(struct store *st)
{
	atomic_store(&st->told_lsn, st->now.lsn);
	atomic_store(&st->told_behind, st->untended);
	atomic_store(&st->told_poisoned, st->poisoned);
}

static void
lead(struct store *st, struct request *all)
{
	struct error err = { 0 };
	struct batch b;
	struct journal_pos at = { 0 };
	bool ok = writer_reserve(st, &at, &err);
	int64_t began = clock_monotonic_ns();

	batch_init(&b, st, at, clock_now());
	if (ok) {
		index_heal(st);
		build(all, &b);
		ok = writer_commit(st, &b, &err);
	}
	if (ok && b.events > 0)
		histogram_add(&st->commits, clock_monotonic_ns() - began);
	for (struct request *r = all; r != NULL; r = r->next)
		if (!r->failed)
			finish(r, ok, &err);
	batch_done(&b);
	writer_tell(st);
}

/*
 * Until nobody leads and nothing lands; *done: or until somebody else has done
 * it, and then it is false. The queue's lock is held.
 */
static bool
await_lead(struct store *st, const bool *done)
{
	st->waiting++;
	while (!*done && (st->leading || st->landing > 0))
		pthread_cond_wait(&st->queue_moved, &st->queue_lock);
	st->waiting--;
	if (*done)
		return false;
	st->leading = true;
	st->sliced = false;
	return true;
}

static void
stop_leading(struct store *st)
{
	pthread_mutex_lock(&st->queue_lock);
	st->leading = false;
	pthread_cond_broadcast(&st->queue_moved);
	pthread_mutex_unlock(&st->queue_lock);
}

/* Waits until it is done, by another or by us. */
static bool
submit(struct store *st, struct request *mine)
{
	struct request *all, *next;

	pthread_mutex_lock(&st->queue_lock);
	*st->queue_end = mine;
	st->queue_end = &mine->next;
	if (!await_lead(st, &mine->done)) {
		pthread_mutex_unlock(&st->queue_lock);
		return mine->ok;
	}
	all = st->queue;
	st->queue = NULL;
	st->queue_end = &st->queue;
	pthread_mutex_unlock(&st->queue_lock);

	owner_begin(&st->owner);
	lead(st, all);

	pthread_mutex_lock(&st->queue_lock);
	for (struct request *r = all; r != NULL; r = next) {
		next = r->next; /* its caller may return now */
		r->done = true;
	}
	pthread_cond_broadcast(&st->queue_moved);
	pthread_mutex_unlock(&st->queue_lock);
	/* Acknowledged; what follows only keeps the index in shape. */
	if (st->untended >= TEND_EVENTS) {
		index_tend(st);
		st->untended = 0;
	}
	save_traffic(st);
	writer_tell(st);
	owner_end(&st->owner);
	stop_leading(st);
	return mine->ok;
}

bool
writer_change(struct store *st, const struct change *changes, size_t n,
    struct change_result *results, struct error *err)
{
	struct request mine = { .changes = changes,
		.n = n,
		.results = results,
		.err = err };

	return submit(st, &mine);
}

bool
writer_wire(struct store *st, const struct wire_changes *said,
    struct change_result *results, struct error *err)
{
	struct request mine = { .said = *said,
		.n = said->n,
		.results = results,
		.err = err };

	return submit(st, &mine);
}

bool
writer_may(const struct store *st, struct error *err)
{
	if (st->lock_fd < 0)
		error_set(err, ERROR_REFUSED, "opened only to look");
	return st->lock_fd >= 0;
}

bool
writer_alone(struct store *st, writer_fn *fn, void *arg, struct error *err)
{
	bool ok = false;

	if (!writer_may(st, err))
		return false;
	pthread_mutex_lock(&st->queue_lock);
	(void)await_lead(st, &ok);
	pthread_mutex_unlock(&st->queue_lock);
	owner_begin(&st->owner);
	ok = fn(st, arg, err);
	writer_tell(st);
	owner_end(&st->owner);
	stop_leading(st);
	return ok;
}

/* Who came meanwhile goes between two slices. What is damaged is made anew
 * where nothing lands: a lookup may find more at any time, and what lands is
 * perhaps in that shard. */
void
writer_begin_slice(struct store *st)
{
	bool alone;

	pthread_mutex_lock(&st->queue_lock);
	while (st->leading || (st->sliced && st->waiting > 0) ||
	       (st->landing > 0 && index_is_damaged(st)))
		pthread_cond_wait(&st->queue_moved, &st->queue_lock);
	st->leading = true;
	st->sliced = true;
	alone = st->landing == 0;
	pthread_mutex_unlock(&st->queue_lock);
	owner_begin(&st->owner);
	if (alone)
		index_heal(st);
}

void
writer_land_slice(struct store *st)
{
	writer_tell(st);
	pthread_mutex_lock(&st->queue_lock);
	st->landing++;
	st->leading = false;
	pthread_cond_broadcast(&st->queue_moved);
	pthread_mutex_unlock(&st->queue_lock);
}

void
writer_end_slice(struct store *st)
{
	owner_end(&st->owner);
	pthread_mutex_lock(&st->queue_lock);
	st->landing--;
	pthread_cond_broadcast(&st->queue_moved);
	pthread_mutex_unlock(&st->queue_lock);
}
