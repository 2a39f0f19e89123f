/*
 * journal - the truth: every event, append-only, in segments.
 *
 * dir/N.jsonl, N from 1 in ten digits. A segment begins with a header line
 * (segment, node, incarnation, key check, first lsn, hash of the segment
 * before) and,
 * when it is full, ends with a seal line (count, BLAKE2b-256 of all bytes
 * before the seal). Lines end with LF. Not thread safe but for
 * journal_read(): the store serialises.
 */
#ifndef DB_JOURNAL_H
#define DB_JOURNAL_H

#include <sys/types.h>

#include "db/event.h"

struct journal;

/* What recovery found out. */
struct journal_end {
	uint64_t lsn;           /* of the last good line; 0: none */
	int64_t at;             /* its time */
	uint64_t seq;           /* last seq of our own node */
	struct journal_pos pos; /* behind the last good line */
	uint64_t cut_bytes;     /* torn tail that went to quarantine */
};

/*
 * Opens dir for reading: events up to whatever is complete. key_check is a
 * word that tells one hash key from another: it stands in each segment. NULL:
 * ERROR_IO, ERROR_CORRUPT (the chain of segments is broken).
 */
#define JOURNAL_CHECK_TEXT 40
struct journal *journal_open(const char *dir, const char *key_check,
    struct error *err) MUST_CHECK;

/* How large a segment grows; the default is LIMIT_SEGMENT_BYTES. */
void journal_set_segment_bytes(struct journal *j, off_t bytes);
void journal_close(struct journal *j);

/* A place behind a line that was durable once; zero: the start. */
struct journal_start {
	struct journal_pos pos;
	uint64_t lsn; /* of that line */
	uint64_t seq; /* of our own node, up to there */
	int64_t at;   /* its time */
};

/*
 * For the writer, once, holding the store's lock. Scans from `from`, creates
 * the first segment in an empty dir (identity: node and incarnation at
 * random), cuts an unfinished last batch off into quarantine_dir, syncs.
 * index_lsn is the highest lsn that the index has applied.
 *
 * Nothing is changed with ERROR_CORRUPT: damage before good lines, or the
 * index is ahead of the journal; the text names the segment and offset; and
 * with ERROR_REFUSED: its hashes were made with another key.
 */
bool journal_recover(struct journal *j, struct journal_start from,
    uint64_t index_lsn, const char *quarantine_dir, struct journal_end *end,
    struct error *err) MUST_CHECK;

/*
 * Goes on under a new incarnation, in a new segment: what was written since
 * a backup, and may be known elsewhere, had the old one. Only the writer.
 */
bool journal_renew(struct journal *j, uint64_t next_lsn,
    struct error *err) MUST_CHECK;

/* The identity under which this journal's own events are written. */
void journal_identity(const struct journal *j, struct dot *identity);

/*
 * Where the next batch will begin; starts a new segment first if the last
 * one is full. Only the writer.
 */
bool journal_reserve(struct journal *j, uint64_t next_lsn,
    struct journal_pos *at, struct error *err) MUST_CHECK;

/*
 * Appends a batch's lines at the reserved place and makes them durable. On
 * failure nothing is acknowledged: ERROR_IO; *poisoned when the journal must
 * not be written by this process again (sync failed, or the cut failed).
 */
bool journal_append(struct journal *j, struct span lines, bool *poisoned,
    struct error *err) MUST_CHECK;

/* The event at pos. ERROR_CORRUPT names the place. Thread safe. */
bool journal_read(struct journal *j, struct journal_pos pos, struct event *ev,
    struct error *err) MUST_CHECK;

/*
 * The bytes at pos, unchecked, to see whether the event is worth reading.
 * *whole: they are the line without its LF; most are no longer.
 */
#define JOURNAL_PEEK_TEXT 1024
bool journal_peek(struct journal *j, struct journal_pos pos,
    char out[JOURNAL_PEEK_TEXT], bool *whole, struct error *err) MUST_CHECK;

/* The checksum of the line that ends at pos. */
bool journal_crc_before(struct journal *j, struct journal_pos pos,
    uint32_t *crc, struct error *err) MUST_CHECK;

/*
 * Walks events from `from` (zero: the first) to the end, skipping headers
 * and seals; a last line without its end is not there yet. next is the place
 * behind the event, crc its line's checksum. fn returns false to stop.
 */
typedef bool journal_fn(const struct event *ev, struct journal_pos at,
    struct journal_pos next, uint32_t crc, void *arg);
bool journal_walk(struct journal *j, struct journal_pos from, journal_fn *fn,
    void *arg, struct error *err) MUST_CHECK;

/* The place of the first event that is not before since, and whose number is
 * not below lsn: journal_walk() from there sees it and all behind it. Zero, the
 * start, if both are 0. */
bool journal_seek(const struct journal *j, int64_t since, uint64_t lsn,
    struct journal_pos *pos, struct error *err) MUST_CHECK;

/*
 * Changes events of one segment where they stand: fn is given each line,
 * without its LF, and may write over its bytes; true: it has. Beside it a new
 * file is made, synced and put in its place, if anything was changed: a crash
 * leaves the one or the other. The place of no event moves. A line that is
 * torn is left out. *changed counts the lines. Only the writer, its queue kept
 * still.
 *
 * looking: nothing is written, and it ends with the first line that fn would
 * change; beside a writer, too.
 */
typedef bool journal_rewrite_fn(char *line, size_t len, void *arg);
struct journal_rewriting {
	uint32_t segment;
	bool looking;
	journal_rewrite_fn *fn;
	void *arg;
	bool *poisoned; /* set when the journal must not be written by this
			   process again; NULL where looking */
};
bool journal_rewrite(struct journal *j, const struct journal_rewriting *how,
    uint64_t *changed, struct error *err) MUST_CHECK;

/* Numbers of the first and last segment; 0 and 0 when there is none.
 * ERROR_CORRUPT: one between them is missing. */
bool journal_segments(const struct journal *j, uint32_t *first, uint32_t *last,
    struct error *err) MUST_CHECK;

/*
 * Checks every line, chain and seal. Each fault is given to tell (one line
 * of text with segment and offset); *faults counts them.
 */
bool journal_verify(struct journal *j, void (*tell)(const char *, void *),
    void *arg, uint64_t *events, uint64_t *faults,
    struct error *err) MUST_CHECK;

#endif
