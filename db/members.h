/*
 * members - which values are in a shard: a mapped file of their fingerprints.
 *
 * Nearly all mail goes to people who are not on the list. This says so without
 * a lock, a call to the system or TDB, and it is what TDB is held against: a
 * value that is here and that TDB does not find is damage, never "not there".
 * A fingerprint has 64 bits of a keyed hash, beside those that choose the
 * block: two values share one in 2^64 lookups or so, and nobody can look for
 * such a pair.
 *
 * Members are only ever added, each with one write of 64 bytes, so whoever
 * looks needs no lock, in this process or another. One thread adds. members.c
 * describes the file.
 */
#ifndef DB_MEMBERS_H
#define DB_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/error.h"
#include "db/event.h"

struct members;

#define MEMBERS_ID_BYTES 8

enum members_answer {
	MEMBERS_NO,
	MEMBERS_YES,
	MEMBERS_DAMAGED, /* it can't tell */
};

/* In memory, with room for so many values and half as many again. */
struct members *members_new(size_t expected, const uint8_t *id);

/* Writes and syncs what is in memory; the caller syncs the directory. */
bool members_write(const struct members *m, const char *path,
    struct error *err) MUST_CHECK;

/*
 * Maps path. writing: to add to it. NULL: ERROR_CORRUPT (missing, cut short,
 * none of ours, not of this id), ERROR_IO.
 */
struct members *members_open(const char *path, const uint8_t *id, bool writing,
    struct error *err) MUST_CHECK;
void members_close(struct members *m);

enum members_answer members_look(const struct members *m,
    const uint8_t hash[VALUE_HASH_BYTES]);

/* Adds what is not there; others see it at once. members_sync() makes it
 * durable, where anything was added. */
bool members_add(struct members *m, const uint8_t hash[VALUE_HASH_BYTES],
    struct error *err) MUST_CHECK;
bool members_sync(struct members *m, struct error *err) MUST_CHECK;

/* How many values it takes before it gets slow. */
size_t members_room(const struct members *m);

/* Reads all of it: how many there are; false: a block is damaged. */
bool members_count(const struct members *m, size_t *n) MUST_CHECK;

#endif
