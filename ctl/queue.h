/*
 * queue - what waits in Postfix's queue, as postqueue(1) tells it, a JSON
 * object a line.
 */
#ifndef CTL_QUEUE_H
#define CTL_QUEUE_H

#include "base/addr.h"
#include "base/attr.h"
#include "base/buf.h"
#include "base/error.h"

#define QUEUE_ID_TEXT 64
#define QUEUE_NAME_TEXT 16

struct queue_mail {
	char id[QUEUE_ID_TEXT];
	char queue[QUEUE_NAME_TEXT];   /* active, deferred, hold, ... */
	char sender[LIMIT_VALUE_TEXT]; /* "": null */
	struct addr **recipients; /* those that wait and that we understand */
	size_t recipients_n;
	size_t all_n; /* all that wait */
};

/*
 * One line; the caller owns m: queue_mail_done(). False: it is no whole line
 * of postqueue's.
 */
bool queue_mail_read(struct span line, struct queue_mail *m,
    struct error *err) MUST_CHECK;
void queue_mail_done(struct queue_mail *m);

/* What waits, as postqueue prints it. dir NULL: Postfix's own configuration.
 * out takes at most its maximum: ERROR_LIMIT. */
bool queue_list(const char *dir, struct buf *out, struct error *err) MUST_CHECK;

/*
 * Removes the mails of these ids, each whole, by postsuper(1): that wants to
 * be root. A mail that has gone meanwhile is no error.
 */
bool queue_remove(const char *dir, const char *const *ids, size_t n,
    struct error *err) MUST_CHECK;

#endif
