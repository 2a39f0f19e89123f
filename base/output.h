/*
 * output - one printer for text, JSON and CSV.
 *
 * A command describes its columns once and gives rows; how they look is
 * chosen by the user. Text is a table on a terminal: widths are settled
 * over the first rows, and columns that may be cut give way so that a row
 * fits the terminal. JSON is one object a line with "v":1 first; CSV has a
 * header (RFC 4180, CRLF).
 *
 * Text and CSV escape what log_escape() escapes: a row is one line, and no
 * terminal obeys it. In CSV a text that a spreadsheet would compute ("=1+1")
 * has a "'" in front. JSON gives each text as it is.
 */
#ifndef BASE_OUTPUT_H
#define BASE_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/span.h"

enum output_form { OUTPUT_TEXT, OUTPUT_JSON, OUTPUT_CSV };

enum column_type {
	COLUMN_TEXT, /* a row's cell is .text */
	COLUMN_INT,  /* .number */
	COLUMN_TIME, /* .number, seconds; 0 prints "" (JSON: null) */
	COLUMN_BOOL, /* .number */
};

struct column {
	const char *name;  /* JSON member and CSV header */
	const char *title; /* heading in text; NULL: not shown in text */
	enum column_type type;
	bool may_cut; /* give way when the row is wider than the terminal */
};

struct cell {
	const char *text; /* UTF-8, borrowed for the call */
	int64_t number;
};

struct output;

/*
 * columns (n of them) are borrowed until output_close(). file is not
 * closed. A write error is kept and told by output_close().
 */
struct output *output_open(FILE *file, enum output_form form,
    const struct column *columns, size_t n);

/* Prints one row of n cells, in the order of the columns. */
void output_row(struct output *o, const struct cell *cells);

/*
 * Prints what is left and frees o. False if any write failed (a closed
 * pipe too) or a row was longer than 1 MiB (EMSGSIZE); errno is kept.
 */
bool output_close(struct output *o);

#endif
