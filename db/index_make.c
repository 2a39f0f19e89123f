/*
 * index_make - a shard's new file, built beside the one that serves and put
 * in its place. Only the writer's thread.
 */
#include "db/store_impl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

/* Puts path's new file in place and shows it to every handle. */
static bool
install(struct store *st, size_t number, const char *fresh, struct error *err)
{
	struct slot *slot = &st->slots[number];
	const struct shard_options how = { 0 };
	char path[STORE_PATH_TEXT], dir[STORE_PATH_TEXT];
	bool ok;

	shard_path(st, number, path);
	store_path(st, "index", dir);
	pthread_rwlock_wrlock(&slot->lock);
	if (slot->shard != NULL)
		shard_close(slot->shard);
	slot->shard = NULL;
	ok = rename(fresh, path) == 0;
	if (!ok)
		error_errno(err, "cannot rename %.150s", fresh);
	ok = ok && file_sync_dir(dir, err);
	if (ok)
		slot->shard = index_open_shard(st, number, path, &how, err);
	slot->generation = atomic_fetch_add(st->generation, 1) + 1;
	pthread_rwlock_unlock(&slot->lock);
	return ok && slot->shard != NULL;
}

/* A new, empty file beside the shard's. */
static struct shard *
fresh_shard(struct store *st, size_t number, size_t expected,
    char path[STORE_PATH_TEXT], struct error *err)
{
	const struct shard_options how = { .create = true,
		.bulk = true,
		.expected = expected,
		.letter = shard_other_letter(st->slots[number].shard) };

	shard_path(st, number, path);
	(void)span_copy(span_of(".new"), path + strlen(path),
	    STORE_PATH_TEXT - strlen(path));
	if (unlink(path) != 0 && errno != ENOENT) {
		error_errno(err, "%.180s", path);
		return NULL;
	}
	return index_open_shard(st, number, path, &how, err);
}

static bool
fill_from_overlay(struct shard *shard, size_t number, const struct overlay *all,
    struct error *err)
{
	for (size_t i = 0; i < all->room; i++) {
		const struct overlay_entry *e = &all->table[i];
		struct shard_put put = { .rec = &e->rec };

		/* Asked for, but nothing ever happened to it. */
		if (!e->used || e->rec.head.segment == 0 ||
		    shard_of(e->hash) != number)
			continue;
		memcpy(put.hash, e->hash, sizeof(put.hash));
		if (!shard_bulk_put(shard, &put, err))
			return false;
	}
	return true;
}

/* Copies what is not in changed (which may be NULL). */
static bool
copy_shard(struct shard *from, struct shard *to, const struct overlay *changed,
    struct error *err)
{
	uint8_t *hashes = NULL;
	bool ok, found;
	size_t n = 0;

	ok = shard_hashes(from, &hashes, &n, err);
	for (size_t i = 0; ok && i < n; i++) {
		struct shard_put put;
		struct record rec = { 0 };

		memcpy(put.hash, hashes + i * VALUE_HASH_BYTES,
		    VALUE_HASH_BYTES);
		put.rec = &rec;
		if (changed != NULL && overlay_find(changed, put.hash) != NULL)
			continue;
		ok = shard_get(from, put.hash, &rec, &found, err) && found &&
		     shard_bulk_put(to, &put, err);
		record_done(&rec);
	}
	free(hashes);
	return ok;
}

bool
index_make(struct store *st, size_t number, const struct making *how,
    struct error *err)
{
	char fresh[STORE_PATH_TEXT];
	struct shard *to = fresh_shard(st, number, how->expected, fresh, err);
	bool ok;

	if (to == NULL)
		return false;
	ok = how->anew ||
	     copy_shard(st->slots[number].shard, to, how->changed, err);
	if (ok && how->changed != NULL)
		ok = fill_from_overlay(to, number, how->changed, err);
	ok = ok && shard_bulk_end(to, how->applied, err);
	shard_close(to);
	return ok && install(st, number, fresh, err);
}
