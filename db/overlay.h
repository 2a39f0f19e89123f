/*
 * overlay - records in memory, by hash: what a batch has changed and the
 * index does not have yet, or a fold of the journal. Not thread safe.
 */
#ifndef DB_OVERLAY_H
#define DB_OVERLAY_H

#include "db/record.h"

struct overlay_entry {
	uint8_t hash[VALUE_HASH_BYTES];
	bool used;
	struct record rec;
};

struct overlay {
	struct overlay_entry *table; /* room is a power of two */
	size_t room;
	size_t n;
};

/* Zeroed is empty. */
void overlay_done(struct overlay *o);

/* Makes room for n records, where it is known that they come. */
void overlay_reserve(struct overlay *o, size_t n);

/* NULL: not there. Valid until the next overlay_need(). */
struct record *overlay_find(const struct overlay *o, const uint8_t *hash);

/* The record of hash, empty if it was not there; *fresh says which. */
struct record *overlay_need(struct overlay *o, const uint8_t *hash,
    bool *fresh);

#endif
