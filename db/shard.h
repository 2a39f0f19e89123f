/*
 * shard - one TDB file of the index; the only file that sees TDB and the
 * only one that opens a shard's path.
 *
 * Thread safe: one handle and one mutex per shard and process. Every handle
 * is opened read-write, because a read-only one takes no locks. Records are
 * never deleted and their chunks have one size, so the file does not
 * fragment. shard.c describes the keys and values.
 */
#ifndef DB_SHARD_H
#define DB_SHARD_H

#include "db/event.h"
#include "db/record.h"

struct shard;

/* How far the journal has been folded into this shard. */
struct applied {
	uint64_t lsn;
	struct journal_pos pos; /* behind the line of lsn */
	uint32_t crc;		/* of that line; 0 when lsn is 0 */
};

/*
 * Opens path. create: make it, mode 0660, with room for `expected` values,
 * if missing. key_check is compared with the one inside. NULL: ERROR_IO,
 * ERROR_CORRUPT (no TDB of ours, or cut short: rebuild it), ERROR_REFUSED
 * (made with another key).
 */
struct shard *shard_open(const char *path, bool create, size_t expected,
    const uint8_t key_check[16], struct error *err) MUST_CHECK;
void shard_close(struct shard *s);

/*
 * False: can't tell (never "not there"). A value that is not there gives
 * *found false. *found true: the caller owns rec, record_done().
 */
bool shard_get(struct shard *s, const uint8_t hash[VALUE_HASH_BYTES],
    struct record *rec, bool *found, struct error *err) MUST_CHECK;

bool shard_applied(struct shard *s, struct applied *a, struct error *err)
    MUST_CHECK;

/* One record to store. */
struct shard_put {
	uint8_t hash[VALUE_HASH_BYTES];
	const struct record *rec;
};

/*
 * Stores n records and the new position in one synced transaction, if the
 * position inside is still `before`; else *moved is true, nothing is done,
 * and the caller rolls forward. After ERROR_IO the handle is closed: only
 * rebuilding helps.
 */
bool shard_commit(struct shard *s, const struct shard_put *puts, size_t n,
    const struct applied *before, const struct applied *after, bool *moved,
    struct error *err) MUST_CHECK;

/*
 * Fills a new shard file without syncs or transactions: for rebuilding and
 * growth beside the old file. shard_bulk_end() syncs the file; the caller
 * renames it and syncs the directory.
 */
bool shard_bulk_put(struct shard *s, const struct shard_put *put,
    struct error *err) MUST_CHECK;
bool shard_bulk_end(struct shard *s, const struct applied *after,
    struct error *err) MUST_CHECK;

/* The hashes of all values, sorted; *out is heap, 16 bytes each. */
bool shard_hashes(struct shard *s, uint8_t **out, size_t *n,
    struct error *err) MUST_CHECK;

/* Values stored, and whether its chains are long enough to grow it. */
size_t shard_count(struct shard *s);
bool shard_wants_growth(struct shard *s);

#endif
