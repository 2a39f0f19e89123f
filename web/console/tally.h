/*
 * tally - the list in numbers (db/stats.h), counted by a thread of its own:
 * that takes seconds for a long list, and no page waits for it. Thread safe.
 */
#ifndef WEB_CONSOLE_TALLY_H
#define WEB_CONSOLE_TALLY_H

#include "db/stats.h"

/* Days that it has. */
#define TALLY_DAYS 30

struct tally;

/* st is borrowed until tally_free(), which waits for a count that goes on. */
struct tally *tally_new(struct store *st);
void tally_free(struct tally *t);

enum tally_state {
	TALLY_THERE,
	TALLY_COUNTING, /* it will be there soon */
	TALLY_FAILED,   /* the log says why */
};

/*
 * Gives fn the newest numbers, and when they were counted; has them counted
 * anew when they are older than a minute, and waits a moment for that. fn is
 * called at TALLY_THERE, under a lock.
 */
typedef void tally_fn(const struct stats *s, int64_t counted, void *arg);
enum tally_state tally_look(struct tally *t, int64_t now, tally_fn *fn,
    void *arg);

#endif
