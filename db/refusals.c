/*
 * The thread owns the file; the buffer and the counts are under the lock,
 * which is never held over I/O.
 */
#include "db/refusals.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "db/erase.h"
#include "db/refusals_impl.h"

/* Without mail, too, old days have to go. */
#define CLEAN_INTERVAL_S 3600

struct refusals {
	char dir[REFUSALS_PATH_TEXT - 64];
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t moved;
	struct refusals_limits limits;
	struct store *hides; /* NULL: nothing has to be hidden */
	struct buf waiting;  /* lines */
	size_t waiting_n;
	int64_t first;   /* time of the first line in waiting */
	int64_t last;    /* of the last one ever */
	uint64_t untold; /* lost; no line says so yet */
	uint64_t lost;
	bool limited; /* anew: clean at once */
	bool ending;
	/* the thread's */
	int fd; /* -1: none */
	int64_t day;
	off_t size;   /* of the file */
	off_t others; /* bytes in the files of other days */
	int64_t cleaned;
	bool torn; /* the file does not end with a line */
};

/* What the thread takes out of the buffer at once. */
struct batch {
	struct buf lines;
	size_t n;
	int64_t first;
	uint64_t untold;
	struct refusals_limits limits;
	struct store *hides;
	bool ending;
};

static void
close_file(struct refusals *r)
{
	if (r->fd >= 0)
		close(r->fd);
	r->fd = -1;
	r->size = 0;
}

/* Removes what is too old, or too much beside so many bytes more, and sums up
 * what stays. */
static void
clean(struct refusals *r, const struct refusals_limits *limits, int64_t today,
    off_t more)
{
	char path[REFUSALS_PATH_TEXT];
	struct error ignored;
	int64_t *days;
	struct stat st;
	size_t n;

	r->others = 0;
	r->cleaned = clock_now();
	if (limits->days == 0)
		close_file(r);
	if (!refusals_days(r->dir, &days, &n, &ignored))
		return;
	/* From the newest: the oldest ones are too much. */
	while (n-- > 0) {
		refusals_path(r->dir, days[n], path);
		if (stat(path, &st) != 0)
			continue;
		if (limits->days == 0 || days[n] < today - limits->days ||
		    (days[n] < today &&
			r->size + r->others + st.st_size + more >
			    limits->max_bytes))
			(void)unlink(path);
		else if (days[n] != (r->fd >= 0 ? r->day : today))
			r->others += st.st_size;
	}
	free(days);
}

/* Opens the day's file, if it is not that which is open. */
static bool
open_file(struct refusals *r, int64_t day)
{
	char path[REFUSALS_PATH_TEXT], last = '\n';

	if (r->fd >= 0 && r->day == day)
		return true;
	r->others += r->size;
	close_file(r);
	snprintf(path, sizeof(path), "%s/" REFUSALS_DIR_NAME, r->dir);
	if (mkdir(path, 0750) != 0 && errno != EEXIST)
		return false;
	refusals_path(r->dir, day, path);
	r->fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
	if (r->fd < 0)
		return false;
	r->day = day;
	r->size = lseek(r->fd, 0, SEEK_END);
	/* We may have been killed in the middle of one. */
	r->torn =
	    r->size > 0 &&
	    (!file_pread_all(r->fd, &last, 1, r->size - 1) || last != '\n');
	return true;
}

/* Locks the day's file, the one that has its name: another may have come in
 * its place (refusals_rewrite()). */
static bool
lock_file(struct refusals *r, int64_t day)
{
	struct stat st;

	while (open_file(r, day) && flock(r->fd, LOCK_EX) == 0 &&
	       fstat(r->fd, &st) == 0) {
		if (st.st_nlink > 0)
			return true;
		close_file(r);
	}
	return false;
}

/* Whoever was refused mail is erased, perhaps, by now. */
static void
put_lines(struct store *hides, struct span lines, struct buf *out)
{
	struct refusal one;
	struct span line;
	uint64_t lost;

	while (span_cut(&lines, '\n', &line)) {
		bool any = hides != NULL && refusal_decode(line, &one, &lost);

		if (any) {
			any = store_hide(hides, one.recipient);
			any = store_hide(hides, one.value) || any;
		}
		if (any) {
			refusal_encode(&one, out);
		} else {
			buf_add_span(out, line);
			buf_add_char(out, '\n');
		}
	}
}

/* All of it or, as far as readers can tell, nothing. */
static bool
append(struct refusals *r, struct span lines)
{
	if (r->torn && !file_write_all(r->fd, "\n", 1))
		return false;
	r->torn = !file_write_all(r->fd, lines.p, lines.len);
	r->size = lseek(r->fd, 0, SEEK_END);
	return !r->torn;
}

