/*
 * import_format - what the exports of others look like: each is a row of a
 * table, known by the names of its columns.
 */
#ifndef POLICY_IMPORT_FORMAT_H
#define POLICY_IMPORT_FORMAT_H

#include "db/event.h"

/* What we take of a line. */
enum import_column {
	COL_NONE, /* nothing */
	COL_VALUE,
	COL_TYPE,   /* of our own lines: only "reason" is taken */
	COL_SOURCE, /* by name, ours or the format's words */
	COL_ORIGIN, /* who wanted it, where the source does not tell */
	COL_STREAM,
	COL_SINCE,
	COL_EXPIRES,
	COL_COUNT,
	COL_BY,
	COL_WHY,
	COL_SHOWN,
	COLS
};

struct import_name {
	const char *name; /* as the header has it; case does not matter */
	enum import_column column;
	bool needed; /* the format is known by it */
};

struct import_word {
	const char *word; /* in COL_SOURCE or COL_ORIGIN */
	enum source source;
};

#define IMPORT_NAMES_MAX 24

struct import_format {
	const char *name;
	struct import_name names[IMPORT_NAMES_MAX];
	enum source source; /* where no word tells; 0: the caller's */
	const struct import_word *words; /* NULL-ended, may be NULL */
	const char *refuse; /* why such a file is not taken, or NULL */
	bool ours;          /* texts and times are as we wrote them */
};

/* One value a line. */
extern const struct import_format import_plain;

/* The format of a header, or of the members of a JSON object; NULL: none. */
const struct import_format *import_format_of(const struct span *names,
    size_t n);

/* What stands in a column of this name. */
enum import_column import_column_of(const struct import_format *f,
    struct span name);

/* The source that a word names; the format's own when it names none. */
enum source import_source_of(const struct import_format *f, struct span word);

/*
 * A time as exports write it: RFC 3339 with what is often missing in it
 * (zone: UTC; a space for the T), RFC 5322, seconds or milliseconds since
 * 1970.
 */
bool import_time(struct span s, int64_t *at) MUST_CHECK;

#endif
