#include "base/csv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"

#define BLOCK_BYTES (1024L * 1024)

_Static_assert(BLOCK_BYTES > 2 * LIMIT_IMPORT_RECORD_BYTES,
    "a record and what is read ahead fit a block");

void
csv_open(struct csv_reader *r, int fd)
{
	*r = (struct csv_reader){ .fd = fd, .line = 1 };
	r->block = mem_new(BLOCK_BYTES, 1);
}

void
csv_close(struct csv_reader *r)
{
	free(r->block);
	*r = (struct csv_reader){ .fd = -1 };
}

/* Moves what is left to the front and reads until there is a whole record's
 * room of it, or the end. */
static bool
refill(struct csv_reader *r, struct error *err)
{
	ssize_t got;

	memmove(r->block, r->block + r->at, r->have - r->at);
	r->have -= r->at;
	r->at = 0;
	while (!r->eof && r->have < BLOCK_BYTES) {
		got = read(r->fd, r->block + r->have, BLOCK_BYTES - r->have);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			error_errno(err, "cannot read");
			return false;
		}
		r->eof = got == 0;
		r->have += (size_t)got;
	}
	return true;
}

/* A byte order mark is no part of the first record. Two bytes of it tell what
 * some programs call "Unicode": better one word than a page of them. */
static bool
skip_mark(struct csv_reader *r, struct error *err)
{
	struct span rest = { r->block + r->at, r->have - r->at };

	if (r->bytes > 0)
		return true;
	if (span_starts_nocase(rest, "\xEF\xBB\xBF")) {
		r->at += 3;
		r->bytes = 3;
	} else if (span_starts_nocase(rest, "\xFF\xFE") ||
		   span_starts_nocase(rest, "\xFE\xFF")) {
		error_set(err, ERROR_INVALID,
		    "this is UTF-16 text: save it as UTF-8");
		return false;
	}
	return true;
}

/*
 * The length of the record at the front of s without its LF; s.len: no LF
 * ends it. *lines counts those within it, *quoted: it ends in quotes. A
 * quote opens a field only where that begins: elsewhere it is a quote.
 */
static size_t
record_length(struct span s, char separator, uint64_t *lines, bool *quoted)
{
	bool begins = true;

	*lines = 0;
	*quoted = false;
	if (separator == '\0')
		return span_find(s, '\n');
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (c == '\n') {
			if (!*quoted)
				return i;
			++*lines;
		}
		if (c == '"' && (*quoted || begins))
			*quoted = !*quoted;
		/* A doubled quote closes and opens at once. */
		begins = c == separator || (c == '"' && !*quoted);
	}
	return s.len;
}

/* Takes len bytes and the LF behind them, if there is one. */
static struct span
take(struct csv_reader *r, size_t len)
{
	struct span record = { r->block + r->at, len };
	size_t all = r->at + len < r->have ? len + 1 : len;

	r->at += all;
	r->bytes += all;
	if (record.len > 0 && record.p[record.len - 1] == '\r')
		record.len--;
	return record;
}

/* Up to and with the next LF; what can't be read is told by the next call. */
static void
skip_line(struct csv_reader *r)
{
	struct error ignored;
	struct span rest;
	size_t len;

	do {
		rest = (struct span){ r->block + r->at, r->have - r->at };
		len = span_find(rest, '\n');
		(void)take(r, len);
	} while (len == rest.len && rest.len > 0 && refill(r, &ignored));
}

enum csv_result
csv_next(struct csv_reader *r, struct span *record, uint64_t *line,
    struct error *err)
{
	struct span rest;
	uint64_t lines;
	bool quoted;
	size_t len;

	if (r->have - r->at <= LIMIT_IMPORT_RECORD_BYTES && !r->eof &&
	    !refill(r, err))
		return CSV_ERROR;
	if (!skip_mark(r, err))
		return CSV_ERROR;
	rest = (struct span){ r->block + r->at, r->have - r->at };
	if (rest.len == 0)
		return CSV_END;
	if (rest.len > LIMIT_IMPORT_RECORD_BYTES)
		rest.len = LIMIT_IMPORT_RECORD_BYTES;
	*line = r->line++;
	len = record_length(rest, r->separator, &lines, &quoted);
	if (len < rest.len ||
	    (r->eof && !quoted && rest.len < LIMIT_IMPORT_RECORD_BYTES)) {
		r->line += lines;
		*record = take(r, len);
		return CSV_RECORD;
	}
	error_set(err, ERROR_INVALID,
	    quoted ? "a quote is opened and not closed"
		   : "a line is longer than %d bytes",
	    LIMIT_IMPORT_RECORD_BYTES);
	skip_line(r);
	return CSV_BAD;
}

char
csv_separator(struct span header)
{
	static const char others[] = ",;\t";

	for (const char *c = others; *c != '\0'; c++)
		if (span_find(header, *c) < header.len)
			return *c;
	return ',';
}

/* Behind an opening quote: up to the closing one, doubled ones made one. */
static struct span
take_quoted(struct span *rest)
{
	char *p = (char *)(uintptr_t)rest->p;
	struct span field = { p, 0 };
	size_t at = 0;

	while (at < rest->len) {
		if (p[at] == '"') {
			if (at + 1 >= rest->len || p[at + 1] != '"')
				break;
			at++;
		}
		p[field.len++] = p[at++];
	}
	at = at < rest->len ? at + 1 : at;
	rest->p += at;
	rest->len -= at;
	return field;
}

bool
csv_field(struct span *rest, char separator, struct span *field)
{
	size_t len;

	if (rest->p == NULL)
		return false;
	*field = (struct span){ rest->p, 0 };
	if (rest->len > 0 && rest->p[0] == '"') {
		rest->p++;
		rest->len--;
		*field = take_quoted(rest);
	}
	/* Behind a closing quote there should be nothing; it is left out. */
	len = span_find(*rest, separator);
	if (field->p == rest->p)
		field->len = len;
	if (len == rest->len) {
		*rest = (struct span){ NULL, 0 };
		return true;
	}
	rest->p += len + 1;
	rest->len -= len + 1;
	return true;
}

/* They begin a formula with these; a domain value has an "@" in front, too,
 * and nothing that could be called. */
bool
csv_is_formula(struct span s)
{
	static const char domain[] = "abcdefghijklmnopqrstuvwxyz0123456789"
				     ".-_[]:";

	while (s.len > 0 && s.p[0] == '\'') {
		s.p++;
		s.len--;
	}
	if (s.len == 0 || memchr("=+-@", s.p[0], 4) == NULL)
		return false;
	for (size_t i = 1; s.p[0] == '@' && i < s.len; i++)
		if (memchr(domain, s.p[i], sizeof(domain) - 1) == NULL)
			return true;
	return s.p[0] != '@';
}

bool
csv_is_marked(struct span s)
{
	return s.len > 0 && s.p[0] == '\'' && csv_is_formula(s);
}
