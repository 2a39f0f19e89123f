/*
 * upkeep - the current configuration, and the thread beside the mail: it
 * reloads on SIGUSR1, tells the service manager that lookups work, and
 * cleans the store, at the start and each hour, of what has expired.
 * (SIGHUP is no reload: libmilter takes it as a stop.)
 */
#ifndef MILTER_UPKEEP_H
#define MILTER_UPKEEP_H

#include "base/attr.h"
#include "conf/conf.h"
#include "db/refusals.h"
#include "db/store.h"
#include "policy/keys.h"

/*
 * Makes c the current configuration, and reads its keys; the log says what is
 * wrong with them. Keys that cannot be read leave the old ones where they are:
 * mail goes on, with them or without a token. Takes over the reference.
 */
void upkeep_take(struct conf *c);

/* The current one and its keys (NULL: none), with a reference each. Thread
 * safe. */
void upkeep_current(struct conf **c, struct keys **keys);

/* At the end of the program. */
void upkeep_forget(void);

/*
 * Blocks, in this thread and those that it starts, what a thread waits for:
 * SIGUSR1 ours, SIGTERM, SIGINT and SIGHUP libmilter's. Called first: a
 * signal that comes before smfi_main() waits for it.
 */
void upkeep_block_signals(void);

/*
 * Starts the thread. store and refusals (NULL: none) are borrowed until
 * upkeep_stop(). path "": nothing to reload from.
 */
bool upkeep_start(const char *path, struct store *store,
    struct refusals *refusals, struct error *err) MUST_CHECK;

/* How many refusals the configuration says to keep. */
struct refusals_limits upkeep_refusals_limits(const struct conf *c);

/* Waits for the thread to end, where there is one. */
void upkeep_stop(void);

#endif
