/*
 * journal_recover - what a crash has left, made whole.
 *
 * A batch was acknowledged only when all of it was durable, so an unfinished
 * one at the end may be cut off: nobody was told. But bad bytes are a torn
 * end only when nothing proves them older: a later good line of a later
 * batch, or an index that has applied more than the journal holds. Then it
 * is damage, and nothing is written over it.
 */
#include "db/journal_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"

/* A segment that a crash has cut short in its header is no larger. */
#define TORN_HEADER_BYTES 1024

struct recovery {
	struct journal *j;
	uint64_t next;                /* lsn that comes next */
	struct journal_pos good;      /* behind the last whole batch */
	struct journal_pos event_pos; /* behind its last event */
	uint64_t good_lsn;
	int64_t good_at;
	uint64_t seq;         /* the largest of our own, up to good */
	uint64_t batch_seq;   /* and in the batch we are in */
	uint64_t count;       /* events of the segment, up to good */
	uint64_t batch_count; /* events of the batch we are in */
	bool bad;             /* something that is no next line stands here: */
	off_t bad_at;
	bool proof; /* and something proves that it was durable once */
	bool sealed;
	bool header;    /* the segment has a good one */
	uint64_t first; /* lsn, says the header */
	char hash[JOURNAL_HASH_TEXT];
};

static bool
corrupt(const struct recovery *rc, uint32_t segment, off_t at, const char *what,
    struct error *err)
{
	error_set(err, ERROR_CORRUPT,
	    "journal segment %u, byte %lld: %s; nothing was changed. Bring "
	    "the journal back from a backup (%.60s)",
	    segment, (long long)at, what, rc->j->dir);
	return false;
}

static void
bad(struct recovery *rc, off_t at)
{
	rc->bad = true;
	rc->bad_at = at;
}

/*
 * Does this line prove that what stands before it was durable? A good one of
 * a batch that began behind the bad place does, also at the end of a line
 * whose front has lost its line end.
 */
static bool
is_proof(struct span line, uint64_t missing)
{
	static const char begin[] = "{\"v\":1,\"lsn\":";
	struct error ignored;
	struct event ev;
	bool yes = false;

	if (journal_line_type(line) == LINE_SEAL)
		return true;
	for (size_t n = line.len; n > 0; n--) {
		struct span end = { line.p + n - 1, line.len - n + 1 };

		if (!span_starts_nocase(end, begin))
			continue;
		if (event_decode(end, &ev, &ignored)) {
			yes = ev.batch_first > missing;
			event_done(&ev);
		}
		break;
	}
	return yes;
}

static void
take_event(struct recovery *rc, uint32_t segment, struct span line, off_t at,
    off_t behind)
{
	const struct dot *own = &rc->j->identity;
	struct error ignored;
	struct event ev;

	/* Behind a whole batch a new one begins; within one it goes on. */
	if (!event_decode(line, &ev, &ignored) || ev.lsn != rc->next ||
	    ev.batch_first != ev.lsn - rc->batch_count) {
		bad(rc, at);
		rc->proof = is_proof(line, rc->next);
		event_done(&ev);
		return;
	}
	rc->next = ev.lsn + 1;
	rc->batch_count++;
	if (ev.dot.node == own->node &&
	    ev.dot.incarnation == own->incarnation &&
	    ev.dot.seq > rc->batch_seq)
		rc->batch_seq = ev.dot.seq;
	if (ev.batch_last) {
		rc->good = (struct journal_pos){ segment, (uint32_t)behind };
		rc->event_pos = rc->good;
		rc->good_lsn = ev.lsn;
		rc->good_at = ev.at;
		rc->count += rc->batch_count;
		rc->batch_count = 0;
		rc->seq = rc->batch_seq;
	}
	event_done(&ev);
}

