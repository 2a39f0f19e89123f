/*
 * import_line - a file of an import, line by line, as changes.
 */
#ifndef POLICY_IMPORT_LINE_H
#define POLICY_IMPORT_LINE_H

#include "base/csv.h"
#include "db/change.h"
#include "policy/import_format.h"

/* What lines say that do not say it themselves. */
struct import_defaults {
	enum source source;             /* 0: user */
	char stream[LIMIT_STREAM_TEXT]; /* "": all */
	char why[LIMIT_WHY_TEXT];
	int64_t expires; /* 0: never */
	char by[LIMIT_ACTOR_TEXT];
	char batch[LIMIT_BATCH_TEXT];
	int64_t now;
};

enum import_result {
	IMPORT_CHANGE, /* *change is what it wants */
	IMPORT_SKIP,   /* nothing to take; err says why, "" for an empty one */
	IMPORT_BAD,    /* err says why */
	IMPORT_END,
	IMPORT_FAILED, /* the file is of no use at all: err */
};

struct import_reader;

/* fd stays the caller's and is read from where it stands. */
struct import_reader *import_reader_new(int fd,
    const struct import_defaults *defaults);
void import_reader_free(struct import_reader *r);

/*
 * The next line. value is the text that the line has for it, borrowed until
 * the next call; "" where there is none.
 */
enum import_result import_reader_next(struct import_reader *r,
    struct change *change, uint64_t *line, struct span *value,
    struct error *err);

/* "plain", "ses", ...; "" before the first line. */
const char *import_reader_format(const struct import_reader *r);

/* Bytes read so far. */
uint64_t import_reader_bytes(const struct import_reader *r);

#endif
