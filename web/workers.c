#include "web/workers.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"

struct workers {
	void (*run)(struct work *);
	pthread_mutex_t lock;
	pthread_cond_t moved;
	struct work *first, **end;
	bool ending;
	pthread_t *threads; /* heap, n of them */
	size_t n;
};

/* Waits for it. NULL: it is time to end. */
static struct work *
take(struct workers *all)
{
	struct work *w;

	pthread_mutex_lock(&all->lock);
	while (all->first == NULL && !all->ending)
		pthread_cond_wait(&all->moved, &all->lock);
	w = all->first;
	if (w != NULL)
		all->first = w->next;
	if (all->first == NULL)
		all->end = &all->first;
	pthread_mutex_unlock(&all->lock);
	return w;
}

static void *
work(void *arg)
{
	struct workers *all = arg;
	struct work *w;

	while ((w = take(all)) != NULL)
		all->run(w);
	return NULL;
}

struct workers *
workers_start(size_t n, void (*run)(struct work *), struct error *err)
{
	struct workers *all = mem_new(1, sizeof(*all));

	all->run = run;
	all->end = &all->first;
	all->threads = mem_new(n, sizeof(*all->threads));
	pthread_mutex_init(&all->lock, NULL);
	pthread_cond_init(&all->moved, NULL);
	while (all->n < n) {
		errno = pthread_create(&all->threads[all->n], NULL, work, all);
		if (errno != 0) {
			error_errno(err, "no thread");
			workers_stop(all);
			return NULL;
		}
		all->n++;
	}
	return all;
}

void
workers_give(struct workers *all, struct work *w)
{
	w->next = NULL;
	pthread_mutex_lock(&all->lock);
	*all->end = w;
	all->end = &w->next;
	pthread_cond_signal(&all->moved);
	pthread_mutex_unlock(&all->lock);
}

void
workers_stop(struct workers *all)
{
	if (all == NULL)
		return;
	pthread_mutex_lock(&all->lock);
	all->ending = true;
	pthread_cond_broadcast(&all->moved);
	pthread_mutex_unlock(&all->lock);
	for (size_t i = 0; i < all->n; i++)
		pthread_join(all->threads[i], NULL);
	pthread_cond_destroy(&all->moved);
	pthread_mutex_destroy(&all->lock);
	free(all->threads);
	free(all);
}
