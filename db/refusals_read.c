/*
 * refusals_read - the files of refusals.h, line by line, in either direction.
 */
#include "db/refusals_impl.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"

/* The longest form that a value has in a line. */
#define NEEDLE_BYTES (6 * LIMIT_VALUE_TEXT)

struct refusals_reader {
	char dir[REFUSALS_PATH_TEXT - 64];
	char about[LIMIT_VALUE_TEXT];
	struct buf needle; /* about as it stands in a line; empty: anybody */
	int64_t since, until;
	bool newest_first;
	int64_t *days;
	size_t n;
	size_t next;      /* days whose file has been opened */
	struct span file; /* mapped; no bytes: none is open */
	struct span rest; /* what was not read yet */
	uint64_t lost;
};

struct refusals_reader *
refusals_read(const char *dir, const struct refusals_wanted *wanted,
    struct error *err)
{
	struct refusals_reader *r = mem_new(1, sizeof(*r));

	r->since = wanted->since;
	r->until = wanted->until;
	r->newest_first = wanted->newest_first;
	buf_init(&r->needle, NEEDLE_BYTES);
	if (wanted->about != NULL) {
		(void)span_copy(span_of(wanted->about), r->about,
		    sizeof(r->about));
		json_text(&r->needle, NULL, span_of(r->about));
	}
	if (span_copy(span_of(dir), r->dir, sizeof(r->dir)) &&
	    refusals_days(r->dir, &r->days, &r->n, err))
		return r;
	refusals_reader_close(r);
	return NULL;
}

static void
unmap(struct refusals_reader *r)
{
	if (r->file.len > 0)
		munmap((void *)(uintptr_t)r->file.p, r->file.len);
	r->file = r->rest = (struct span){ "", 0 };
}

/*
 * Maps a file; one that is gone by now, or empty, has no lines. It only
 * grows and is removed whole: what is mapped stays.
 */
static void
map(struct refusals_reader *r, int64_t day)
{
	char path[REFUSALS_PATH_TEXT];
	void *bytes = MAP_FAILED;
	struct stat st;
	int fd;

	refusals_path(r->dir, day, path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && st.st_size > 0)
		bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE,
		    fd, 0);
	close(fd);
	if (bytes == MAP_FAILED)
		return;
	r->file = r->rest = (struct span){ bytes, (size_t)st.st_size };
	/* A last line without its end is not there yet. */
	while (r->rest.len > 0 && r->rest.p[r->rest.len - 1] != '\n')
		r->rest.len--;
}

/* Could it have a line of the wanted time? What waited in the buffer at
 * midnight is in the file of the day before. */
static bool
may_have(const struct refusals_reader *r, int64_t day)
{
	return (day + 2) * CLOCK_DAY_S > r->since &&
	       (r->until == 0 || day * CLOCK_DAY_S < r->until);
}

/* Opens the next file; false: there is none. */
static bool
open_next(struct refusals_reader *r)
{
	unmap(r);
	while (r->next < r->n) {
		size_t at = r->newest_first ? r->n - 1 - r->next : r->next;

		r->next++;
		if (may_have(r, r->days[at]))
			map(r, r->days[at]);
		if (r->rest.len > 0)
			return true;
	}
	return false;
}

/* Cuts the last line off; rest ends with a LF. */
static struct span
last_line(struct span *rest)
{
	const char *lf = memrchr(rest->p, '\n', rest->len - 1);
	size_t begin = lf != NULL ? (size_t)(lf - rest->p) + 1 : 0;
	struct span line = { rest->p + begin, rest->len - 1 - begin };

	rest->len = begin;
	return line;
}

static bool
next_line(struct refusals_reader *r, struct span *line)
{
	if (r->rest.len == 0 && !open_next(r))
		return false;
	if (r->newest_first)
		*line = last_line(&r->rest);
	else
		(void)span_cut(&r->rest, '\n', line);
	return true;
}

/* A look at the bytes, before the line is read: most are of others. */
static bool
may_be_about(const struct refusals_reader *r, struct span line)
{
	return r->needle.len == 0 ||
	       memmem(line.p, line.len, r->needle.p, r->needle.len) != NULL ||
	       memmem(line.p, line.len, "\"lost\"", 6) != NULL;
}

static bool
is_wanted(const struct refusals_reader *r, const struct refusal *one)
{
	return one->at >= r->since && (r->until == 0 || one->at < r->until) &&
	       (r->needle.len == 0 || strcmp(one->recipient, r->about) == 0 ||
		   strcmp(one->value, r->about) == 0);
}

bool
refusals_next(struct refusals_reader *r, struct refusal *out)
{
	struct span line;

	while (next_line(r, &line)) {
		uint64_t lost;

		if (!may_be_about(r, line) || !refusal_decode(line, out, &lost))
			continue;
		if (lost == 0 && is_wanted(r, out))
			return true;
		if (out->at >= r->since &&
		    (r->until == 0 || out->at < r->until))
			r->lost += lost;
	}
	return false;
}

uint64_t
refusals_reader_lost(const struct refusals_reader *r)
{
	return r->lost;
}

void
refusals_reader_close(struct refusals_reader *r)
{
	if (r == NULL)
		return;
	unmap(r);
	buf_done(&r->needle);
	free(r->days);
	free(r);
}
