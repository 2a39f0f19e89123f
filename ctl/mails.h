/*
 * mails - the mails that ingest and explain are given: files and standard
 * input, each one mail or an mbox (mbox.h), Maildirs and plain directories.
 * Nothing is altered here.
 */
#ifndef CTL_MAILS_H
#define CTL_MAILS_H

#include "ctl/command.h"

struct mail {
	const char *path;  /* "-": standard input */
	uint64_t number;   /* its place in an mbox, from 1; 0: it is in none */
	struct span bytes; /* until mail_fn returns */
	bool too_large;    /* passes the configured maximum; bytes is empty */
	bool in_maildir;
};

/* False ends the walk, with err set. */
typedef bool mail_fn(const struct mail *m, void *arg, struct error *err);

/*
 * Calls fn for each mail of ctl's operands; without any, for standard input.
 * What can't be read is named on standard error and counted in *unread; the
 * others are read all the same. The walk ends early when nobody reads our
 * output. A Maildir's mails are those that are there when it is opened: first
 * new, then cur, by name. Tells progress.h how far it is. False: fn has failed.
 */
bool mails_walk(const struct ctl *ctl, mail_fn *fn, void *arg, size_t *unread,
    struct error *err) MUST_CHECK;

/* True if it is a directory with "new" and "cur" in it. */
bool mails_is_maildir(const char *path);

#endif
