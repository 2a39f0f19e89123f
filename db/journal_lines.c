/*
 * journal_lines - header and seal lines, and reading line by line.
 */
#include "db/journal_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "db/line.h"

#define BLOCK_BYTES (1024 * 1024)

enum journal_line
journal_line_type(struct span line)
{
	if (span_starts_nocase(line, "{\"v\":1,\"lsn\":"))
		return LINE_EVENT;
	if (span_starts_nocase(line, "{\"v\":1,\"segment\":"))
		return LINE_HEADER;
	if (span_starts_nocase(line, "{\"v\":1,\"sealed\":"))
		return LINE_SEAL;
	return LINE_BAD;
}

void
journal_header_encode(const struct journal_header *h, int64_t at,
    struct buf *out)
{
	char node[17], inc[9], time[CLOCK_TEXT];
	size_t from = out->len;

	snprintf(node, sizeof(node), "%016" PRIx64, h->identity.node);
	snprintf(inc, sizeof(inc), "%08" PRIx32, h->identity.incarnation);
	clock_format(at, time);
	json_begin(out);
	json_int(out, "v", 1);
	json_int(out, "segment", h->segment);
	json_text(out, "node", span_of(node));
	json_text(out, "inc", span_of(inc));
	json_text(out, "key", span_of(h->key_check));
	json_int(out, "first", (int64_t)h->first);
	json_text(out, "ts", span_of(time));
	json_text(out, "before", span_of(h->before));
	line_seal(out, from);
}

void
journal_seal_encode(const struct journal_seal *s, struct buf *out)
{
	size_t from = out->len;

	json_begin(out);
	json_int(out, "v", 1);
	json_int(out, "sealed", s->segment);
	json_int(out, "count", (int64_t)s->count);
	json_text(out, "hash", span_of(s->hash));
	if (s->now[0] != '\0')
		json_text(out, "now", span_of(s->now));
	line_seal(out, from);
}

static bool
hex_member(const struct json_reader *r, uint64_t *out)
{
	char text[17], *end;

	if (!json_get(r, text, sizeof(text)) || text[0] == '\0')
		return false;
	errno = 0;
	*out = strtoull(text, &end, 16);
	return errno == 0 && *end == '\0';
}

static bool
bad_line(struct error *err, const char *what)
{
	error_set(err, ERROR_CORRUPT, "a %s line has another form", what);
	return false;
}

bool
journal_header_decode(struct span line, struct journal_header *h,
    struct error *err)
{
	struct json_reader r;
	uint64_t inc = 0;
	bool ok = true;

	*h = (struct journal_header){ 0 };
	if (!line_check(line, err))
		return false;
	json_open(&r, line);
	while (json_next(&r)) {
		if (span_is(r.name, "segment"))
			h->segment = (uint32_t)r.number;
		else if (span_is(r.name, "node"))
			ok = ok && hex_member(&r, &h->identity.node);
		else if (span_is(r.name, "inc"))
			ok = ok && hex_member(&r, &inc);
		else if (span_is(r.name, "key"))
			ok = ok &&
			     json_get(&r, h->key_check, sizeof(h->key_check));
		else if (span_is(r.name, "first"))
			h->first = (uint64_t)r.number;
		else if (span_is(r.name, "before"))
			ok = ok && json_get(&r, h->before, sizeof(h->before));
	}
	h->identity.incarnation = (uint32_t)inc;
	return (ok && json_close(&r, err)) || bad_line(err, "header");
}

bool
journal_seal_decode(struct span line, struct journal_seal *s, struct error *err)
{
	struct json_reader r;
	bool ok = true;

	*s = (struct journal_seal){ 0 };
	if (!line_check(line, err))
		return false;
	json_open(&r, line);
	while (json_next(&r)) {
		if (span_is(r.name, "sealed"))
			s->segment = (uint32_t)r.number;
		else if (span_is(r.name, "count"))
			s->count = (uint64_t)r.number;
		else if (span_is(r.name, "hash"))
			ok = ok && json_get(&r, s->hash, sizeof(s->hash));
		else if (span_is(r.name, "now"))
			ok = ok && json_get(&r, s->now, sizeof(s->now));
	}
	return (ok && json_close(&r, err)) || bad_line(err, "seal");
}

bool
line_reader_open(struct line_reader *r, const struct journal *j,
    uint32_t segment, off_t from, struct error *err)
{
	char path[JOURNAL_PATH_TEXT];

	journal_path(j, segment, path);
	*r = (struct line_reader){ .base = from };
	r->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (r->fd < 0) {
		error_errno(err, "%.180s", path);
		return false;
	}
	r->block = mem_new(BLOCK_BYTES, 1);
	return true;
}

void
line_reader_close(struct line_reader *r)
{
	if (r->fd >= 0)
		close(r->fd);
	free(r->block);
	*r = (struct line_reader){ .fd = -1 };
}

off_t
line_reader_at(const struct line_reader *r)
{
	return r->base + (off_t)r->at;
}

/* Moves what is left to the front and reads on behind it. */
static bool
refill(struct line_reader *r, struct error *err)
{
	ssize_t got;

	memmove(r->block, r->block + r->at, r->have - r->at);
	r->base += (off_t)r->at;
	r->have -= r->at;
	r->at = 0;
	do {
		got = pread(r->fd, r->block + r->have, BLOCK_BYTES - r->have,
		    r->base + (off_t)r->have);
	} while (got < 0 && errno == EINTR);
	if (got < 0) {
		error_errno(err, "cannot read the journal");
		return false;
	}
	r->eof = got == 0;
	r->have += (size_t)got;
	return true;
}

enum line_result
line_reader_next(struct line_reader *r, struct span *line, off_t *begin,
    struct error *err)
{
	for (;;) {
		struct span rest = { r->block + r->at, r->have - r->at };
		size_t len = span_find(rest, '\n');

		if (len < rest.len) {
			*line = (struct span){ rest.p, len };
			*begin = line_reader_at(r);
			r->at += len + 1;
			return LINE_GOT;
		}
		*begin = line_reader_at(r);
		if (rest.len > LIMIT_JOURNAL_LINE_BYTES) {
			/* A good line may begin in the last of it. */
			r->at = r->have - LIMIT_JOURNAL_LINE_BYTES;
			return LINE_LONG;
		}
		if (r->eof)
			return rest.len == 0 ? LINE_END : LINE_TORN;
		if (!refill(r, err))
			return LINE_ERROR;
	}
}
