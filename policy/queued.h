/*
 * queued - may mail that waits in the mailer's queue still go to a recipient?
 * Of such mail only the sender is known: login, service, headers are not, and
 * so its stream may be one of several.
 */
#ifndef POLICY_QUEUED_H
#define POLICY_QUEUED_H

#include "policy/engine.h"

enum queued {
	QUEUED_GOES,    /* nothing blocks it, or it is none that we check */
	QUEUED_BLOCKED, /* whichever stream it is of */
	QUEUED_DEPENDS, /* some streams that it may be of are blocked */
	QUEUED_UNKNOWN, /* the store can't tell: err says why */
};

/*
 * sender without <>, "": null. stream: the mail is of this one; NULL: of any
 * that its sender does not rule out. out: what blocks, for BLOCKED and
 * DEPENDS.
 */
enum queued queued_check(const struct conf *conf, struct store *store,
    const char *sender, const struct conf_stream *stream,
    const struct addr *recipient, int64_t now, struct verdict *out,
    struct error *err);

#endif
