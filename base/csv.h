/*
 * csv - comma-separated values (RFC 4180), and files of lines, record by
 * record, as they stream in.
 *
 * Why not libcsv: it does not tell in which line a record begins, lets a
 * field grow without limit, and has had no release since 2013; what is left
 * to write round it is no shorter than this.
 */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/error.h"
#include "base/span.h"

struct csv_reader {
	int fd;
	char separator; /* "\0": no quotes, each line is a record */
	char *block;    /* heap */
	size_t have;    /* bytes in block */
	size_t at;      /* of the next record in block */
	uint64_t line;  /* where the next record begins, from 1 */
	uint64_t bytes; /* taken so far, for those who show progress */
	bool eof;
};

/* fd stays the caller's. A byte order mark at its start is passed over. */
void csv_open(struct csv_reader *r, int fd);
void csv_close(struct csv_reader *r);

enum csv_result {
	CSV_RECORD,
	CSV_END,   /* nothing is left */
	CSV_BAD,   /* this record is none: err says why; the next call goes on
		      with the line behind its first */
	CSV_ERROR, /* the file can't be read, or is UTF-16: err */
};

/*
 * The next record without its line end (LF or CRLF), borrowed until the
 * next call, and the line in which it begins. A record is no longer than
 * LIMIT_IMPORT_RECORD_BYTES.
 */
enum csv_result csv_next(struct csv_reader *r, struct span *record,
    uint64_t *line, struct error *err);

/* What separates the fields of a header: "," or, where it has none, ";" or
 * a tab; "," where it has none of them. */
char csv_separator(struct span header);

/*
 * Takes the next field off the front of *rest: unquoted, borrowed from the
 * record, which is changed where a quote was doubled. False: there are no
 * more. *rest is the whole record at first, and .p is NULL behind the last.
 */
bool csv_field(struct span *rest, char separator, struct span *field);

/*
 * Would a spreadsheet compute it? Such a text is written with a "'" in front.
 * So is what would be one without those that it has: reading can tell.
 */
bool csv_is_formula(struct span s);

/* True if it was written with a "'" in front. */
bool csv_is_marked(struct span s);

#endif
