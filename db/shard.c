#include "db/shard.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <tdb.h>
#include <unistd.h>

#include "base/mem.h"

/*
 * Keys and values, all values of one kind of one size:
 *
 *	hash (16 bytes)		chunk 0 of a record
 *	hash, 1, 2, ... (18)	its further chunks, number big-endian
 *	"key" 		the key check (16 bytes)
 *	"applied"	struct applied, little-endian (40 bytes)
 *	"count"		values in the shard (8 bytes)
 *
 * A record is cut into chunks of 88 bytes: one reason is one chunk. A record
 * that shrinks leaves its last chunks behind, unused.
 */
#define CHUNK_BYTES (RECORD_HEADER_BYTES + RECORD_REASON_BYTES)
#define CHUNK_KEY_BYTES (VALUE_HASH_BYTES + 2)
#define RECORD_BYTES_MAX (65535 * (size_t)CHUNK_BYTES)
#define APPLIED_BYTES 40

/* Records in a chain, on average, before the file is made anew, larger. */
#define CROWDED 4
#define LEAST_BUCKETS 1021

struct shard {
	TDB_CONTEXT *tdb;
	pthread_mutex_t lock;
	bool broken; /* a commit failed: nothing it says counts */
	dev_t device;
	ino_t inode;
};

/* TDB's list of open files has no lock of its own. */
static pthread_mutex_t open_lock = PTHREAD_MUTEX_INITIALIZER;

static TDB_DATA
data_of(const void *bytes, size_t len)
{
	return (TDB_DATA){ .dptr = (unsigned char *)(uintptr_t)bytes,
		.dsize = len };
}

static TDB_DATA
name_key(const char *name)
{
	return data_of(name, strlen(name));
}

/*
 * Keys begin with a keyed hash: four of its bytes spread well, and nobody
 * can choose values that collide. The first byte chose the shard.
 */
static unsigned int
bucket_hash(TDB_DATA *key)
{
	unsigned int h = 0;

	for (size_t i = 0; i < key->dsize; i++)
		if (i >= key->dsize - 2 || (i >= 1 && i < 5))
			h = h * 257 + key->dptr[i];
	/* Chunk numbers and names are few: a last stir will do. */
	return h * 2654435761U;
}

/* TDB speaks to standard error unless it is told not to. */
static void PRINTF_LIKE(3, 4)
    quiet(TDB_CONTEXT *tdb, enum tdb_debug_level level, const char *format, ...)
{
	(void)tdb;
	(void)level;
	(void)format;
}

static bool
failed(struct shard *s, const char *what, struct error *err)
{
	enum TDB_ERROR code = tdb_error(s->tdb);

	error_set(err, code == TDB_ERR_CORRUPT ? ERROR_CORRUPT : ERROR_IO,
	    "%.120s: cannot %s: %s", tdb_name(s->tdb), what,
	    tdb_errorstr(s->tdb));
	return false;
}

static bool
broken(struct shard *s, struct error *err)
{
	if (s->broken)
		error_set(err, ERROR_IO, "%.150s: a commit failed",
		    tdb_name(s->tdb));
	return s->broken;
}

static void
put_number(unsigned char *out, uint64_t number, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		out[i] = (unsigned char)(number >> 8 * i);
}

static uint64_t
get_number(const unsigned char *in, size_t bytes)
{
	uint64_t number = 0;

	for (size_t i = 0; i < bytes; i++)
		number |= (uint64_t)in[i] << 8 * i;
	return number;
}

static void
applied_encode(const struct applied *a, unsigned char out[APPLIED_BYTES])
{
	put_number(out, a->lsn, 8);
	put_number(out + 8, a->pos.segment, 4);
	put_number(out + 12, a->pos.offset, 4);
	put_number(out + 16, a->crc, 4);
	put_number(out + 20, 0, 4);
	put_number(out + 24, a->seq, 8);
	put_number(out + 32, (uint64_t)a->at, 8);
}

static void
applied_decode(const unsigned char *in, struct applied *a)
{
	a->lsn = get_number(in, 8);
	a->pos.segment = (uint32_t)get_number(in + 8, 4);
	a->pos.offset = (uint32_t)get_number(in + 12, 4);
	a->crc = (uint32_t)get_number(in + 16, 4);
	a->seq = get_number(in + 24, 8);
	a->at = (int64_t)get_number(in + 32, 8);
}

