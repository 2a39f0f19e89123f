/*
 * body - what a request brings behind its head, as it comes: in memory, and
 * in a file without a name when it is long.
 */
#ifndef WEB_BODY_H
#define WEB_BODY_H

#include "base/attr.h"
#include "base/buf.h"
#include "base/error.h"

struct body {
	size_t most; /* bytes */
	size_t len;
	bool full; /* there was more */
	struct buf memory;
	int fd; /* of the file; -1: none yet */
	char *map;
};

/* Zeroed, it takes nothing. The caller: body_done(). */
void body_init(struct body *b, size_t most);
void body_done(struct body *b);

/* Past the most, nothing more is added. ERROR_IO: there is no room. */
bool body_add(struct body *b, const void *bytes, size_t len,
    struct error *err) MUST_CHECK;

/* All of it, until body_done(). */
bool body_span(struct body *b, struct span *out, struct error *err) MUST_CHECK;

#endif