/* False: they are lost. */
static bool
write_out(struct refusals *r, struct batch *b)
{
	int64_t at = b->n > 0 ? b->first : clock_now();
	int64_t day = at / CLOCK_DAY_S;
	off_t more = (off_t)b->lines.len;
	struct buf out;
	bool ok;

	if (!open_file(r, day))
		return false;
	if (r->size + r->others + more > b->limits.max_bytes)
		clean(r, &b->limits, day, more);
	if (r->size + r->others + more > b->limits.max_bytes)
		return false;
	/* A hash may be longer than what it stands for. */
	buf_init(&out, 2 * LIMIT_REFUSALS_BYTES + LIMIT_JOURNAL_LINE_BYTES);
	if (b->untold > 0)
		refusal_encode_lost(at, b->untold, &out);
	ok = lock_file(r, day);
	if (ok) {
		put_lines(b->hides, buf_span(&b->lines), &out);
		ok = append(r, buf_span(&out));
	}
	if (r->fd >= 0)
		(void)flock(r->fd, LOCK_UN);
	buf_done(&out);
	return ok;
}

/* Waits until there is something to do, and takes it. */
static void
take(struct refusals *r, struct batch *b)
{
	struct timespec until = { .tv_sec = r->cleaned + CLEAN_INTERVAL_S };

	pthread_mutex_lock(&r->lock);
	while (r->waiting.len == 0 && !r->ending && !r->limited &&
	       clock_now() < until.tv_sec)
		pthread_cond_timedwait(&r->moved, &r->lock, &until);
	*b = (struct batch){ .lines = r->waiting,
		.n = r->waiting_n,
		.first = r->first,
		.untold = r->untold,
		.limits = r->limits,
		.hides = r->hides,
		.ending = r->ending };
	buf_init(&r->waiting, LIMIT_REFUSALS_BYTES);
	r->waiting_n = 0;
	r->untold = 0;
	if (r->limited)
		r->cleaned = 0;
	r->limited = false;
	pthread_mutex_unlock(&r->lock);
}

/* A later line will say so. */
static void
lose(struct refusals *r, const struct batch *b)
{
	pthread_mutex_lock(&r->lock);
	r->lost += b->n;
	r->untold += b->n + b->untold;
	pthread_mutex_unlock(&r->lock);
}

static void *
writing(void *arg)
{
	struct refusals *r = arg;
	struct batch b;

	do {
		take(r, &b);
		if (clock_now() - r->cleaned >= CLEAN_INTERVAL_S)
			clean(r, &b.limits, clock_now() / CLOCK_DAY_S, 0);
		/* That some were lost is told before the next one, or at the
		 * end. */
		if (b.n > 0 || (b.ending && b.untold > 0)) {
			if (!write_out(r, &b))
				lose(r, &b);
		} else if (b.untold > 0) {
			lose(r, &b);
		}
		buf_done(&b.lines);
	} while (!b.ending);
	close_file(r);
	return NULL;
}

struct refusals *
refusals_open(const char *dir, const struct refusals_limits *limits,
    struct error *err)
{
	struct refusals *r = mem_new(1, sizeof(*r));

	r->fd = -1;
	r->limits = *limits;
	buf_init(&r->waiting, LIMIT_REFUSALS_BYTES);
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->moved, NULL);
	if (span_copy(span_of(dir), r->dir, sizeof(r->dir)))
		errno = pthread_create(&r->thread, NULL, writing, r);
	else
		errno = ENAMETOOLONG;
	if (errno == 0)
		return r;
	error_errno(err, "refusals: no thread");
	pthread_cond_destroy(&r->moved);
	pthread_mutex_destroy(&r->lock);
	free(r);
	return NULL;
}

void
refusals_close(struct refusals *r)
{
	if (r == NULL)
		return;
	pthread_mutex_lock(&r->lock);
	r->ending = true;
	pthread_cond_signal(&r->moved);
	pthread_mutex_unlock(&r->lock);
	pthread_join(r->thread, NULL);
	buf_done(&r->waiting);
	pthread_cond_destroy(&r->moved);
	pthread_mutex_destroy(&r->lock);
	free(r);
}

void
refusals_limit(struct refusals *r, const struct refusals_limits *limits)
{
	pthread_mutex_lock(&r->lock);
	r->limits = *limits;
	r->limited = true;
	pthread_cond_signal(&r->moved);
	pthread_mutex_unlock(&r->lock);
}

void
refusals_hide(struct refusals *r, struct store *st)
{
	pthread_mutex_lock(&r->lock);
	r->hides = st;
	pthread_mutex_unlock(&r->lock);
}

/* Under the lock. */
static void
put_in(struct refusals *r, const struct refusal *one)
{
	struct refusal ordered = *one;
	struct buf line;

	if (ordered.at < r->last)
		ordered.at = r->last;
	buf_init(&line, LIMIT_JOURNAL_LINE_BYTES);
	refusal_encode(&ordered, &line);
	if (line.full || line.len > r->waiting.max - r->waiting.len) {
		r->lost++;
		r->untold++;
	} else {
		if (r->waiting_n++ == 0)
			r->first = ordered.at;
		r->last = ordered.at;
		buf_add_span(&r->waiting, buf_span(&line));
		pthread_cond_signal(&r->moved);
	}
	buf_done(&line);
}

void
refusals_add(struct refusals *r, const struct refusal *one)
{
	pthread_mutex_lock(&r->lock);
	if (r->limits.days > 0)
		put_in(r, one);
	pthread_mutex_unlock(&r->lock);
}

uint64_t
refusals_lost(struct refusals *r)
{
	uint64_t lost;

	pthread_mutex_lock(&r->lock);
	lost = r->lost;
	pthread_mutex_unlock(&r->lock);
	return lost;
}
