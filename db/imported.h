/*
 * imported - the batches that imports have made: who, when, how many, and what
 * was lifted of them since. Learned from the journal, which is read once: what
 * has come since is what the next look reads. Thread safe.
 */
#ifndef DB_IMPORTED_H
#define DB_IMPORTED_H

#include "db/store.h"

/* Older batches are forgotten here; undo knows them still. */
#define IMPORTED_MOST 1000

struct imported_batch {
	char name[LIMIT_BATCH_TEXT];
	char by[LIMIT_ACTOR_TEXT];
	int64_t at;
	uint64_t added;  /* events that put something on the list */
	uint64_t lifted; /* of these, by whatever has removed them */
};

struct imported;

struct imported *imported_new(void);
void imported_free(struct imported *im); /* NULL is fine */

/*
 * Reads on in the journal, at most so many events (0: all): some microseconds
 * each. *whole: nothing is left to be read. A journal that was put in the
 * place of another one is read anew.
 */
bool imported_read(struct imported *im, struct store *st, uint64_t most,
    bool *whole, struct error *err) MUST_CHECK;

/* Those that are known, newest first; fn returns false to stop. Borrowed for
 * the call, which holds a lock. */
typedef bool imported_fn(const struct imported_batch *b, void *arg);
void imported_list(struct imported *im, imported_fn *fn, void *arg);

#endif
