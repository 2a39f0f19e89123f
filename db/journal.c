#include "db/journal_impl.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"

void
journal_path(const struct journal *j, uint32_t segment,
    char out[JOURNAL_PATH_TEXT])
{
	snprintf(out, JOURNAL_PATH_TEXT, "%s/%010u.jsonl", j->dir, segment);
}

struct journal *
journal_open(const char *dir, const char *key_check, struct error *err)
{
	struct journal *j = mem_new(1, sizeof(*j));
	uint32_t first, last;

	j->fd = -1;
	j->segment_bytes = LIMIT_SEGMENT_BYTES;
	pthread_mutex_init(&j->lock, NULL);
	(void)span_copy(span_of(key_check), j->key_check, sizeof(j->key_check));
	if (!span_copy(span_of(dir), j->dir, sizeof(j->dir))) {
		error_set(err, ERROR_LIMIT, "%.150s: the path is too long",
		    dir);
		journal_close(j);
		return NULL;
	}
	if (!journal_segments(j, &first, &last, err)) {
		journal_close(j);
		return NULL;
	}
	return j;
}

void
journal_close(struct journal *j)
{
	if (j == NULL)
		return;
	if (j->fd >= 0)
		close(j->fd);
	for (size_t i = 0; i < JOURNAL_READ_FDS; i++)
		if (j->read[i].segment != 0)
			close(j->read[i].fd);
	pthread_mutex_destroy(&j->lock);
	free(j);
}

void
journal_set_segment_bytes(struct journal *j, off_t bytes)
{
	j->segment_bytes = bytes;
}

void
journal_identity(const struct journal *j, struct dot *identity)
{
	*identity = j->identity;
}

/* "0000000001.jsonl" is 1; 0: no segment. */
static uint32_t
segment_number(const char *name)
{
	struct span rest = span_of(name), digits;
	unsigned long long n;

	if (!span_cut(&rest, '.', &digits) || !span_is(rest, "jsonl") ||
	    digits.len != 10 || !span_number(digits, UINT32_MAX, &n))
		return 0;
	return (uint32_t)n;
}

bool
journal_segments(const struct journal *j, uint32_t *first, uint32_t *last,
    struct error *err)
{
	uint64_t count = 0;
	const char *name;
	DIR *dir = opendir(j->dir);
	bool ok;

	*first = *last = 0;
	if (dir == NULL) {
		error_errno(err, "%.180s", j->dir);
		return false;
	}
	while ((ok = file_next_name(dir, j->dir, &name, err)) && name != NULL) {
		uint32_t n = segment_number(name);

		if (n == 0)
			continue;
		count++;
		if (*first == 0 || n < *first)
			*first = n;
		if (n > *last)
			*last = n;
	}
	closedir(dir);
	if (ok && count != *last) {
		error_set(err, ERROR_CORRUPT,
		    "%.150s: a segment before %u is "
		    "missing: bring it back from a backup",
		    j->dir, *last);
		return false;
	}
	return ok;
}

bool
journal_hash(const struct journal *j, uint32_t segment, off_t bytes,
    char out[JOURNAL_HASH_TEXT], struct error *err)
{
	char path[JOURNAL_PATH_TEXT], piece[65536];
	uint8_t digest[HASH_LONG_BYTES];
	struct hash h;
	off_t at = 0;
	int fd;

	journal_path(j, segment, path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		error_errno(err, "%.180s", path);
		return false;
	}
	hash_begin(&h, NULL, sizeof(digest));
	while (at < bytes) {
		size_t n = bytes - at < (off_t)sizeof(piece)
			       ? (size_t)(bytes - at)
			       : sizeof(piece);

		if (!file_pread_all(fd, piece, n, at)) {
			error_errno(err, "%.180s", path);
			close(fd);
			return false;
		}
		hash_add(&h, (struct span){ piece, n });
		at += (off_t)n;
	}
	close(fd);
	hash_end(&h, digest);
	hash_hex(digest, sizeof(digest), out);
	return true;
}

bool
journal_create(struct journal *j, const struct journal_header *h,
    struct error *err)
{
	char path[JOURNAL_PATH_TEXT];
	struct journal_header header = *h;
	struct buf line;
	bool ok;
	int fd;

	memcpy(header.key_check, j->key_check, sizeof(header.key_check));
	journal_path(j, h->segment, path);
	/* A header that a crash has cut short is written anew. */
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	buf_init(&line, LIMIT_JOURNAL_LINE_BYTES);
	journal_header_encode(&header, clock_now(), &line);
	ok = fd >= 0 && file_pwrite_all(fd, line.p, line.len, 0) &&
	     fsync(fd) == 0;
	if (!ok)
		error_errno(err, "cannot create %.150s", path);
	ok = ok && file_sync_dir(j->dir, err);
	if (ok) {
		if (j->fd >= 0)
			close(j->fd);
		j->fd = fd;
		j->segment = h->segment;
		j->end = (off_t)line.len;
		j->count = 0;
		j->identity = h->identity;
	} else if (fd >= 0) {
		close(fd);
	}
	buf_done(&line);
	return ok;
}

/* Appends at the end and syncs; cuts back what it could not. */
static bool
append(struct journal *j, struct span bytes, bool *poisoned, struct error *err)
{
	*poisoned = false;
	if (!file_pwrite_all(j->fd, bytes.p, bytes.len, j->end)) {
		error_errno(err, "cannot write the journal");
		*poisoned =
		    ftruncate(j->fd, j->end) != 0 || fdatasync(j->fd) != 0;
		return false;
	}
	/*
	 * After a failed sync nobody knows which pages are on disk, and a
	 * second one may wrongly succeed: never retried.
	 */
	if (fdatasync(j->fd) != 0) {
		error_errno(err, "cannot sync the journal");
		*poisoned = true;
		return false;
	}
	j->end += (off_t)bytes.len;
	return true;
}

