/*
 * shard - one part of the index: records by hash, how far the journal is in
 * them, and beside that file one that says which values are there at all
 * (members.h). The only one that opens a shard's paths.
 *
 * Thread safe: one handle and one mutex per shard and process; that a value
 * is not there needs no lock. Records are never deleted and their chunks have
 * one size, so the file does not fragment. shard.c describes the keys and
 * values.
 */
#ifndef DB_SHARD_H
#define DB_SHARD_H

#include "db/applied.h"
#include "db/record.h"

struct shard;

#define SHARD_CHECK_BYTES 16

struct shard_options {
	bool create;     /* make it, mode 0660, if missing */
	size_t expected; /* values that it shall have room for */
	bool bulk;       /* to be filled and renamed: no syncs, no locks */
	bool alone;      /* no other process commits */
	/* How the paths of its members' files begin; of a new one also which
	 * of the two it is: the one that is not in use. */
	const char *members;
	char letter;
};

/*
 * Opens path. key_check is compared with the one inside. NULL: ERROR_IO,
 * ERROR_CORRUPT (no TDB of ours, or cut short: rebuild it), ERROR_REFUSED
 * (made with another key check), ERROR_BUSY (open in this process already).
 */
struct shard *shard_open(const char *path, const struct shard_options *how,
    const uint8_t key_check[SHARD_CHECK_BYTES], struct error *err) MUST_CHECK;
void shard_close(struct shard *s);

/* True if path is still the file that is open. */
bool shard_is(const struct shard *s, const char *path);

/* For shard_options.letter of the shard that is to take its place; s may be
 * NULL. */
char shard_other_letter(const struct shard *s);

/*
 * False: can't tell (never "not there"). A value that is not there gives
 * *found false. *found true: the caller owns rec, record_done().
 */
bool shard_get(struct shard *s, const uint8_t hash[VALUE_HASH_BYTES],
    struct record *rec, bool *found, struct error *err) MUST_CHECK;

/* As shard_get() for n values, locked once; the caller owns each rec that is
 * found. False: nothing is owned. */
bool shard_get_all(struct shard *s, const uint8_t *hashes, size_t n,
    struct record *recs, bool *found, struct error *err) MUST_CHECK;

/* Which of n values are there; hashes stand one behind the other. Takes no
 * lock. */
bool shard_known(struct shard *s, const uint8_t *hashes, size_t n, bool *known,
    struct error *err) MUST_CHECK;

bool shard_applied(struct shard *s, struct applied *a,
    struct error *err) MUST_CHECK;

/* One record to store. */
struct shard_put {
	uint8_t hash[VALUE_HASH_BYTES];
	const struct record *rec;
};

/*
 * Stores n records, for which there is room (shard_has_room()), and the new
 * position in one synced transaction, if the lsn inside is still `before`; else
 * *moved is true, nothing is done, and the caller rolls forward. After a
 * failure the handle is of no more use: close it and rebuild.
 */
bool shard_commit(struct shard *s, const struct shard_put *puts, size_t n,
    uint64_t before, const struct applied *after, bool *moved,
    struct error *err) MUST_CHECK;

/*
 * For a shard opened with bulk: each value once. shard_bulk_end() sets the
 * position and syncs the file; the caller renames it and syncs the directory.
 */
bool shard_bulk_put(struct shard *s, const struct shard_put *put,
    struct error *err) MUST_CHECK;
bool shard_bulk_end(struct shard *s, const struct applied *after,
    struct error *err) MUST_CHECK;

/* Reads every record: ERROR_CORRUPT when one is damaged, can't be found by
 * its hash or is missing. About 1 us a value; others are served meanwhile. */
bool shard_check(struct shard *s, struct error *err) MUST_CHECK;

/* The hashes of all values, sorted; *out is heap, 16 bytes each. */
bool shard_hashes(struct shard *s, uint8_t **out, size_t *n,
    struct error *err) MUST_CHECK;

/* Does it take so many more? False, too, when it can't tell. */
bool shard_has_room(struct shard *s, size_t more);

/* Values in it, by its own count, and whether its chains are so long that
 * it should grow. False: can't tell. */
bool shard_count(struct shard *s, size_t *n, bool *crowded,
    struct error *err) MUST_CHECK;

#endif
