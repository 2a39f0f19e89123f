/*
 * mender - a thread that reads all of the index once at the start, and makes
 * anew what that or a lookup has found damaged. Mail is served meanwhile; for
 * what is damaged, on_error decides.
 */
#ifndef MILTER_MENDER_H
#define MILTER_MENDER_H

#include "base/attr.h"
#include "base/error.h"
#include "db/store.h"

/* store is borrowed until mender_stop(). */
bool mender_start(struct store *store, struct error *err) MUST_CHECK;

/* Waits for the thread to end, where there is one. */
void mender_stop(void);

#endif
