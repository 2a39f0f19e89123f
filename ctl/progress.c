#include "ctl/progress.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

/*
 * A thread of its own prints: the work may be one long call that tells
 * nothing in between.
 */
static struct {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t ended;
	bool running;
	bool end; /* under lock */
	const char *command;
	const char *unit;
	atomic_uint_fast64_t done;
} line = { .lock = PTHREAD_MUTEX_INITIALIZER,
	.ended = PTHREAD_COND_INITIALIZER };

static void
print(int seconds)
{
	if (line.unit != NULL)
		fprintf(stderr, "\r%s: %s: %llu, %d s\033[K", line.command,
		    line.unit, (unsigned long long)line.done, seconds);
	else
		fprintf(stderr, "\r%s: %d s\033[K", line.command, seconds);
}

static void *
show(void *unused)
{
	struct timespec next;
	int seconds = 0;

	(void)unused;
	clock_gettime(CLOCK_REALTIME, &next);
	pthread_mutex_lock(&line.lock);
	while (!line.end) {
		next.tv_sec++;
		while (!line.end && pthread_cond_timedwait(&line.ended,
					&line.lock, &next) == 0)
			continue;
		if (!line.end)
			print(++seconds);
	}
	pthread_mutex_unlock(&line.lock);
	if (seconds > 0)
		fputs("\r\033[K", stderr);
	return NULL;
}

void
progress_begin(const char *command, const char *unit)
{
	if (!isatty(STDERR_FILENO))
		return;
	line.command = command;
	line.unit = unit;
	line.done = 0;
	line.end = false;
	line.running = pthread_create(&line.thread, NULL, show, NULL) == 0;
}

void
progress_add(uint64_t n)
{
	line.done += n;
}

void
progress_end(void)
{
	if (!line.running)
		return;
	pthread_mutex_lock(&line.lock);
	line.end = true;
	pthread_cond_signal(&line.ended);
	pthread_mutex_unlock(&line.lock);
	pthread_join(line.thread, NULL);
	line.running = false;
}