/* Fetches exactly len bytes; *there false: no such key. */
static bool
fetch(struct shard *s, TDB_DATA key, void *out, size_t len, bool *there,
    struct error *err)
{
	TDB_DATA got = tdb_fetch(s->tdb, key);

	*there = got.dptr != NULL;
	if (got.dptr == NULL)
		return tdb_error(s->tdb) == TDB_ERR_NOEXIST ||
		       failed(s, "read", err);
	if (got.dsize != len) {
		free(got.dptr);
		error_set(err, ERROR_CORRUPT,
		    "%.120s: a value has %zu bytes "
		    "instead of %zu",
		    tdb_name(s->tdb), got.dsize, len);
		return false;
	}
	memcpy(out, got.dptr, len);
	free(got.dptr);
	return true;
}

static bool
store(struct shard *s, TDB_DATA key, const void *bytes, size_t len,
    struct error *err)
{
	return tdb_store(s->tdb, key, data_of(bytes, len), TDB_REPLACE) == 0 ||
	       failed(s, "write", err);
}

/* The first values of a new file. */
static bool
initialise(struct shard *s, const uint8_t *key_check, struct error *err)
{
	unsigned char zero[APPLIED_BYTES] = { 0 };

	return store(s, name_key("applied"), zero, APPLIED_BYTES, err) &&
	       store(s, name_key("count"), zero, 8, err) &&
	       store(s, name_key("key"), key_check, SHARD_CHECK_BYTES, err);
}

static bool
check(struct shard *s, const struct shard_options *how, const char *path,
    const uint8_t *key_check, struct error *err)
{
	uint8_t inside[SHARD_CHECK_BYTES];
	bool there;

	if (!fetch(s, name_key("key"), inside, sizeof(inside), &there, err)) {
		err->code = ERROR_CORRUPT;
		return false;
	}
	if (!there && how->create)
		return initialise(s, key_check, err);
	if (!there)
		error_set(err, ERROR_CORRUPT, "%.150s is unfinished", path);
	else if (memcmp(inside, key_check, sizeof(inside)) != 0)
		error_set(err, ERROR_REFUSED,
		    "%.150s was made with another "
		    "key",
		    path);
	else
		return true;
	return false;
}

static TDB_CONTEXT *
tdb_open_path(const char *path, const struct shard_options *how)
{
	struct tdb_logging_context logging = { .log_fn = quiet };
	size_t buckets =
	    how->expected < LEAST_BUCKETS ? LEAST_BUCKETS : how->expected;
	int flags = O_RDWR | O_CLOEXEC | (how->create ? O_CREAT : 0);
	TDB_CONTEXT *tdb;

	/* It would silently turn every sync off. */
	unsetenv("TDB_NO_FSYNC");
	pthread_mutex_lock(&open_lock);
	tdb = tdb_open_ex(path, (int)(buckets | 1),
	    how->bulk ? TDB_NOSYNC | TDB_NOLOCK : TDB_DEFAULT, flags, 0660,
	    &logging, bucket_hash);
	pthread_mutex_unlock(&open_lock);
	return tdb;
}

