/*
 * shard_impl - what the files of a shard share; shard.c says what is in it.
 */
#ifndef DB_SHARD_IMPL_H
#define DB_SHARD_IMPL_H

#include <pthread.h>
#include <stdatomic.h>

#include "db/chunks.h"
#include "db/members.h"
#include "db/shard.h"
#include "db/table.h"

#define SHARD_PATH_TEXT 4096

struct shard {
	struct table *table;
	struct members *members;     /* of all that is in table, and what is
					being committed */
	char letter;                 /* of their file */
	char fresh[SHARD_PATH_TEXT]; /* the path of a new one's */
	uint64_t bulk;               /* values put into a new one */
	pthread_mutex_t lock;
	atomic_bool broken; /* a commit failed: nothing it says counts */
};

static inline struct span
bytes_of(const void *bytes, size_t len)
{
	return (struct span){ bytes, len };
}

/* True, with err set, if a commit has failed. */
bool shard_broken(struct shard *s, struct error *err);

/* ERROR_CORRUPT with these words; false. */
bool shard_damaged(struct shard *s, const char *what, struct error *err);

/* Values in it, by its own count. Locked by the caller. */
bool shard_get_count(struct shard *s, uint64_t *n,
    struct error *err) MUST_CHECK;

#endif
