/*
 * shard_read - lookups, one and many, and the check of all.
 */
#include "db/shard_impl.h"

#include <stdlib.h>
#include <string.h>

bool
shard_get(struct shard *s, const uint8_t hash[VALUE_HASH_BYTES],
    struct record *rec, bool *found, struct error *err)
{
	const struct span first = bytes_of(hash, VALUE_HASH_BYTES);
	bool ok;

	pthread_mutex_lock(&s->lock);
	ok = !shard_broken(s, err) && table_lock(s->table, &first, err);
	if (ok) {
		ok = chunks_get(s->table, hash, rec, found, err);
		table_unlock(s->table, &first);
	}
	pthread_mutex_unlock(&s->lock);
	return ok;
}

/* Against threads, and commits of other processes. */
static bool
lock_all(struct shard *s, struct error *err)
{
	pthread_mutex_lock(&s->lock);
	if (!shard_broken(s, err) && table_lock(s->table, NULL, err))
		return true;
	pthread_mutex_unlock(&s->lock);
	return false;
}

static void
unlock_all(struct shard *s)
{
	table_unlock(s->table, NULL);
	pthread_mutex_unlock(&s->lock);
}

bool
shard_get_all(struct shard *s, const uint8_t *hashes, size_t n,
    struct record *recs, bool *found, struct error *err)
{
	size_t got = 0;
	bool ok = true;

	if (!lock_all(s, err))
		return false;
	for (; ok && got < n; got += ok)
		ok = chunks_get(s->table, hashes + got * VALUE_HASH_BYTES,
		    &recs[got], &found[got], err);
	unlock_all(s);
	for (size_t i = 0; !ok && i < got; i++)
		if (found[i])
			record_done(&recs[i]);
	return ok;
}

bool
shard_known(struct shard *s, const uint8_t *hashes, size_t n, bool *known,
    struct error *err)
{
	bool ok = true;

	if (!lock_all(s, err))
		return false;
	for (size_t i = 0; ok && i < n; i++)
		ok = table_has(s->table,
		    bytes_of(hashes + i * VALUE_HASH_BYTES, VALUE_HASH_BYTES),
		    &known[i], err);
	unlock_all(s);
	return ok;
}

static int
compare_hashes(const void *a, const void *b)
{
	return memcmp(a, b, VALUE_HASH_BYTES);
}

bool
shard_hashes(struct shard *s, uint8_t **out, size_t *n, struct error *err)
{
	bool ok;

	pthread_mutex_lock(&s->lock);
	ok = !shard_broken(s, err) &&
	     table_keys(s->table, VALUE_HASH_BYTES, out, n, err);
	pthread_mutex_unlock(&s->lock);
	if (ok && *n > 0)
		qsort(*out, *n, VALUE_HASH_BYTES, compare_hashes);
	return ok;
}

/* Each value that is there is found and whole, and so many were stored. */
static bool
check_values(struct shard *s, const uint8_t *hashes, size_t n,
    struct error *err)
{
	uint64_t count = 0;

	if (!shard_get_count(s, &count, err))
		return false;
	if (count != n)
		return shard_damaged(s, "values are missing", err);
	for (size_t i = 0; i < n; i++) {
		struct record rec = { 0 };
		bool found;

		if (!chunks_get(s->table, hashes + i * VALUE_HASH_BYTES, &rec,
			&found, err))
			return false;
		record_done(&rec);
		if (!found)
			return shard_damaged(s, "a value is not found", err);
	}
	return true;
}

bool
shard_check(struct shard *s, struct error *err)
{
	uint8_t *hashes = NULL;
	size_t n = 0;
	bool ok = shard_hashes(s, &hashes, &n, err) && lock_all(s, err);

	if (ok) {
		ok = check_values(s, hashes, n, err);
		unlock_all(s);
	}
	free(hashes);
	return ok;
}
