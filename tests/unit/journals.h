/*
 * journals - a journal in the scratch directory, written batch by batch, for
 * the tests of journal*.c.
 */
#ifndef TESTS_UNIT_JOURNALS_H
#define TESTS_UNIT_JOURNALS_H

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "db/journal_impl.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

static struct error err;

#define TEST_KEY "00112233445566778899aabbccddeeff"
#define FIRST_SEGMENT "0000000001.jsonl"

/* A journal that is being written, and how far it is. */
struct writing {
	struct journal *j;
	struct journal_end end;
	struct journal_pos pos; /* of the line that was written last */
};

static inline void
quarantine_path(char out[128])
{
	snprintf(out, 128, "%s/quarantine", scratch_dir);
	(void)mkdir(out, 0700);
}

/* Recovers as a writer does that knows nothing from an index. */
static inline bool
recover_from(struct writing *w, struct journal_start from, uint64_t index_lsn)
{
	char quarantine[128];

	quarantine_path(quarantine);
	w->j = journal_open(scratch_dir, TEST_KEY, &err);
	if (w->j == NULL)
		return false;
	if (journal_recover(w->j, from, index_lsn, quarantine, &w->end, &err))
		return true;
	journal_close(w->j);
	w->j = NULL;
	return false;
}

static inline struct writing
begin(void)
{
	struct writing w = { 0 };

	ck_assert_msg(recover_from(&w, (struct journal_start){ 0 }, 0), "%s",
	    err.text);
	return w;
}

/* Encodes a batch of n lines; whole false: without its last line. */
static inline void
encode_batch(struct writing *w, struct journal_pos at, size_t n, bool whole,
    struct buf *out)
{
	uint64_t first = w->end.lsn + 1;

	for (size_t i = 0; i < n; i++) {
		struct event ev = { .lsn = ++w->end.lsn,
			.batch_first = first,
			.batch_last = whole && i == n - 1,
			.at = ++w->end.at,
			.op = EVENT_ADD,
			.source = SOURCE_USER,
			.stream = "*",
			.by = "alice",
			.count = 1 };

		journal_identity(w->j, &ev.dot);
		ev.dot.seq = ++w->end.seq;
		ev.value.kind = KIND_EMAIL;
		snprintf(ev.value.text, sizeof(ev.value.text), "u%d@x.test",
		    (int)ev.lsn);
		w->pos = (struct journal_pos){ at.segment,
			at.offset + (uint32_t)out->len };
		event_encode(&ev, out);
	}
}

/* Appends a batch, as the writer does. */
static inline void
write_batch(struct writing *w, size_t n)
{
	struct journal_pos at;
	struct buf lines;
	bool poisoned;

	ck_assert_msg(journal_reserve(w->j, w->end.lsn + 1, &at, &err), "%s",
	    err.text);
	buf_init(&lines, 1 << 20);
	encode_batch(w, at, n, true, &lines);
	ck_assert_msg(journal_append(w->j, buf_span(&lines), &poisoned, &err),
	    "%s", err.text);
	w->end.pos =
	    (struct journal_pos){ at.segment, at.offset + (uint32_t)lines.len };
	buf_done(&lines);
}

static inline int
segment_open(uint32_t segment)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%010u.jsonl", scratch_dir, segment);
	fd = open(path, O_RDWR);
	ck_assert_msg(fd >= 0, "%s", path);
	return fd;
}

static inline off_t
segment_size(uint32_t segment)
{
	int fd = segment_open(segment);
	off_t size = lseek(fd, 0, SEEK_END);

	close(fd);
	return size;
}

/* Puts bytes at an offset; behind the end if it is negative. */
static inline void
segment_put(uint32_t segment, off_t at, const void *bytes, size_t len)
{
	int fd = segment_open(segment);

	if (at < 0)
		at = lseek(fd, 0, SEEK_END);
	ck_assert(pwrite(fd, bytes, len, at) == (ssize_t)len);
	close(fd);
}

static inline void
segment_flip(uint32_t segment, off_t at)
{
	int fd = segment_open(segment);
	char byte;

	ck_assert(pread(fd, &byte, 1, at) == 1);
	byte ^= 1;
	ck_assert(pwrite(fd, &byte, 1, at) == 1);
	close(fd);
}

static inline void
segment_cut(uint32_t segment, off_t size)
{
	int fd = segment_open(segment);

	ck_assert(ftruncate(fd, size) == 0);
	close(fd);
}

/* Takes bytes out of a segment. */
static inline void
segment_remove(uint32_t segment, off_t at, off_t len)
{
	off_t size = segment_size(segment), rest = size - at - len;
	char *bytes = mem_new((size_t)rest, 1);
	int fd = segment_open(segment);

	ck_assert(pread(fd, bytes, (size_t)rest, at + len) == rest);
	ck_assert(pwrite(fd, bytes, (size_t)rest, at) == rest);
	ck_assert(ftruncate(fd, size - len) == 0);
	close(fd);
	free(bytes);
}

#endif
