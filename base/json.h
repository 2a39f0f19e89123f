/*
 * json - flat JSON objects, one a line: what the journal, the writer's
 * socket, --json and the API speak; one that is read may have line breaks.
 * Values are strings, whole numbers, booleans and arrays of strings; no
 * nesting but json_object_begin() for output.
 *
 * Why not a library: the journal is replayed at start; the flat form in a
 * known order is read 40 times as fast as by a general parser.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/span.h"

/*
 * Writing. Text is written as pure ASCII: control bytes, DEL and all above
 * as \uXXXX (pairs beyond the BMP); a byte that is not UTF-8 becomes \uFFFD.
 * name NULL: an element of an array. The commas come by themselves.
 */
void json_begin(struct buf *out);
void json_end(struct buf *out);
void json_text(struct buf *out, const char *name, struct span text);
void json_int(struct buf *out, const char *name, int64_t number);
void json_bool(struct buf *out, const char *name, bool yes);
void json_null(struct buf *out, const char *name);
void json_array_begin(struct buf *out, const char *name);
void json_array_end(struct buf *out);
void json_object_begin(struct buf *out, const char *name);
void json_object_end(struct buf *out);

/*
 * Reading, member by member, in the order in which they stand:
 *
 *	struct json_reader r;
 *
 *	json_open(&r, line);
 *	while (json_next(&r))
 *		if (span_is(r.name, "op"))
 *			...
 *	if (!json_close(&r, err))
 *
 * A malformed object ends the loop and json_close() says at which byte.
 */
enum json_type { JSON_TEXT, JSON_INT, JSON_BOOL, JSON_ARRAY, JSON_NULL };

struct json_reader {
	struct span name; /* borrowed from the line; no escapes in names */
	enum json_type type;
	struct span raw; /* JSON_TEXT: between the quotes, still escaped;
			    JSON_ARRAY: between the brackets */
	int64_t number;  /* JSON_INT; JSON_BOOL: 0 or 1 */
	/* the rest is ours */
	struct span line;
	size_t at;
	bool bad;
	bool started; /* a comma comes before the next */
	bool ended;
	bool in_array;
};

void json_open(struct json_reader *r, struct span line);
bool json_next(struct json_reader *r);
bool json_close(const struct json_reader *r, struct error *err) MUST_CHECK;

/* Opens the elements of r's current JSON_ARRAY; r.name is empty there. */
void json_open_array(struct json_reader *elements, const struct json_reader *r);

/*
 * The current JSON_TEXT, unescaped, NUL-ended. False if it isn't a text, if
 * an escape is broken, holds U+0000, or does not fit size bytes.
 */
bool json_get(const struct json_reader *r, char *out, size_t size) MUST_CHECK;

#endif
