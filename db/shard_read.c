/*
 * shard_read - lookups, one and many, and the check of all.
 */
#include "db/shard_impl.h"

#include <stdlib.h>
#include <string.h>

/* Values that are checked while the shard is locked once. */
#define CHECKED_AT_ONCE 256

/* *there false: it is not; true: TDB must have it. */
static bool
ask_members(struct shard *s, const uint8_t *hash, bool *there,
    struct error *err)
{
	enum members_answer answer = members_look(s->members, hash);

	*there = answer == MEMBERS_YES;
	return answer != MEMBERS_DAMAGED ||
	       shard_damaged(s, "its members are damaged", err);
}

/* One that TDB must have. Locked by the caller. */
static bool
get_member(struct shard *s, const uint8_t *hash, struct record *rec,
    struct error *err)
{
	bool found;

	return chunks_get(s->table, hash, rec, &found, err) &&
	       (found || shard_damaged(s, "a value is not found", err));
}

bool
shard_get(struct shard *s, const uint8_t hash[VALUE_HASH_BYTES],
    struct record *rec, bool *found, struct error *err)
{
	const struct span first = bytes_of(hash, VALUE_HASH_BYTES);
	bool ok;

	if (shard_broken(s, err) || !ask_members(s, hash, found, err))
		return false;
	if (!*found)
		return true;
	pthread_mutex_lock(&s->lock);
	ok = !shard_broken(s, err) && table_lock(s->table, &first, err);
	if (ok) {
		ok = get_member(s, hash, rec, err);
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
	for (; ok && got < n; got += ok) {
		const uint8_t *hash = hashes + got * VALUE_HASH_BYTES;

		ok = ask_members(s, hash, &found[got], err) &&
		     (!found[got] || get_member(s, hash, &recs[got], err));
	}
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
	bool ok = !shard_broken(s, err);

	for (size_t i = 0; ok && i < n; i++)
		ok = ask_members(s, hashes + i * VALUE_HASH_BYTES, &known[i],
		    err);
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
	uint64_t count = 0;
	bool ok;

	*out = NULL;
	if (!lock_all(s, err))
		return false;
	ok = table_keys(s->table, VALUE_HASH_BYTES, out, n, err) &&
	     shard_get_count(s, &count, err) &&
	     (count == *n || shard_damaged(s, "values are missing", err));
	unlock_all(s);
	if (!ok) {
		free(*out);
		*out = NULL;
		return false;
	}
	if (*n > 0)
		qsort(*out, *n, VALUE_HASH_BYTES, compare_hashes);
	return true;
}

/* Each is found and whole, some at a time: others wait no longer. */
static bool
check_values(struct shard *s, const uint8_t *hashes, size_t n,
    struct error *err)
{
	bool ok = true;

	if (!lock_all(s, err))
		return false;
	for (size_t i = 0; ok && i < n; i++) {
		const uint8_t *hash = hashes + i * VALUE_HASH_BYTES;
		struct record rec = { 0 };
		bool there;

		ok = ask_members(s, hash, &there, err) &&
		     (there || shard_damaged(s, "a member is missing", err)) &&
		     get_member(s, hash, &rec, err);
		record_done(&rec);
	}
	unlock_all(s);
	return ok;
}

bool
shard_check(struct shard *s, struct error *err)
{
	uint8_t *hashes = NULL;
	size_t n = 0, members, some;
	bool ok;

	if (!members_count(s->members, &members))
		return shard_damaged(s, "its members are damaged", err);
	ok = shard_hashes(s, &hashes, &n, err) &&
	     (n >= members || shard_damaged(s, "values are missing", err));
	for (size_t at = 0; ok && at < n; at += some) {
		some = n - at < CHECKED_AT_ONCE ? n - at : CHECKED_AT_ONCE;
		ok = check_values(s, hashes + at * VALUE_HASH_BYTES, some, err);
	}
	free(hashes);
	return ok;
}