struct shard *
shard_open(const char *path, const struct shard_options *how,
    const uint8_t key_check[SHARD_CHECK_BYTES], struct error *err)
{
	struct shard *s;
	struct stat st;
	TDB_CONTEXT *tdb = tdb_open_path(path, how);

	if (tdb == NULL) {
		int number = errno;

		error_errno(err, "%.180s", path);
		if (number == EBUSY)
			err->code = ERROR_BUSY;
		if (number == EIO || number == EINVAL || number == ENOENT)
			err->code = ERROR_CORRUPT;
		return NULL;
	}
	s = mem_new(1, sizeof(*s));
	s->tdb = tdb;
	pthread_mutex_init(&s->lock, NULL);
	if (fstat(tdb_fd(tdb), &st) != 0) {
		error_errno(err, "%.180s", path);
		shard_close(s);
		return NULL;
	}
	s->device = st.st_dev;
	s->inode = st.st_ino;
	if (!check(s, how, path, key_check, err)) {
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
	pthread_mutex_lock(&open_lock);
	tdb_close(s->tdb);
	pthread_mutex_unlock(&open_lock);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

bool
shard_is(const struct shard *s, const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && st.st_dev == s->device &&
	       st.st_ino == s->inode;
}

static TDB_DATA
chunk_key(const uint8_t *hash, size_t number, uint8_t out[CHUNK_KEY_BYTES])
{
	memcpy(out, hash, VALUE_HASH_BYTES);
	out[VALUE_HASH_BYTES] = (uint8_t)(number >> 8);
	out[VALUE_HASH_BYTES + 1] = (uint8_t)number;
	return data_of(out, number == 0 ? VALUE_HASH_BYTES : CHUNK_KEY_BYTES);
}

/* All chunks of a record; the lock on its first chunk's chain keeps a
 * commit of another process away between them. */
static bool
fetch_chunks(struct shard *s, const uint8_t *hash, struct buf *out, bool *there,
    struct error *err)
{
	unsigned char chunk[CHUNK_BYTES];
	uint8_t key[CHUNK_KEY_BYTES];
	size_t size = CHUNK_BYTES;

	for (size_t n = 0; n * CHUNK_BYTES < size; n++) {
		if (!fetch(s, chunk_key(hash, n, key), chunk, sizeof(chunk),
			there, err))
			return false;
		if (!*there && n == 0)
			return true;
		if (n == 0)
			size = record_size(
			    (struct span){ (char *)chunk, sizeof(chunk) });
		if (!*there || size == 0 || size > RECORD_BYTES_MAX) {
			error_set(err, ERROR_CORRUPT,
			    "%.120s: a record is "
			    "not whole",
			    tdb_name(s->tdb));
			return false;
		}
		buf_add(out, chunk, sizeof(chunk));
	}
	return true;
}

static bool
get(struct shard *s, const uint8_t *hash, struct record *rec, bool *found,
    struct error *err)
{
	TDB_DATA first = data_of(hash, VALUE_HASH_BYTES);
	struct buf bytes;
	bool ok;

	buf_init(&bytes, RECORD_BYTES_MAX + CHUNK_BYTES);
	if (tdb_chainlock_read(s->tdb, first) != 0)
		return failed(s, "lock", err);
	ok = fetch_chunks(s, hash, &bytes, found, err);
	tdb_chainunlock_read(s->tdb, first);
	if (ok && *found)
		ok = record_decode(buf_span(&bytes), rec, err);
	buf_done(&bytes);
	return ok;
}

bool
shard_get(struct shard *s, const uint8_t hash[VALUE_HASH_BYTES],
    struct record *rec, bool *found, struct error *err)
{
	bool ok;

	pthread_mutex_lock(&s->lock);
	ok = !broken(s, err) && get(s, hash, rec, found, err);
	pthread_mutex_unlock(&s->lock);
	return ok;
}

static bool
get_applied(struct shard *s, struct applied *a, struct error *err)
{
	unsigned char bytes[APPLIED_BYTES];
	bool there;

	if (!fetch(s, name_key("applied"), bytes, sizeof(bytes), &there, err))
		return false;
	if (!there) {
		error_set(err, ERROR_CORRUPT, "%.120s has no position",
		    tdb_name(s->tdb));
		return false;
	}
	applied_decode(bytes, a);
	return true;
}

bool
shard_applied(struct shard *s, struct applied *a, struct error *err)
{
	bool ok;

	pthread_mutex_lock(&s->lock);
	ok = !broken(s, err) && get_applied(s, a, err);
	pthread_mutex_unlock(&s->lock);
	return ok;
}

/* Stores a record; *fresh counts those that were not there. */
static bool
put(struct shard *s, const struct shard_put *p, uint64_t *fresh,
    struct error *err)
{
	uint8_t key[CHUNK_KEY_BYTES];
	struct buf bytes;
	bool ok = true;

	*fresh += tdb_exists(s->tdb, data_of(p->hash, VALUE_HASH_BYTES)) == 0;
	buf_init(&bytes, RECORD_BYTES_MAX + CHUNK_BYTES);
	record_encode(p->rec, &bytes);
	while (bytes.len % CHUNK_BYTES != 0)
		buf_add_char(&bytes, '\0');
	if (bytes.full || bytes.len > RECORD_BYTES_MAX) {
		error_set(err, ERROR_LIMIT, "a value has too many reasons");
		ok = false;
	}
	for (size_t n = 0; ok && n * CHUNK_BYTES < bytes.len; n++)
		ok = store(s, chunk_key(p->hash, n, key),
		    bytes.p + n * CHUNK_BYTES, CHUNK_BYTES, err);
	buf_done(&bytes);
	return ok;
}

static bool
get_count(struct shard *s, uint64_t *n, struct error *err)
{
	unsigned char bytes[8] = { 0 };
	bool there;

	if (!fetch(s, name_key("count"), bytes, sizeof(bytes), &there, err))
		return false;
	*n = get_number(bytes, 8);
	return true;
}

static bool
add_count(struct shard *s, uint64_t fresh, struct error *err)
{
	unsigned char bytes[8];
	uint64_t n;

	if (fresh == 0)
		return true;
	if (!get_count(s, &n, err))
		return false;
	put_number(bytes, n + fresh, 8);
	return store(s, name_key("count"), bytes, 8, err);
}

static bool
put_all(struct shard *s, const struct shard_put *puts, size_t n,
    const struct applied *after, struct error *err)
{
	unsigned char bytes[APPLIED_BYTES];
	uint64_t fresh = 0;

	for (size_t i = 0; i < n; i++)
		if (!put(s, &puts[i], &fresh, err))
			return false;
	applied_encode(after, bytes);
	return add_count(s, fresh, err) &&
	       store(s, name_key("applied"), bytes, sizeof(bytes), err);
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
	if (*moved)
		return tdb_transaction_cancel(s->tdb) == 0 ||
		       failed(s, "cancel", err);
	if (!put_all(s, puts, n, after, err)) {
		tdb_transaction_cancel(s->tdb);
		return false;
	}
	return tdb_transaction_commit(s->tdb) == 0 || failed(s, "commit", err);
}

bool
shard_commit(struct shard *s, const struct shard_put *puts, size_t n,
    uint64_t before, const struct applied *after, bool *moved,
    struct error *err)
{
	bool ok;

	pthread_mutex_lock(&s->lock);
	ok = !broken(s, err) &&
	     (tdb_transaction_start(s->tdb) == 0 || failed(s, "begin", err)) &&
	     commit(s, puts, n, before, after, moved, err);
	/* A failed last sync leaves TDB's locks held until it is closed. */
	if (!ok)
		s->broken = true;
	pthread_mutex_unlock(&s->lock);
	return ok;
}

bool
shard_bulk_put(struct shard *s, const struct shard_put *p, struct error *err)
{
	uint64_t fresh = 0;

	return put(s, p, &fresh, err) && add_count(s, fresh, err);
}

bool
shard_bulk_end(struct shard *s, const struct applied *after, struct error *err)
{
	if (!put_all(s, NULL, 0, after, err))
		return false;
	if (fsync(tdb_fd(s->tdb)) != 0) {
		error_errno(err, "cannot sync %.150s", tdb_name(s->tdb));
		return false;
	}
	return true;
}

struct hashes {
	uint8_t *list;
	size_t n;
	size_t room;
};

static int
collect(TDB_CONTEXT *tdb, TDB_DATA key, TDB_DATA value, void *arg)
{
	struct hashes *h = arg;

	(void)tdb;
	(void)value;
	if (key.dsize != VALUE_HASH_BYTES)
		return 0;
	if (h->n == h->room) {
		h->room = h->room * 2 + 1024;
		h->list = mem_resize(h->list, h->room, VALUE_HASH_BYTES);
	}
	memcpy(h->list + h->n++ * VALUE_HASH_BYTES, key.dptr, VALUE_HASH_BYTES);
	return 0;
}

static int
compare_hashes(const void *a, const void *b)
{
	return memcmp(a, b, VALUE_HASH_BYTES);
}

bool
shard_hashes(struct shard *s, uint8_t **out, size_t *n, struct error *err)
{
	struct hashes h = { 0 };
	bool ok;

	pthread_mutex_lock(&s->lock);
	/* Only copies to memory: a commit waits for no more than that. */
	ok = !broken(s, err) && (tdb_traverse_read(s->tdb, collect, &h) >= 0 ||
				    failed(s, "walk", err));
	pthread_mutex_unlock(&s->lock);
	if (!ok) {
		free(h.list);
		return false;
	}
	if (h.n > 0)
		qsort(h.list, h.n, VALUE_HASH_BYTES, compare_hashes);
	*out = h.list;
	*n = h.n;
	return true;
}

bool
shard_count(struct shard *s, size_t *n, bool *crowded, struct error *err)
{
	uint64_t count = 0;
	bool ok;

	pthread_mutex_lock(&s->lock);
	ok = !broken(s, err) && get_count(s, &count, err);
	*crowded = ok && count > (uint64_t)tdb_hash_size(s->tdb) * CROWDED;
	pthread_mutex_unlock(&s->lock);
	*n = count;
	return ok;
}
