/*
 * journal_walk - every event in order, and the check of everything.
 */
#include "db/journal_impl.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* An end that only the last segment may have: there, a writer may be about
 * to write on. */
static bool
ends_well(enum line_result result, bool sealed, bool last, uint32_t segment,
    off_t at, struct error *err)
{
	if (result == LINE_ERROR)
		return false;
	if (result != LINE_LONG && (sealed || last))
		return true;
	error_set(err, ERROR_CORRUPT, "journal segment %u, byte %lld: %s",
	    segment, (long long)at,
	    result == LINE_LONG ? "no line ends there" : "its end is missing");
	return false;
}

/* Walks one segment; *ended when fn wants no more. */
static bool
walk_segment(struct journal *j, struct journal_pos from, bool last,
    journal_fn *fn, void *arg, bool *ended, struct error *err)
{
	struct line_reader r;
	enum line_result result = LINE_END;
	bool ok = true, sealed = false;
	struct span line;
	off_t at = from.offset;

	if (!line_reader_open(&r, j, from.segment, from.offset, err))
		return false;
	*ended = false;
	while (ok && !*ended && !sealed &&
	       (result = line_reader_next(&r, &line, &at, err)) == LINE_GOT) {
		struct journal_pos pos = { from.segment, (uint32_t)at };
		struct journal_pos next = { from.segment,
			(uint32_t)line_reader_at(&r) };
		struct event ev;

		sealed = journal_line_type(line) == LINE_SEAL;
		if (sealed || journal_line_type(line) == LINE_HEADER)
			continue;
		ok = event_decode(line, &ev, err);
		if (!ok) {
			error_prefix(err, "journal segment %u, byte %lld",
			    from.segment, (long long)at);
			continue;
		}
		*ended = !fn(&ev, pos, next,
		    (uint32_t)strtoul(line.p + line.len - 10, NULL, 16), arg);
		event_done(&ev);
	}
	line_reader_close(&r);
	return ok && (*ended || ends_well(result, sealed, last, from.segment,
				    at, err));
}

bool
journal_walk(struct journal *j, struct journal_pos from, journal_fn *fn,
    void *arg, struct error *err)
{
	uint32_t first, last;
	bool ended = false;

	if (!journal_segments(j, &first, &last, err))
		return false;
	if (from.segment == 0)
		from = (struct journal_pos){ first, 0 };
	while (!ended && from.segment != 0 && from.segment <= last) {
		if (!walk_segment(j, from, from.segment == last, fn, arg,
			&ended, err))
			return false;
		from = (struct journal_pos){ from.segment + 1, 0 };
	}
	return true;
}

/* The state of a check over all segments. */
struct check {
	struct journal *j;
	void (*tell)(const char *, void *);
	void *arg;
	uint64_t next;   /* lsn of the next event */
	int64_t time;    /* of the last event */
	uint64_t count;  /* events of this segment */
	uint64_t events; /* of all */
	uint64_t faults;
	uint32_t segment;
	char hash[JOURNAL_HASH_TEXT]; /* of the segment before */
	bool sealed;
};

static void
fault(struct check *c, off_t at, const char *what)
{
	char line[400];

	c->faults++;
	snprintf(line, sizeof(line), "journal segment %u, byte %lld: %s",
	    c->segment, (long long)at, what);
	c->tell(line, c->arg);
}

static void
check_header(struct check *c, struct span line)
{
	struct journal_header h;
	struct error err;

	if (!journal_header_decode(line, &h, &err))
		fault(c, 0, err.text);
	else if (h.segment != c->segment)
		fault(c, 0, "this header belongs to another segment");
	else if (strcmp(h.before, c->hash) != 0)
		fault(c, 0,
		    "the segment before is not the one that this "
		    "header names");
	else if (h.first != c->next)
		fault(c, 0, "events are missing before this segment");
}

static void
check_event(struct check *c, struct span line, off_t at)
{
	struct error err;
	struct event ev;

	if (!event_decode(line, &ev, &err)) {
		fault(c, at, err.text);
		return;
	}
	if (ev.lsn != c->next)
		fault(c, at, "the number of this line is out of order");
	else if (ev.at < c->time)
		fault(c, at, "its time is before that of the line before");
	c->next = ev.lsn + 1;
	c->time = ev.at;
	c->count++;
	c->events++;
	event_done(&ev);
}

static bool
check_seal(struct check *c, struct span line, off_t at, struct error *err)
{
	struct journal_seal s;
	struct error bad;
	char hash[JOURNAL_HASH_TEXT];

	c->sealed = true;
	if (!journal_hash(c->j, c->segment, at, hash, err))
		return false;
	if (!journal_seal_decode(line, &s, &bad))
		fault(c, at, bad.text);
	else if (s.segment != c->segment || s.count != c->count)
		fault(c, at, "the seal counts other events");
	else if (strcmp(s.now[0] != '\0' ? s.now : s.hash, hash) != 0)
		fault(c, at, "the segment is not the one that was sealed");
	memcpy(c->hash, s.now[0] != '\0' ? s.hash : hash, sizeof(hash));
	return true;
}

static bool
has_more(enum line_result result)
{
	return result == LINE_GOT || result == LINE_LONG;
}

static bool
check_segment(struct check *c, struct error *err)
{
	enum line_result result = LINE_END;
	struct line_reader r;
	struct span line;
	bool ok = true;
	off_t at;

	if (!line_reader_open(&r, c->j, c->segment, 0, err))
		return false;
	c->sealed = false;
	c->count = 0;
	while (ok && has_more(result = line_reader_next(&r, &line, &at, err))) {
		if (result == LINE_LONG)
			fault(c, at, "no line ends there");
		else if (c->sealed)
			fault(c, at, "a line behind the seal");
		else if (journal_line_type(line) == LINE_SEAL)
			ok = check_seal(c, line, at, err);
		else if (at == 0)
			check_header(c, line);
		else
			check_event(c, line, at);
	}
	line_reader_close(&r);
	return ok && result != LINE_ERROR;
}

bool
journal_verify(struct journal *j, void (*tell)(const char *, void *), void *arg,
    uint64_t *events, uint64_t *faults, struct error *err)
{
	struct check c = { .j = j, .tell = tell, .arg = arg, .next = 1 };
	uint32_t first, last;

	if (!journal_segments(j, &first, &last, err))
		return false;
	for (c.segment = first; c.segment != 0 && c.segment <= last;
	     c.segment++) {
		if (!check_segment(&c, err))
			return false;
		if (!c.sealed && c.segment != last)
			fault(&c, 0, "it has no seal, but a segment behind");
	}
	*events = c.events;
	*faults = c.faults;
	return true;
}