static bool
take_header(struct recovery *rc, uint32_t segment, struct span line,
    off_t behind, struct error *err)
{
	struct journal_header h;
	struct error ignored;

	if (!journal_header_decode(line, &h, &ignored)) {
		bad(rc, 0);
		return true;
	}
	if (h.segment != segment)
		return corrupt(rc, segment, 0,
		    "the header is that of another segment", err);
	if (rc->hash[0] != '\0' && strcmp(rc->hash, h.before) != 0)
		return corrupt(rc, segment, 0,
		    "the segment before is not the one that this header "
		    "names",
		    err);
	if (strcmp(h.key_check, rc->j->key_check) != 0) {
		error_set(err, ERROR_REFUSED,
		    "%.100s, segment %u: its hashes "
		    "were made with another key; bring the right one back "
		    "from a backup",
		    rc->j->dir, segment);
		return false;
	}
	rc->header = true;
	rc->first = h.first;
	/* A new incarnation counts anew. */
	if (segment != rc->good.segment &&
	    h.identity.incarnation != rc->j->identity.incarnation)
		rc->seq = rc->batch_seq = 0;
	rc->j->identity = h.identity;
	if (behind > rc->good.offset || segment != rc->good.segment)
		rc->good = (struct journal_pos){ segment, (uint32_t)behind };
	return true;
}

/* Does the segment go on where the one before has ended? */
static bool
continues(const struct recovery *rc, uint32_t segment, struct error *err)
{
	return !rc->header || rc->first == rc->next ||
	       corrupt(rc, segment, 0, "events are missing before it", err);
}

/* Any later line that is proof? */
static bool
proven(struct line_reader *r, uint64_t missing, bool *yes, struct error *err)
{
	enum line_result result = LINE_END;
	struct span line;
	off_t at;

	while (!*yes &&
	       (result = line_reader_next(r, &line, &at, err)) != LINE_ERROR &&
	       result != LINE_END && result != LINE_TORN)
		*yes = result == LINE_GOT && is_proof(line, missing);
	return *yes || result != LINE_ERROR;
}

static bool
take_seal(struct recovery *rc, struct span line, off_t at)
{
	struct journal_seal s;
	struct error ignored;

	if (!journal_seal_decode(line, &s, &ignored) || rc->batch_count > 0) {
		bad(rc, at);
		return false;
	}
	rc->sealed = true;
	memcpy(rc->hash, s.hash, sizeof(rc->hash));
	return true;
}

/* Reads one segment from an offset. Sets rc->bad where it can't go on. */
static bool
scan(struct recovery *rc, uint32_t segment, off_t from, bool last,
    struct error *err)
{
	enum line_result result = LINE_END;
	struct line_reader r;
	struct span line;
	bool ok = true;
	off_t at = from;

	if (!line_reader_open(&r, rc->j, segment, from, err))
		return false;
	rc->sealed = false;
	while (ok && !rc->bad && !rc->sealed &&
	       (result = line_reader_next(&r, &line, &at, err)) == LINE_GOT) {
		enum journal_line type = journal_line_type(line);

		if (at == 0)
			ok = take_header(rc, segment, line, line_reader_at(&r),
				 err) &&
			     continues(rc, segment, err);
		else if (type == LINE_SEAL)
			(void)take_seal(rc, line, at);
		else
			take_event(rc, segment, line, at, line_reader_at(&r));
	}
	if (ok && (result == LINE_TORN || result == LINE_LONG))
		bad(rc, at);
	if (ok && result == LINE_ERROR)
		ok = false;
	/* A header is durable before any event comes behind it. */
	if (ok && rc->bad)
		ok = proven(&r, rc->bad_at > 0 ? rc->next : 0, &rc->proof, err);
	if (ok && (rc->proof || (rc->bad && !last)))
		ok = corrupt(rc, segment, rc->bad_at,
		    "damage before good lines", err);
	if (ok && !rc->bad && !rc->sealed && !last)
		ok = corrupt(rc, segment, at, "its end is missing", err);
	line_reader_close(&r);
	return ok;
}

/* An empty journal, or a last segment that never got its header. */
static bool
begin_segment(struct recovery *rc, uint32_t segment, struct error *err)
{
	char path[JOURNAL_PATH_TEXT];
	struct stat st;
	struct journal_header h = { .segment = segment,
		.identity = rc->j->identity,
		.first = rc->good_lsn + 1 };

	journal_path(rc->j, segment, path);
	if (stat(path, &st) == 0 && st.st_size > TORN_HEADER_BYTES)
		return corrupt(rc, segment, 0, "nothing in it is readable",
		    err);
	if (segment == 1) {
		hash_random(&h.identity.node, sizeof(h.identity.node));
		hash_random(&h.identity.incarnation,
		    sizeof(h.identity.incarnation));
	}
	memcpy(h.before, rc->hash, sizeof(h.before));
	return journal_create(rc->j, &h, err);
}