static bool
rotate(struct journal *j, uint64_t next_lsn, const struct dot *identity,
    struct error *err)
{
	struct journal_seal seal = { .segment = j->segment, .count = j->count };
	struct journal_header next = { .segment = j->segment + 1,
		.identity = *identity,
		.first = next_lsn };
	struct buf line;
	bool ok, poisoned;

	if (!journal_hash(j, j->segment, j->end, seal.hash, err))
		return false;
	memcpy(next.before, seal.hash, sizeof(next.before));
	buf_init(&line, LIMIT_JOURNAL_LINE_BYTES);
	journal_seal_encode(&seal, &line);
	ok = append(j, buf_span(&line), &poisoned, err) &&
	     journal_create(j, &next, err);
	buf_done(&line);
	return ok;
}

bool
journal_reserve(struct journal *j, uint64_t next_lsn, struct journal_pos *at,
    struct error *err)
{
	if (j->end >= j->segment_bytes &&
	    !rotate(j, next_lsn, &j->identity, err))
		return false;
	*at = (struct journal_pos){ j->segment, (uint32_t)j->end };
	return true;
}

bool
journal_renew(struct journal *j, uint64_t next_lsn, struct error *err)
{
	struct dot identity = { .node = j->identity.node };

	do {
		hash_random(&identity.incarnation,
		    sizeof(identity.incarnation));
	} while (identity.incarnation == j->identity.incarnation);
	return rotate(j, next_lsn, &identity, err);
}

bool
journal_append(struct journal *j, struct span lines, bool *poisoned,
    struct error *err)
{
	struct span rest = lines, line;

	if (lines.len > LIMIT_BATCH_BYTES) {
		*poisoned = false;
		error_set(err, ERROR_LIMIT,
		    "a batch of %zu bytes is too "
		    "large; make smaller ones",
		    lines.len);
		return false;
	}
	if (!append(j, lines, poisoned, err))
		return false;
	while (span_cut(&rest, '\n', &line))
		j->count++;
	return true;
}

/* Has another file come in its place (journal_rewrite())? */
static bool
is_replaced(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_nlink == 0;
}

/* A descriptor of the segment, kept for the next read. Lock held. */
static int
read_fd(struct journal *j, uint32_t segment)
{
	struct segment_fd *kept = &j->read[segment % JOURNAL_READ_FDS];
	char path[JOURNAL_PATH_TEXT];

	if (kept->segment == segment && !is_replaced(kept->fd))
		return kept->fd;
	if (kept->segment != 0)
		close(kept->fd);
	journal_path(j, segment, path);
	kept->fd = open(path, O_RDONLY | O_CLOEXEC);
	kept->segment = kept->fd >= 0 ? segment : 0;
	return kept->fd;
}

/* What stands at pos, at most size bytes; -1: errno. */
static ssize_t
read_at(struct journal *j, struct journal_pos pos, char *out, size_t size)
{
	ssize_t got = -1;
	int fd;

	pthread_mutex_lock(&j->lock);
	fd = read_fd(j, pos.segment);
	if (fd >= 0)
		got = pread(fd, out, size, pos.offset);
	pthread_mutex_unlock(&j->lock);
	return got;
}

bool
journal_read(struct journal *j, struct journal_pos pos, struct event *ev,
    struct error *err)
{
	char line[LIMIT_JOURNAL_LINE_BYTES];
	ssize_t got = read_at(j, pos, line, JOURNAL_PEEK_TEXT);
	struct span rest;
	size_t len;

	if (got == JOURNAL_PEEK_TEXT && memchr(line, '\n', (size_t)got) == NULL)
		got = read_at(j, pos, line, sizeof(line));
	if (got < 0) {
		error_errno(err, "journal segment %u", pos.segment);
		return false;
	}
	rest = (struct span){ line, (size_t)got };
	len = span_find(rest, '\n');
	if (len == rest.len)
		error_set(err, ERROR_CORRUPT, "no line ends there");
	if (len < rest.len && event_decode((struct span){ line, len }, ev, err))
		return true;
	error_prefix(err, "journal segment %u, byte %u", pos.segment,
	    pos.offset);
	return false;
}

bool
journal_peek(struct journal *j, struct journal_pos pos,
    char out[JOURNAL_PEEK_TEXT], bool *whole, struct error *err)
{
	ssize_t got = read_at(j, pos, out, JOURNAL_PEEK_TEXT - 1);
	char *end;

	if (got < 0) {
		error_errno(err, "journal segment %u", pos.segment);
		return false;
	}
	out[got] = '\0';
	end = memchr(out, '\n', (size_t)got);
	*whole = end != NULL;
	if (*whole)
		*end = '\0';
	return true;
}

bool
journal_crc_before(struct journal *j, struct journal_pos pos, uint32_t *crc,
    struct error *err)
{
	char tail[12] = "", *end; /* e3069283"}LF */
	ssize_t got = -1;

	if (pos.offset > 11)
		got = read_at(j,
		    (struct journal_pos){ pos.segment, pos.offset - 11 }, tail,
		    11);
	if (got == 11 && strcmp(tail + 8, "\"}\n") == 0) {
		tail[8] = '\0';
		errno = 0;
		*crc = (uint32_t)strtoul(tail, &end, 16);
		if (*end == '\0')
			return true;
	}
	error_set(err, ERROR_CORRUPT,
	    "journal segment %u: no line ends at byte %u", pos.segment,
	    pos.offset);
	return false;
}
