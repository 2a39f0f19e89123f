/*
 * undo - takes back what was put on the list, with events of its own: a wave
 * of bounces that was the receiver's fault, what a wrong import or a
 * mistaken colleague has added.
 */
#ifndef POLICY_UNDO_H
#define POLICY_UNDO_H

#include "db/query.h"

struct undo {
	/* Which: the reasons that live and began within it. One that began
	 * before and came again since stays; limit and after are not heeded. */
	struct filter filter;
	const char *by; /* who takes back, and why */
	const char *why;
	bool force;     /* take back abuse and lead reasons, too */
	bool rehearsal; /* only tell what would be done */
};

enum undone {
	UNDO_LIFTED,
	UNDO_KEPT,    /* abuse or lead, without force */
	UNDO_CONTACT, /* a contact's block put it, and alone lifts it */
	UNDO_GONE,    /* somebody else has lifted it meanwhile */
};
extern const struct name undone_names[];

/* c: value, source, stream and, as .began, since when. Borrowed. */
typedef void undo_fn(const struct change *c, enum undone what, void *arg);

/* In batches: what was taken back before a failure stays so, and the same
 * again takes back the rest. fn is told each when it is durable. */
bool undo(struct store *st, const struct undo *u, int64_t now, undo_fn *fn,
    void *arg, struct error *err) MUST_CHECK;

#endif
