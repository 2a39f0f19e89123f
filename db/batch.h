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
	size_t last_offset; /* where the last line begins in lines */
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

/* batch_contact.c: one change of a contact, or of a link. */
bool batch_contact(struct batch *b, const struct change *c,
    struct change_result *result, struct error *err) MUST_CHECK;

/* What batch_contact.c writes with. */

/* A value or contact as it is after the batch so far. Valid until the next
 * one is asked for. */
struct record *batch_record(struct batch *b, const uint8_t *hash,
    struct error *err) MUST_CHECK;

/* The event at pos, in the journal or in this batch; the caller owns it. */
bool batch_event(struct batch *b, struct journal_pos pos, struct event *ev,
    struct error *err) MUST_CHECK;

/* Gives the event its place, writes its line and folds it into rec; ev is
 * empty then. */
bool batch_append(struct batch *b, struct record *rec, struct event *ev,
    struct error *err) MUST_CHECK;

/* Plans c, a change of a value, and writes its event; *wrote false: nothing
 * was left to do. */
bool batch_write(struct batch *b, const uint8_t *hash, const struct change *c,
    struct change_result *result, bool *wrote, struct error *err) MUST_CHECK;

/* The contact's last event, and whether it is there. */
bool batch_find_contact(struct batch *b, const char *id,
    struct journal_pos *head, bool *there, struct error *err) MUST_CHECK;

/* One change whose value's hash is known. */
bool batch_add_hashed(struct batch *b, const struct change *change,
    const uint8_t hash[VALUE_HASH_BYTES], struct change_result *result,
    struct error *err) MUST_CHECK;

/* writer.c: journal, then index. After the journal is durable nothing fails;
 * a batch without events is nothing. */
bool writer_commit(struct store *st, struct batch *b,
    struct error *err) MUST_CHECK;

/* Marks the last line as the last, and sets after. */
void batch_end(struct batch *b);

#endif
