/*
 * index - the 64 shards as one: opening, lookups.
 */
#include "db/store_impl.h"

#include <stdio.h>
#include <string.h>

void
shard_path(const struct store *st, size_t number, char out[STORE_PATH_TEXT])
{
	snprintf(out, STORE_PATH_TEXT, "%s/index/%02zx.tdb", st->dir, number);
}

size_t
shard_of(const uint8_t hash[VALUE_HASH_BYTES])
{
	return hash[0] >> 2;
}

size_t
index_count(const struct overlay *all, size_t number)
{
	size_t n = 0;

	for (size_t i = 0; i < all->room; i++)
		n += all->table[i].used &&
		     shard_of(all->table[i].hash) == number;
	return n;
}

static uint64_t
generation_now(const struct store *st)
{
	return atomic_load(st->generation);
}

struct shard *
index_open_shard(const struct store *st, size_t number, const char *path,
    const struct shard_options *how, struct error *err)
{
	uint8_t check[SHARD_CHECK_BYTES];
	char members[STORE_PATH_TEXT];
	struct shard_options full = *how;

	memcpy(check, st->key_check, sizeof(check));
	check[0] ^= (uint8_t)number;
	snprintf(members, sizeof(members), "%s/index/%02zx", st->dir, number);
	full.members = members;
	full.alone = st->lock_fd >= 0;
	return shard_open(path, &full, check, err);
}

/* Opens the slot's file if it is not open or has been replaced. */
static bool
slot_open(struct store *st, size_t number, struct error *err)
{
	const struct shard_options how = { 0 };
	struct slot *slot = &st->slots[number];
	uint64_t generation = generation_now(st);
	char path[STORE_PATH_TEXT];
	bool ok;

	shard_path(st, number, path);
	pthread_rwlock_wrlock(&slot->lock);
	if (slot->shard != NULL && slot->generation != generation &&
	    !shard_is(slot->shard, path)) {
		shard_close(slot->shard);
		slot->shard = NULL;
	}
	if (slot->shard == NULL)
		slot->shard = index_open_shard(st, number, path, &how, err);
	slot->generation = generation;
	/* Unlocked, it is another thread's to close. */
	ok = slot->shard != NULL;
	pthread_rwlock_unlock(&slot->lock);
	return ok;
}

/* Read-locks the slot with its shard open; the caller unlocks it. */
static struct shard *
slot_use(struct store *st, size_t number, struct error *err)
{
	struct slot *slot = &st->slots[number];
	struct shard *shard;

	for (int tries = 0; tries < 3; tries++) {
		pthread_rwlock_rdlock(&slot->lock);
		shard = slot->shard;
		if (shard != NULL && slot->generation == generation_now(st))
			return shard;
		pthread_rwlock_unlock(&slot->lock);
		/* The writer alone says what becomes of a failed shard. */
		if (st->lock_fd >= 0 && shard == NULL)
			break;
		if (!slot_open(st, number, err))
			return NULL;
	}
	error_set(err, ERROR_TEMPORARY,
	    "shard %02zx of the index can't be "
	    "used: suppressctl rebuild",
	    number);
	return NULL;
}

/* Lets go of what slot_use() has given. */
static void
slot_leave(struct slot *slot, bool ok, const struct error *err)
{
	/* The writer makes it anew before its next batch. */
	if (!ok && err->code == ERROR_CORRUPT)
		atomic_store(&slot->damaged, true);
	pthread_rwlock_unlock(&slot->lock);
}

bool
index_get(struct store *st, const uint8_t *hash, struct record *rec,
    bool *found, struct error *err)
{
	struct shard *shard = slot_use(st, shard_of(hash), err);
	bool ok;

	if (shard == NULL)
		return false;
	ok = shard_get(shard, hash, rec, found, err);
	slot_leave(&st->slots[shard_of(hash)], ok, err);
	return ok;
}

bool
index_get_all(struct store *st, size_t number, const uint8_t *hashes, size_t n,
    struct record *recs, bool *found, struct error *err)
{
	struct shard *shard = slot_use(st, number, err);
	bool ok;

	if (shard == NULL)
		return false;
	ok = shard_get_all(shard, hashes, n, recs, found, err);
	slot_leave(&st->slots[number], ok, err);
	return ok;
}

