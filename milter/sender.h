/*
 * sender - the envelope sender that a message leaves with: by the setting of
 * its stream an address of ours that brings a token back (return_path.h), with
 * an envelope id (ENVID, RFC 3461 4.4) that does so, too. The other way round,
 * mail that comes to such an address goes on to whom had sent.
 *
 * The null sender is never changed: what is returned for a bounce would come
 * back as another bounce, without end.
 */
#ifndef MILTER_SENDER_H
#define MILTER_SENDER_H

#include "milter/envelope.h"
#include "milter/stamp.h"
#include "policy/token.h"

/* One message; zeroed is empty. */
struct sender {
	char path[LIMIT_VALUE_TEXT + 2]; /* with "<>" */
	char envid[sizeof("ENVID=") + TOKEN_SHORT_TEXT];
};

/* Says what becomes of the sender of a message that goes out to those in
 * stamp. edits borrow from s. */
void sender_change(struct sender *s, const struct envelope *env,
    const struct conf_stream *stream, const struct stamp *stamp,
    struct session_edits *edits);

/* Recipients that are return paths; zeroed is empty. */
struct returns {
	struct session_move *list;
	size_t n;
};

/* argument: a recipient, as it came; another address is none. */
void returns_add(struct returns *r, const struct envelope *env,
    const char *argument);

void returns_done(struct returns *r);

#endif
