/*
 * daemon - how suppressd and suppressd-web begin: their options, their
 * configuration, their log. It speaks for them; call it before there are
 * threads.
 */
#ifndef CONF_DAEMON_H
#define CONF_DAEMON_H

#include "conf/conf.h"

/* What the daemons end with. */
enum exit_status {
	EXIT_STOPPED = 0,
	EXIT_CONF = 2,   /* usage or configuration */
	EXIT_FAILED = 3, /* the store, the socket or the system */
};

struct daemon {
	const char *name;    /* "suppressd"; borrowed for ever */
	const char *signals; /* what the help says of them, with its LF */
	size_t user;         /* where struct conf has whom it becomes */
};

/*
 * Reads options and configuration, opens the log where that says, and gives
 * up the rights of root, if a user is set; what the daemon makes from now on
 * is for it and its group. *test: -t is given:
 * the log stays on standard error, and it is to check what it can and end.
 * The result has one reference: conf_unref(). NULL: all is said, end with
 * *status.
 */
struct conf *daemon_begin(const struct daemon *d, int argc, char **argv,
    bool *test, int *status);

#endif
