/*
 * framing - is it clear where a request ends, and what it says?
 *
 * Two opinions on that let one request be smuggled past a proxy inside
 * another (RFC 9112 11.2), so whatever is not plain is refused, and the
 * connection ends. libmicrohttpd 0.9.75 takes a name with a blank behind it
 * for another name, cuts a value at a NUL, glues the line that continues a
 * value to its name, takes LF alone for the end of a line, and tells none of
 * it. It tells how long the head was, though: what was understood of it,
 * written as everybody writes it, has to be as long.
 */
#ifndef WEB_FRAMING_H
#define WEB_FRAMING_H

#include "base/span.h"
#include "web/request.h"

/* {0}, then framing_field() for each header field. */
struct framing {
	size_t bytes;  /* of the fields */
	size_t blanks; /* that may stand there or not */
	unsigned hosts;
	unsigned lengths;
	unsigned encodings;
	bool chunked;
	unsigned long long length; /* of the body, in bytes */
	bool bad_length;
	bool bad_field;
};

void framing_field(struct framing *f, struct span name, struct span value);

/* What stands round the fields, as libmicrohttpd tells it. */
struct framing_line {
	const char *method;
	const char *uri; /* as it came */
	const char *version;
	size_t head_bytes; /* of all of it, with the empty line */
};

/* False: *a says 400 or 501. Behind that, and behind chunks, whose lines
 * libmicrohttpd ends at LF alone, too, the connection ends: what stands there
 * is not served. */
bool framing_is_plain(const struct framing *f, const struct framing_line *line,
    struct answer *a);

/* A request's target behind "http://host" of the absolute form, which RFC
 * 9112 3.2.2 wants. */
struct span framing_without_host(struct span target);

#endif
