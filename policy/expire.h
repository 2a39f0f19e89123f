/*
 * expire - takes the reasons whose time is over out of the store. They have
 * stopped counting by themselves; this says so in the history, and keeps
 * records small.
 */
#ifndef POLICY_EXPIRE_H
#define POLICY_EXPIRE_H

#include "db/store.h"

/*
 * Called between two pieces of the walk, with no lock held: the place to
 * wait, so that mail goes first. False: end here.
 */
typedef bool expire_pause_fn(void *arg);

/*
 * Walks the whole store. *lifted counts the reasons; it is set in any case.
 * What has been committed before a failure stays.
 */
bool expire(struct store *st, int64_t now, expire_pause_fn *pause, void *arg,
    uint64_t *lifted, struct error *err) MUST_CHECK;

#endif
