/*
 * What an import adds comes as long rows of dots, one behind the other: a
 * batch is some runs of dots, and what a removal covers is looked for among
 * them.
 */
#include "db/imported.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Dots of one batch, one behind the other. */
struct run {
	struct dot first;
	uint64_t n;
	struct imported_batch *batch;
};

struct imported {
	pthread_mutex_t lock;
	struct store_place place;
	struct imported_batch *batches[IMPORTED_MOST]; /* heap, oldest first */
	size_t batches_n;
	struct run *runs; /* heap, in the order of their dots */
	size_t runs_n, room;
	uint64_t left; /* so many events may be read; of a look */
	bool stopped;
};

static int
dot_order(const struct dot *a, const struct dot *b)
{
	if (a->node != b->node)
		return a->node < b->node ? -1 : 1;
	if (a->incarnation != b->incarnation)
		return a->incarnation < b->incarnation ? -1 : 1;
	return (a->seq > b->seq) - (a->seq < b->seq);
}

/* So many runs begin at or before it. */
static size_t
runs_before(const struct imported *im, const struct dot *d)
{
	size_t low = 0, high = im->runs_n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (dot_order(&im->runs[middle].first, d) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Is it the next one of the run, or one of it? */
static bool
fits(const struct run *r, const struct dot *d, bool next)
{
	return r->first.node == d->node &&
	       r->first.incarnation == d->incarnation &&
	       d->seq - r->first.seq < r->n + next;
}

static void
add_dot(struct imported *im, const struct dot *d, struct imported_batch *b)
{
	size_t at = runs_before(im, d);

	b->added++;
	if (at > 0 && im->runs[at - 1].batch == b &&
	    fits(&im->runs[at - 1], d, true)) {
		im->runs[at - 1].n++;
		return;
	}
	if (im->runs_n == im->room) {
		im->room = 2 * im->room + 64;
		im->runs = mem_resize(im->runs, im->room, sizeof(*im->runs));
	}
	memmove(&im->runs[at + 1], &im->runs[at],
	    (im->runs_n - at) * sizeof(*im->runs));
	im->runs[at] = (struct run){ *d, 1, b };
	im->runs_n++;
}

static void
forget_oldest(struct imported *im)
{
	struct imported_batch *old = im->batches[0];
	size_t kept = 0;

	for (size_t i = 0; i < im->runs_n; i++)
		if (im->runs[i].batch != old)
			im->runs[kept++] = im->runs[i];
	im->runs_n = kept;
	free(old);
	im->batches_n--;
	memmove(im->batches, im->batches + 1,
	    im->batches_n * sizeof(im->batches[0]));
}

/* The one that an event is of; it is among the newest. */
static struct imported_batch *
batch_of(struct imported *im, const struct event *ev)
{
	const char *name = ev->evidence.ref;
	struct imported_batch *b;

	for (size_t i = im->batches_n; i > 0; i--)
		if (strcmp(im->batches[i - 1]->name, name) == 0)
			return im->batches[i - 1];
	if (im->batches_n == IMPORTED_MOST)
		forget_oldest(im);
	b = mem_new(1, sizeof(*b));
	(void)span_copy(span_of(name), b->name, sizeof(b->name));
	(void)span_copy(span_of(ev->by), b->by, sizeof(b->by));
	b->at = ev->at;
	im->batches[im->batches_n++] = b;
	return b;
}

static bool
is_import(const struct event *ev)
{
	return ev->op == EVENT_ADD && ev->evidence.ref[0] != '\0' &&
	       strcmp(ev->evidence.report, REPORT_IMPORT) == 0;
}

static void
count_lifted(struct imported *im, const struct event *ev)
{
	for (size_t i = 0; i < ev->cover_n; i++) {
		size_t at = runs_before(im, &ev->cover[i]);

		if (at > 0 && fits(&im->runs[at - 1], &ev->cover[i], false))
			im->runs[at - 1].batch->lifted++;
	}
}

static bool
see(const struct event *ev, const struct store_place *behind, void *arg)
{
	struct imported *im = arg;

	if (is_import(ev))
		add_dot(im, &ev->dot, batch_of(im, ev));
	else if (ev->op == EVENT_REMOVE)
		count_lifted(im, ev);
	im->place = *behind;
	im->stopped = --im->left == 0;
	return !im->stopped;
}

static void
forget(struct imported *im)
{
	for (size_t i = 0; i < im->batches_n; i++)
		free(im->batches[i]);
	im->batches_n = im->runs_n = 0;
	im->place = (struct store_place){ 0 };
}

struct imported *
imported_new(void)
{
	struct imported *im = mem_new(1, sizeof(*im));

	pthread_mutex_init(&im->lock, NULL);
	return im;
}

void
imported_free(struct imported *im)
{
	if (im == NULL)
		return;
	forget(im);
	free(im->runs);
	pthread_mutex_destroy(&im->lock);
	free(im);
}

bool
imported_read(struct imported *im, struct store *st, uint64_t most, bool *whole,
    struct error *err)
{
	struct store_place from;
	bool ok;

	pthread_mutex_lock(&im->lock);
	im->left = most;
	im->stopped = false;
	from = im->place;
	ok = store_feed(st, &from, see, im, err);
	if (!ok && err->code == ERROR_INVALID && from.lsn > 0) {
		forget(im);
		from = im->place;
		ok = store_feed(st, &from, see, im, err);
	}
	*whole = !im->stopped;
	pthread_mutex_unlock(&im->lock);
	return ok;
}

void
imported_list(struct imported *im, imported_fn *fn, void *arg)
{
	bool go_on = true;

	pthread_mutex_lock(&im->lock);
	for (size_t i = im->batches_n; go_on && i > 0; i--)
		go_on = fn(im->batches[i - 1], arg);
	pthread_mutex_unlock(&im->lock);
}
