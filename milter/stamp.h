/*
 * stamp - the headers of one message that carry a token: whom it is for, and
 * what each says. Recipients that are removed or refused are never told to
 * it.
 */
#ifndef MILTER_STAMP_H
#define MILTER_STAMP_H

#include "base/buf.h"
#include "milter/envelope.h"

/* One message; zeroed is empty. */
struct stamp {
	char **addresses; /* as many as can fit into a header */
	size_t n;
	size_t all;     /* recipients, with those for whom there is no room */
	size_t longest; /* of their addresses, in bytes */
	bool own_unsubscribe; /* the message has these headers itself */
	bool own_cfbl;
	struct buf token; /* values of headers */
	struct buf unsubscribe;
	struct buf cfbl;
};

/* Will mail of this stream carry a token? NULL: not known yet, it may. */
bool stamp_is_wanted(const struct envelope *env,
    const struct conf_stream *stream);

/* address: canonical, of a recipient elsewhere who gets the message. */
void stamp_add(struct stamp *s, const struct envelope *env,
    const char *address);

/* The message has a header of this name. */
void stamp_see(struct stamp *s, const char *name);

/*
 * Sets what is added, borrowed from s. alone: the message has one recipient,
 * also if those on this machine are counted.
 */
void stamp_headers(struct stamp *s, const struct envelope *env,
    const struct conf_stream *stream, bool alone, struct session_edits *edits);

void stamp_done(struct stamp *s);

#endif
