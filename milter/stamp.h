/*
 * stamp - the token of one message: whom it is for, and the header that says
 * so. Recipients that are removed or refused are never told to it.
 */
#ifndef MILTER_STAMP_H
#define MILTER_STAMP_H

#include "base/buf.h"
#include "milter/envelope.h"

/* One message; zeroed is empty. */
struct stamp {
	char **addresses; /* as many as can fit into a header */
	size_t n;
	size_t all; /* recipients, with those for whom there is no room */
	struct buf header;
};

/* Will mail of this stream carry a token? NULL: not known yet, it may. */
bool stamp_is_wanted(const struct envelope *env,
    const struct conf_stream *stream);

/* address: canonical, of a recipient elsewhere who gets the message. */
void stamp_add(struct stamp *s, const struct envelope *env,
    const char *address);

/* The value of the header, borrowed from s; NULL: it gets none. */
const char *stamp_header(struct stamp *s, const struct envelope *env,
    const struct conf_stream *stream);

void stamp_done(struct stamp *s);

#endif
