/*
 * chunks - a record in a table: cut into values of one size, so that the
 * file does not fragment, and with a checksum, because TDB has none: a
 * flipped bit must become "can't tell". Not thread safe; shard.h is.
 */
#ifndef DB_CHUNKS_H
#define DB_CHUNKS_H

#include "db/record.h"
#include "db/table.h"

/*
 * The caller holds a lock of the table, which keeps another process's commit
 * away between the chunks. ERROR_CORRUPT: it is there and not whole. *found
 * true: the caller owns rec, record_done().
 */
bool chunks_get(struct table *t, const uint8_t hash[VALUE_HASH_BYTES],
    struct record *rec, bool *found, struct error *err) MUST_CHECK;

/* Is there a record, whole or not? */
bool chunks_has(struct table *t, const uint8_t hash[VALUE_HASH_BYTES],
    bool *there, struct error *err) MUST_CHECK;

/* Stores a record over what is there. */
bool chunks_put(struct table *t, const uint8_t hash[VALUE_HASH_BYTES],
    const struct record *rec, struct error *err) MUST_CHECK;

#endif
