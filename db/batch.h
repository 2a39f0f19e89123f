/*
 * batch - changes become events: which adds a removal covers, how often a
 * reason came, is known only here, in the order of the journal. Only the
 * leading writer.
 */
#ifndef DB_BATCH_H
#define DB_BATCH_H

#include "db/store_impl.h"

struct batch {
	struct store *st;
	struct journal_pos at; /* where its first line will stand */
	int64_t time;
	struct buf lines;
	struct overlay records; /* as they are after it */
	struct applied after;
	struct buf counted; /* what it has counted in the traffic: domains,
			       each with its NUL */
	size_t events;
	struct event last;  /* the last event, owned */
	size_t last_offset; /* where its line begins in lines */
};

void batch_init(struct batch *b, struct store *st, struct journal_pos at,
    int64_t now);
void batch_done(struct batch *b);

/* Empties it, for a new try. */
void batch_begin(struct batch *b);

/*
 * Adds one caller's changes. False: the batch is of no use any more; begin
 * anew without them.
 */
bool batch_add(struct batch *b, const struct change *changes, size_t n,
    struct change_result *results, struct error *err) MUST_CHECK;

/* Marks the last line as the last, and sets after. */
void batch_end(struct batch *b);

#endif
