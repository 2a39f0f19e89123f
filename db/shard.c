#include "db/shard_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/little.h"
#include "base/mem.h"

/*
 * Keys and values, all values of one kind of one size:
 *
 *	hash (16 bytes)		the first chunk of a record
 *	hash, 1, 2, ... (18)	its further chunks
 *	"key"			the key check (16 bytes)
 *	"applied"		struct applied (40 bytes, applied.c)
 *	"count"			values in the shard (8 bytes)
 *	"members"		which file has them: a letter (1), its id (8)
 *
 * How a record is cut into chunks is described in chunks.c.
 *
 * The file of members is made before the file that names it and takes another
 * name than that of the shard before it, so renaming the one is enough to
 * replace both at once. What a commit adds is durable there before it is in
 * TDB: members may know more than TDB (then nobody can tell until the journal
 * has been folded in), never less.
 */
#define NAMED_BYTES (1 + MEMBERS_ID_BYTES)

/* Half as many values as buckets again, and the shard is made anew, larger. */
static size_t
comfortable(size_t buckets)
{
	return buckets + buckets / 2;
}

bool
shard_broken(struct shard *s, struct error *err)
{
	if (s->broken)
		error_set(err, ERROR_IO, "%.150s: a commit failed",
		    table_path(s->table));
	return s->broken;
}

bool
shard_damaged(struct shard *s, const char *what, struct error *err)
{
	error_set(err, ERROR_CORRUPT, "%.120s: %s", table_path(s->table), what);
	return false;
}

static bool
store_name(struct shard *s, const char *name, const void *bytes, size_t len,
    struct error *err)
{
	return table_store(s->table, span_of(name), bytes_of(bytes, len), err);
}

static void
members_path(const struct shard_options *how, char letter,
    char out[SHARD_PATH_TEXT])
{
	snprintf(out, SHARD_PATH_TEXT, "%s-%c.members", how->members, letter);
}

/* The first values of a new file. Its members are in memory until
 * shard_bulk_end(). */
static bool
initialise(struct shard *s, const struct shard_options *how,
    const uint8_t *key_check, struct error *err)
{
	const struct applied nothing = { 0 };
	uint8_t bytes[APPLIED_BYTES], zero[8] = { 0 }, named[NAMED_BYTES];

	applied_encode(&nothing, bytes);
	named[0] = (uint8_t)how->letter;
	hash_random(named + 1, MEMBERS_ID_BYTES);
	s->letter = how->letter;
	members_path(how, how->letter, s->fresh);
	s->members =
	    members_new(comfortable(table_buckets(s->table)), named + 1);
	return store_name(s, "applied", bytes, sizeof(bytes), err) &&
	       store_name(s, "count", zero, sizeof(zero), err) &&
	       store_name(s, "members", named, sizeof(named), err) &&
	       store_name(s, "key", key_check, SHARD_CHECK_BYTES, err);
}

static bool
open_members(struct shard *s, const struct shard_options *how,
    struct error *err)
{
	uint8_t named[NAMED_BYTES];
	char path[SHARD_PATH_TEXT];
	bool there;

	if (!table_fetch(s->table, span_of("members"), named, sizeof(named),
		&there, err))
		return false;
	if (!there)
		return shard_damaged(s, "it has no members", err);
	s->letter = (char)named[0];
	members_path(how, s->letter, path);
	s->members = members_open(path, named + 1, how->alone, err);
	return s->members != NULL;
}

static bool
check(struct shard *s, const struct shard_options *how,
    const uint8_t *key_check, struct error *err)
{
	uint8_t inside[SHARD_CHECK_BYTES];
	bool there;

	if (!table_fetch(s->table, span_of("key"), inside, sizeof(inside),
		&there, err)) {
		err->code = ERROR_CORRUPT;
		return false;
	}
	if (!there && how->create)
		return initialise(s, how, key_check, err);
	if (!there)
		return shard_damaged(s, "it is unfinished", err);
	if (memcmp(inside, key_check, sizeof(inside)) == 0)
		return open_members(s, how, err);
	error_set(err, ERROR_REFUSED,
	    "%.150s was made with another key, or for another place",
	    table_path(s->table));
	return false;
}

struct shard *
shard_open(const char *path, const struct shard_options *how,
    const uint8_t key_check[SHARD_CHECK_BYTES], struct error *err)
{
	const struct table_options options = { .create = how->create,
		.buckets = how->expected,
		.bulk = how->bulk,
		.alone = how->alone };
	struct table *table = table_open(path, &options, err);
	struct shard *s;

	if (table == NULL)
		return NULL;
	s = mem_new(1, sizeof(*s));
	s->table = table;
	pthread_mutex_init(&s->lock, NULL);
	if (!check(s, how, key_check, err)) {
		shard_close(s);
		return NULL;
	}
	return s;
}

