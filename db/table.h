/*
 * table - one TDB file: the only file that sees TDB.
 *
 * Opening and closing are thread safe, everything else is its caller's care:
 * one handle a file and process, and one thread at a time in it (two
 * threads that only fetch corrupt the heap). Every handle is opened
 * read-write, because a read-only one takes no locks. A lock is two calls to
 * the system and most of what a lookup costs: the one process that commits
 * needs none to read. Nothing else in a process may open the path: closing it
 * would drop all its locks.
 */
#ifndef DB_TABLE_H
#define DB_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/error.h"
#include "base/span.h"

struct table;

struct table_options {
	bool create;    /* make it, mode 0660, if missing */
	size_t buckets; /* of a new one */
	bool bulk;      /* to be filled and renamed: no syncs, no locks */
	bool alone;     /* no other process commits: reads take no locks */
};

/* NULL: ERROR_IO, ERROR_CORRUPT (not there, no TDB, cut short),
 * ERROR_BUSY (open in this process already). */
struct table *table_open(const char *path, const struct table_options *how,
    struct error *err) MUST_CHECK;
void table_close(struct table *t);

const char *table_path(const struct table *t);
size_t table_buckets(const struct table *t);

/* True if path is still the file that is open. */
bool table_is(const struct table *t, const char *path);

/* Fetches a value of exactly len bytes; *there false: no such key. */
bool table_fetch(struct table *t, struct span key, void *out, size_t len,
    bool *there, struct error *err) MUST_CHECK;

bool table_store(struct table *t, struct span key, struct span value,
    struct error *err) MUST_CHECK;

/* Keeps other processes' commits away from key's chain, or (key NULL) from
 * all. */
bool table_lock(struct table *t, const struct span *key,
    struct error *err) MUST_CHECK;
void table_unlock(struct table *t, const struct span *key);

/*
 * A synced transaction. From table_prepare() on, which is not needed, other
 * processes wait. After a failed commit the locks may still be held: close
 * the table. table_end() follows the commit, or a begin that failed; reads
 * before it take locks, and so see what a crash would leave.
 */
bool table_begin(struct table *t, struct error *err) MUST_CHECK;
bool table_prepare(struct table *t, struct error *err) MUST_CHECK;
bool table_commit(struct table *t, struct error *err) MUST_CHECK;
void table_cancel(struct table *t);
void table_end(struct table *t);

/* Makes durable what was stored with bulk. */
bool table_sync(struct table *t, struct error *err) MUST_CHECK;

/* All keys of len bytes, in no order: *out is heap, len bytes each. Other
 * processes' commits wait no longer than for a copy to memory. */
bool table_keys(struct table *t, size_t len, uint8_t **out, size_t *n,
    struct error *err) MUST_CHECK;

#endif