bool
index_known(struct store *st, size_t number, const uint8_t *hashes, size_t n,
    bool *known, struct error *err)
{
	struct shard *shard = slot_use(st, number, err);
	bool ok;

	if (shard == NULL)
		return false;
	ok = shard_known(shard, hashes, n, known, err);
	slot_leave(&st->slots[number], ok, err);
	return ok;
}

uint64_t
index_values(struct store *st)
{
	uint64_t all = 0;

	for (size_t i = 0; i < SHARDS; i++) {
		struct error ignored;
		struct shard *shard = slot_use(st, i, &ignored);
		bool crowded;
		size_t n;

		if (shard == NULL)
			continue;
		if (shard_count(shard, &n, &crowded, &ignored))
			all += n;
		pthread_rwlock_unlock(&st->slots[i].lock);
	}
	return all;
}

bool
index_applied(struct store *st, size_t number, struct applied *a,
    struct error *err)
{
	struct shard *shard = slot_use(st, number, err);
	bool ok;

	if (shard == NULL)
		return false;
	ok = shard_applied(shard, a, err);
	pthread_rwlock_unlock(&st->slots[number].lock);
	return ok;
}

bool
index_hashes(struct store *st, size_t number, uint8_t **list, size_t *n,
    struct applied *applied, struct error *err)
{
	struct slot *slot = &st->slots[number];
	struct shard *shard = slot_use(st, number, err);
	bool ok;

	if (shard == NULL)
		return false;
	ok = shard_applied(shard, applied, err) &&
	     shard_hashes(shard, list, n, err);
	pthread_rwlock_unlock(&slot->lock);
	return ok;
}

/* The position inside; false: this shard is to be made anew. Its records are
 * not read here: what is damaged says so when it is looked up. */
static bool
usable(struct store *st, size_t number, uint64_t *index_lsn)
{
	struct slot *slot = &st->slots[number];
	struct error ignored;
	uint32_t crc = 0;

	if (!shard_applied(slot->shard, &slot->applied, &ignored))
		return false;
	if (slot->applied.lsn > *index_lsn)
		*index_lsn = slot->applied.lsn;
	return slot->applied.lsn == 0 ||
	       (journal_crc_before(st->journal, slot->applied.pos, &crc,
		    &ignored) &&
		   crc == slot->applied.crc);
}

/*
 * Opens what can be opened. With a wrong key all would be built wrong: when
 * no shard has ours and one has another, that is refused. One that differs
 * from the others is damaged.
 */
static bool
open_slots(struct store *st, struct error *err)
{
	struct error why, refused = { 0 };
	size_t opened = 0;

	for (size_t i = 0; i < SHARDS; i++) {
		if (slot_open(st, i, &why)) {
			opened++;
		} else if (why.code == ERROR_BUSY) {
			*err = why;
			return false;
		} else if (why.code == ERROR_REFUSED) {
			refused = why;
		}
	}
	if (opened == 0 && refused.code == ERROR_REFUSED) {
		*err = refused;
		return false;
	}
	return true;
}

bool
index_open(struct store *st, struct journal_start *from, uint64_t *index_lsn,
    struct error *err)
{
	*from = (struct journal_start){ 0 };
	*index_lsn = 0;
	if (!open_slots(st, err))
		return false;
	for (size_t i = 0; i < SHARDS; i++) {
		struct slot *slot = &st->slots[i];
		struct applied *a = &slot->applied;

		if (slot->shard != NULL && !usable(st, i, index_lsn)) {
			shard_close(slot->shard);
			slot->shard = NULL;
		}
		if (slot->shard == NULL)
			*a = (struct applied){ 0 };
		if (i == 0 || a->lsn < from->lsn)
			*from = (struct journal_start){ .pos = a->pos,
				.lsn = a->lsn,
				.seq = a->seq,
				.at = a->at };
	}
	return true;
}

bool
index_open_all(struct store *st, struct error *err)
{
	for (size_t i = 0; i < SHARDS; i++)
		if (!slot_open(st, i, err))
			return false;
	return true;
}

bool
index_check(struct store *st, size_t number, struct error *err)
{
	struct shard *shard = slot_use(st, number, err);
	bool ok;

	if (shard == NULL)
		return false;
	ok = shard_check(shard, err);
	slot_leave(&st->slots[number], ok, err);
	return ok;
}

bool
index_is_damaged(const struct store *st)
{
	bool damaged = false;

	for (size_t i = 0; i < SHARDS; i++)
		damaged = damaged || atomic_load(&st->slots[i].damaged);
	return damaged;
}
