/*
 * journal_seek - the place of a time or number, by binary search: times never
 * fall from line to line, and numbers rise.
 */
#include "db/journal_impl.h"

#include <stdio.h>
#include <sys/stat.h>

/* What is searched for: the first event that is before neither. */
struct sought {
	int64_t since;
	uint64_t lsn;
};

/* An event that a search has met. */
struct met {
	bool any; /* false: there is none behind that place */
	off_t begin;
	int64_t at;
	uint64_t lsn;
};

static bool
is_before(const struct met *met, const struct sought *s)
{
	return met->any && (met->at < s->since || met->lsn < s->lsn);
}

/* The first event whose line begins at from or behind it. */
static bool
look(const struct journal *j, uint32_t segment, off_t from, struct met *met,
    struct error *err)
{
	enum line_result result;
	struct line_reader r;
	struct span line;
	struct event ev;
	bool ok = true;

	*met = (struct met){ 0 };
	/* One byte earlier: what ends there is not ours. */
	if (!line_reader_open(&r, j, segment, from > 0 ? from - 1 : 0, err))
		return false;
	while ((result = line_reader_next(&r, &line, &met->begin, err)) ==
		   LINE_GOT &&
	       (met->begin < from || journal_line_type(line) == LINE_HEADER))
		;
	if (result == LINE_GOT && journal_line_type(line) != LINE_SEAL) {
		ok = event_decode(line, &ev, err);
		if (ok) {
			met->any = true;
			met->at = ev.at;
			met->lsn = ev.lsn;
			event_done(&ev);
		} else {
			error_prefix(err, "journal segment %u, byte %lld",
			    segment, (long long)met->begin);
		}
	}
	line_reader_close(&r);
	return ok && result != LINE_ERROR;
}

/* The last segment that begins before it, or the first one. */
static bool
find_segment(const struct journal *j, const struct sought *s, uint32_t first,
    uint32_t last, uint32_t *found, struct error *err)
{
	while (first < last) {
		uint32_t middle = first + (last - first + 1) / 2;
		struct met met;

		if (!look(j, middle, 0, &met, err))
			return false;
		if (is_before(&met, s))
			first = middle;
		else
			last = middle - 1;
	}
	*found = first;
	return true;
}

/* Lines that begin before low are older; those from high on are not. */
static bool
find_line(const struct journal *j, const struct sought *s, uint32_t segment,
    struct journal_pos *pos, struct error *err)
{
	char path[JOURNAL_PATH_TEXT];
	off_t low = 0, high;
	struct met met;
	struct stat st;

	journal_path(j, segment, path);
	if (stat(path, &st) != 0) {
		error_errno(err, "%.180s", path);
		return false;
	}
	high = st.st_size;
	while (low < high) {
		off_t middle = low + (high - low) / 2;

		if (!look(j, segment, middle, &met, err))
			return false;
		if (is_before(&met, s))
			low = met.begin + 1;
		else
			high = middle;
	}
	if (!look(j, segment, low, &met, err))
		return false;
	*pos = met.any ? (struct journal_pos){ segment, (uint32_t)met.begin }
		       : (struct journal_pos){ segment + 1, 0 };
	return true;
}

bool
journal_seek(const struct journal *j, int64_t since, uint64_t lsn,
    struct journal_pos *pos, struct error *err)
{
	const struct sought s = { since, lsn };
	uint32_t first, last, segment;

	*pos = (struct journal_pos){ 0 };
	if (!journal_segments(j, &first, &last, err))
		return false;
	if ((since <= 0 && lsn <= 1) || first == 0)
		return true;
	return find_segment(j, &s, first, last, &segment, err) &&
	       find_line(j, &s, segment, pos, err);
}