void
shard_close(struct shard *s)
{
	if (s == NULL)
		return;
	members_close(s->members);
	table_close(s->table);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

char
shard_other_letter(const struct shard *s)
{
	return s != NULL && s->letter == 'a' ? 'b' : 'a';
}

bool
shard_is(const struct shard *s, const char *path)
{
	return table_is(s->table, path);
}

static bool
get_applied(struct shard *s, struct applied *a, struct error *err)
{
	uint8_t bytes[APPLIED_BYTES];
	bool there;

	if (!table_fetch(s->table, span_of("applied"), bytes, sizeof(bytes),
		&there, err))
		return false;
	if (!there)
		return shard_damaged(s, "it has no position", err);
	return applied_decode(bytes, a) ||
	       shard_damaged(s, "its position's checksum is wrong", err);
}

bool
shard_applied(struct shard *s, struct applied *a, struct error *err)
{
	bool ok;

	pthread_mutex_lock(&s->lock);
	ok = !shard_broken(s, err) && get_applied(s, a, err);
	pthread_mutex_unlock(&s->lock);
	return ok;
}

bool
shard_get_count(struct shard *s, uint64_t *n, struct error *err)
{
	uint8_t bytes[8] = { 0 };
	bool there;

	if (!table_fetch(s->table, span_of("count"), bytes, sizeof(bytes),
		&there, err))
		return false;
	*n = little_get(bytes, 8);
	return true;
}

static bool
add_count(struct shard *s, uint64_t fresh, struct error *err)
{
	uint8_t bytes[8];
	uint64_t n;

	if (fresh == 0)
		return true;
	if (!shard_get_count(s, &n, err))
		return false;
	little_put(bytes, n + fresh, 8);
	return store_name(s, "count", bytes, sizeof(bytes), err);
}

static bool
put_all(struct shard *s, const struct shard_put *puts, size_t n,
    const struct applied *after, struct error *err)
{
	uint8_t bytes[APPLIED_BYTES];
	uint64_t fresh = 0;

	for (size_t i = 0; i < n; i++) {
		bool there;

		if (!chunks_has(s->table, puts[i].hash, &there, err) ||
		    !chunks_put(s->table, puts[i].hash, puts[i].rec, err))
			return false;
		fresh += !there;
	}
	applied_encode(after, bytes);
	return add_count(s, fresh, err) &&
	       store_name(s, "applied", bytes, sizeof(bytes), err);
}

/*
 * TDB may say that a commit is done, fail to clear its recovery mark, and
 * take all back when the next one takes a lock: this does.
 */
static bool
stays(struct shard *s, const struct applied *after, struct error *err)
{
	struct applied inside;

	return get_applied(s, &inside, err) &&
	       (inside.lsn == after->lsn ||
		   shard_damaged(s, "a commit was taken back", err));
}

/*
 * Between prepare and commit: who finds a value here before TDB has it waits
 * for the commit then, a thread for our mutex, another process for TDB's lock.
 */
static bool
add_members(struct shard *s, const struct shard_put *puts, size_t n,
    struct error *err)
{
	for (size_t i = 0; i < n; i++)
		if (!members_add(s->members, puts[i].hash, err))
			return false;
	return members_sync(s->members, err);
}

/* Within the transaction. *moved: somebody has applied something else. */
static bool
commit(struct shard *s, const struct shard_put *puts, size_t n, uint64_t before,
    const struct applied *after, bool *moved, struct error *err)
{
	struct applied inside;

	if (!get_applied(s, &inside, err))
		return false;
	*moved = inside.lsn != before;
	if (*moved) {
		table_cancel(s->table);
		return true;
	}
	if (!put_all(s, puts, n, after, err) || !table_prepare(s->table, err) ||
	    !add_members(s, puts, n, err)) {
		table_cancel(s->table);
		return false;
	}
	return table_commit(s->table, err) && stays(s, after, err);
}

bool
shard_commit(struct shard *s, const struct shard_put *puts, size_t n,
    uint64_t before, const struct applied *after, bool *moved,
    struct error *err)
{
	bool ok;

	pthread_mutex_lock(&s->lock);
	ok = !shard_broken(s, err) && table_begin(s->table, err) &&
	     commit(s, puts, n, before, after, moved, err);
	table_end(s->table);
	/* A failed last sync leaves TDB's locks held until it is closed. */
	if (!ok)
		s->broken = true;
	pthread_mutex_unlock(&s->lock);
	return ok;
}

bool
shard_bulk_put(struct shard *s, const struct shard_put *p, struct error *err)
{
	s->bulk++;
	return members_add(s->members, p->hash, err) &&
	       chunks_put(s->table, p->hash, p->rec, err);
}

bool
shard_bulk_end(struct shard *s, const struct applied *after, struct error *err)
{
	return add_count(s, s->bulk, err) && put_all(s, NULL, 0, after, err) &&
	       table_sync(s->table, err) &&
	       members_write(s->members, s->fresh, err);
}

bool
shard_count(struct shard *s, size_t *n, bool *crowded, struct error *err)
{
	uint64_t count = 0;
	bool ok;

	pthread_mutex_lock(&s->lock);
	ok = !shard_broken(s, err) && shard_get_count(s, &count, err);
	*crowded = ok && count > comfortable(table_buckets(s->table));
	pthread_mutex_unlock(&s->lock);
	*n = count;
	return ok;
}

bool
shard_has_room(struct shard *s, size_t more)
{
	struct error ignored;
	bool crowded;
	size_t n;

	return shard_count(s, &n, &crowded, &ignored) &&
	       n + more <= members_room(s->members);
}
