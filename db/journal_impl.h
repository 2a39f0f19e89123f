/*
 * journal_impl - what the files of the journal share.
 *
 * The lines of a segment N:
 *
 *	{"v":1,"segment":N,"node":...,"inc":...,"key":check,
 *		"first":lsn,"ts":...,"before":hash,"crc":...}
 *						the first line
 *	events
 *	{"v":1,"sealed":N,"count":events,"hash":hash,"now":hash,"crc":...}
 *						the last, when it is full
 *
 * hash is BLAKE2b-256, in hex, of all bytes of the segment before its seal
 * line; "before" is that of the segment before, "" in the first. Where text
 * was taken out of a sealed segment, hash stays what it was when it was
 * sealed, so that the chain of segments holds, and "now" is that of the bytes
 * that stand there now; else it is left out.
 */
#ifndef DB_JOURNAL_IMPL_H
#define DB_JOURNAL_IMPL_H

#include <pthread.h>

#include "base/hash.h"
#include "db/journal.h"

#define JOURNAL_PATH_TEXT 4096
#define JOURNAL_HASH_TEXT (2 * HASH_LONG_BYTES + 1)

#define JOURNAL_READ_FDS 64

struct segment_fd {
	uint32_t segment; /* 0: none */
	int fd;
};

struct journal {
	char dir[JOURNAL_PATH_TEXT - 64];
	char key_check[JOURNAL_CHECK_TEXT];
	off_t segment_bytes;
	/* the writer's: the segment that grows */
	int fd; /* -1: we only read */
	uint32_t segment;
	off_t end;
	uint64_t count; /* events in it */
	struct dot identity;
	/* segments that were read from: number modulo */
	pthread_mutex_t lock;
	struct segment_fd read[JOURNAL_READ_FDS];
};

struct journal_header {
	uint32_t segment;
	struct dot identity; /* seq 0 */
	char key_check[JOURNAL_CHECK_TEXT];
	uint64_t first;
	char before[JOURNAL_HASH_TEXT];
};

struct journal_seal {
	uint32_t segment;
	uint64_t count;
	char hash[JOURNAL_HASH_TEXT];
	char now[JOURNAL_HASH_TEXT]; /* "": the same */
};

enum journal_line { LINE_EVENT, LINE_HEADER, LINE_SEAL, LINE_BAD };

/* Tells lines apart by how they begin. */
enum journal_line journal_line_type(struct span line);

bool journal_header_decode(struct span line, struct journal_header *h,
    struct error *err) MUST_CHECK;
bool journal_seal_decode(struct span line, struct journal_seal *s,
    struct error *err) MUST_CHECK;
void journal_header_encode(const struct journal_header *h, int64_t at,
    struct buf *out);
void journal_seal_encode(const struct journal_seal *s, struct buf *out);

void journal_path(const struct journal *j, uint32_t segment,
    char out[JOURNAL_PATH_TEXT]);

/* BLAKE2b-256 of a segment's first bytes. */
bool journal_hash(const struct journal *j, uint32_t segment, off_t bytes,
    char out[JOURNAL_HASH_TEXT], struct error *err) MUST_CHECK;

/* Creates a segment with its header (the key check is the journal's),
 * durable, and makes it the one that grows. */
bool journal_create(struct journal *j, const struct journal_header *h,
    struct error *err) MUST_CHECK;

/* Opens a segment to write on at end, behind count events; what stands
 * there goes to the quarantine first. Syncs. */
bool journal_adopt(struct journal *j, struct journal_pos end, uint64_t count,
    const char *quarantine_dir, uint64_t *cut, struct error *err) MUST_CHECK;

/* Reading a segment line by line, in large blocks. */
struct line_reader {
	int fd;
	char *block;
	size_t have; /* bytes in block */
	size_t at;   /* of the next line in block */
	off_t base;  /* offset of block in the file */
	bool eof;
};

bool line_reader_open(struct line_reader *r, const struct journal *j,
    uint32_t segment, off_t from, struct error *err) MUST_CHECK;
void line_reader_close(struct line_reader *r);

enum line_result {
	LINE_GOT,
	LINE_END,   /* nothing is left */
	LINE_TORN,  /* something without LF is left */
	LINE_LONG,  /* no LF for longer than a line may be: damage; the next
		       call goes on behind some of it */
	LINE_ERROR, /* err is set */
};

/* The next line without its LF, borrowed until the next call, and where it
 * begins; the place behind it is line_reader_at(). */
enum line_result line_reader_next(struct line_reader *r, struct span *line,
    off_t *begin, struct error *err);
off_t line_reader_at(const struct line_reader *r);

#endif