/* The identity stands in the header even where the scan begins behind it. */
static bool
read_header(struct recovery *rc, uint32_t segment, struct error *err)
{
	struct line_reader r;
	struct span line;
	bool ok = true;
	off_t at;

	if (!line_reader_open(&r, rc->j, segment, 0, err))
		return false;
	if (line_reader_next(&r, &line, &at, err) == LINE_GOT)
		ok = take_header(rc, segment, line, line_reader_at(&r), err);
	/* Events that were durable stand behind it. */
	if (ok && !rc->header)
		ok = corrupt(rc, segment, 0, "the header is damaged", err);
	line_reader_close(&r);
	return ok;
}

/* Events of the last segment before the place where the scan began. */
static bool
count_before(struct recovery *rc, struct journal_pos from, struct error *err)
{
	struct line_reader r;
	struct span line;
	off_t at = 0;

	if (!line_reader_open(&r, rc->j, from.segment, 0, err))
		return false;
	while (line_reader_next(&r, &line, &at, err) == LINE_GOT &&
	       at < from.offset)
		rc->count += journal_line_type(line) == LINE_EVENT;
	line_reader_close(&r);
	return true;
}

static bool
scan_all(struct recovery *rc, struct journal_start from, uint32_t first,
    uint32_t last, struct error *err)
{
	uint32_t segment = from.pos.segment != 0 ? from.pos.segment : first;
	off_t offset = from.pos.segment != 0 ? from.pos.offset : 0;
	uint32_t ignored;

	if (from.lsn != 0) {
		rc->next = from.lsn + 1;
		rc->good_lsn = from.lsn;
		rc->event_pos = from.pos;
		rc->good_at = from.at;
		rc->seq = rc->batch_seq = from.seq;
	}
	if (offset > 0) {
		rc->good = from.pos;
		if (!journal_crc_before(rc->j, from.pos, &ignored, err))
			return corrupt(rc, segment, offset,
			    "the index has seen events that are gone here",
			    err);
		if (!read_header(rc, segment, err) ||
		    !count_before(rc, from.pos, err))
			return false;
	}
	for (; segment <= last && !rc->bad; segment++, offset = 0) {
		if (offset == 0) {
			rc->count = 0;
			rc->header = false;
		}
		if (!scan(rc, segment, offset, segment == last, err))
			return false;
	}
	return true;
}

bool
journal_recover(struct journal *j, struct journal_start from,
    uint64_t index_lsn, const char *quarantine_dir, struct journal_end *end,
    struct error *err)
{
	struct recovery rc = { .j = j, .next = 1 };
	uint32_t first, last;
	uint64_t cut = 0;
	bool ok;

	if (!journal_segments(j, &first, &last, err))
		return false;
	if (from.pos.segment > last) {
		error_set(err, ERROR_CORRUPT,
		    "%.100s: segment %u is gone, "
		    "but the index has seen it: bring the journal back from "
		    "a backup",
		    j->dir, from.pos.segment);
		return false;
	}
	if (last != 0 && !scan_all(&rc, from, first, last, err))
		return false;
	if (index_lsn > rc.good_lsn)
		return corrupt(&rc, last, rc.good.offset,
		    "the index has seen events that are gone here", err);
	if (last == 0 || (!rc.header && !rc.sealed))
		ok = begin_segment(&rc, last == 0 ? 1 : last, err);
	else if (rc.sealed)
		ok = begin_segment(&rc, last + 1, err);
	else
		ok = journal_adopt(j, rc.good, rc.count, quarantine_dir, &cut,
		    err);
	*end = (struct journal_end){ .lsn = rc.good_lsn,
		.at = rc.good_at,
		.seq = rc.seq,
		.pos = rc.event_pos,
		.cut_bytes = cut };
	return ok;
}
