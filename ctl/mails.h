/*
 * mails - the messages that ingest and explain are given: files, standard
 * input, Maildirs and plain directories. Nothing is ever altered.
 */
#ifndef CTL_MAILS_H
#define CTL_MAILS_H

#include "ctl/command.h"

/*
 * One message; name is its path, "-" for standard input. too_large: it
 * passes the configured maximum and mail holds only its beginning. False
 * ends the walk, with err set.
 */
typedef bool mail_fn(const char *name, struct span mail, bool too_large,
    void *arg, struct error *err);

/*
 * Calls fn for each message of ctl's operands; without any, for "-". What
 * can't be read is named on standard error and counted in *unread; the others
 * are read all the same. False: fn has failed.
 */
bool mails_walk(const struct ctl *ctl, mail_fn *fn, void *arg, size_t *unread,
    struct error *err) MUST_CHECK;

#endif
