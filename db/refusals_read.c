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

struct about {
	char text[LIMIT_VALUE_TEXT];
	struct buf needle; /* as it stands in a line */
};

struct refusals_reader {
	char dir[REFUSALS_PATH_TEXT - 64];
	struct about *about; /* heap */
	size_t about_n;      /* 0: anybody */
	int64_t since, until;
	bool has_from;
	struct refusals_place from;
	bool newest_first;
	int64_t *days;
	size_t n;
	size_t next;      /* days whose file has been opened */
	struct span file; /* mapped; no bytes: none is open */
	struct span rest; /* what was not read yet */
	int64_t day;      /* of the file */
	struct refusals_place before, behind; /* of the last line */
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
	r->has_from = wanted->from != NULL;
	if (r->has_from)
		r->before = r->behind = r->from = *wanted->from;
	r->about = mem_new(wanted->about_n, sizeof(*r->about));
	for (; r->about_n < wanted->about_n; r->about_n++) {
		struct about *a = &r->about[r->about_n];

		memcpy(a->text, wanted->about[r->about_n].text,
		    sizeof(a->text));
		buf_init(&a->needle, NEEDLE_BYTES);
		json_text(&a->needle, NULL, span_of(a->text));
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

static void
here(const struct refusals_reader *r, struct refusals_place *place)
{
	place->day = r->day;
	place->offset =
	    r->newest_first ? r->rest.len : (uint64_t)(r->rest.p - r->file.p);
}

/* Leaves out what was told before, up to the next line's begin. */
static void
go_to(struct refusals_reader *r, uint64_t offset)
{
	if (offset > r->rest.len)
		offset = r->rest.len;
	if (r->newest_first) {
		r->rest.len = offset;
		return;
	}
	while (
	    offset > 0 && offset < r->rest.len && r->rest.p[offset - 1] != '\n')
		offset++;
	r->rest.p += offset;
	r->rest.len -= offset;
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
	r->day = day;
	if (r->has_from && day == r->from.day)
		go_to(r, r->from.offset);
	/* A last line without its end is not there yet. */
	while (r->rest.len > 0 && r->rest.p[r->rest.len - 1] != '\n')
		r->rest.len--;
}

/* Could it have a line of the wanted time? What waited in the buffer at
 * midnight is in the file of the day before. */
static bool
may_have(const struct refusals_reader *r, int64_t day)
{
	if (r->has_from &&
	    (r->newest_first ? day > r->from.day : day < r->from.day))
		return false;
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
	here(r, &r->before);
	if (r->newest_first)
		*line = last_line(&r->rest);
	else
		(void)span_cut(&r->rest, '\n', line);
	here(r, &r->behind);
	return true;
}

/* A look at the bytes, before the line is read: most are of others. */
static bool
may_be_about(const struct refusals_reader *r, struct span line)
{
	for (size_t i = 0; i < r->about_n; i++) {
		struct span needle = buf_span(&r->about[i].needle);

		if (memmem(line.p, line.len, needle.p, needle.len) != NULL)
			return true;
	}
	return r->about_n == 0 ||
	       memmem(line.p, line.len, "\"lost\"", 6) != NULL;
}

static bool
is_wanted(const struct refusals_reader *r, const struct refusal *one)
{
	if (one->at < r->since || (r->until != 0 && one->at >= r->until))
		return false;
	for (size_t i = 0; i < r->about_n; i++)
		if (strcmp(one->recipient, r->about[i].text) == 0 ||
		    strcmp(one->value, r->about[i].text) == 0)
			return true;
	return r->about_n == 0;
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
	r->before = r->behind;
	return false;
}

void
refusals_reader_places(const struct refusals_reader *r,
    struct refusals_place *before, struct refusals_place *behind)
{
	*before = r->before;
	*behind = r->behind;
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
	for (size_t i = 0; i < r->about_n; i++)
		buf_done(&r->about[i].needle);
	free(r->about);
	free(r->days);
	free(r);
}
