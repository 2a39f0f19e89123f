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
	atomic_uint_fast64_t total, at; /* of the way */
} line = { .lock = PTHREAD_MUTEX_INITIALIZER,
	.ended = PTHREAD_COND_INITIALIZER };

/* ", 2 h 05 min left", of the time that it took so far. */
static void
print_left(int seconds)
{
	uint64_t total = line.total, at = line.at;
	uint64_t left;

	if (at == 0 || at > total)
		return;
	left = (uint64_t)((double)seconds * (double)(total - at) / (double)at);
	if (left >= 3600)
		fprintf(stderr, ", %llu h %02llu min left",
		    (unsigned long long)left / 3600,
		    (unsigned long long)left / 60 % 60);
	else if (left >= 60)
		fprintf(stderr, ", %llu min left",
		    (unsigned long long)left / 60);
	else
		fprintf(stderr, ", %llu s left", (unsigned long long)left);
}

static void
print(int seconds)
{
	unsigned long long done = line.done;

	fprintf(stderr, "\r%s: ", line.command);
	if (line.unit != NULL)
		fprintf(stderr, "%s: %llu, %llu/s, ", line.unit, done,
		    done / (unsigned long long)seconds);
	fprintf(stderr, "%d s", seconds);
	print_left(seconds);
	fputs("\033[K", stderr);
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
	line.done = line.total = line.at = 0;
	line.end = false;
	line.running = pthread_create(&line.thread, NULL, show, NULL) == 0;
}

void
progress_add(uint64_t n)
{
	line.done += n;
}

bool
progress_shown(void)
{
	return line.running;
}

void
progress_expect(uint64_t total)
{
	line.total = total;
}

void
progress_at(uint64_t done)
{
	line.at = done;
}

void
progress_tell(uint64_t done, uint64_t total, void *unused)
{
	(void)unused;
	progress_expect(total);
	progress_at(done);
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
