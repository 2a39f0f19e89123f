#include "db/table.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <tdb.h>
#include <unistd.h>

#include "base/mem.h"

#define LEAST_BUCKETS 1021

struct table {
	TDB_CONTEXT *tdb;
	dev_t device;
	ino_t inode;
	bool alone;
};

/* TDB's list of open files has no lock of its own. */
static pthread_mutex_t open_lock = PTHREAD_MUTEX_INITIALIZER;

static TDB_DATA
data_of(struct span s)
{
	return (TDB_DATA){ .dptr = (unsigned char *)(uintptr_t)s.p,
		.dsize = s.len };
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
failed(struct table *t, const char *what, struct error *err)
{
	enum TDB_ERROR code = tdb_error(t->tdb);

	error_set(err, code == TDB_ERR_CORRUPT ? ERROR_CORRUPT : ERROR_IO,
	    "%.120s: cannot %s: %s", tdb_name(t->tdb), what,
	    tdb_errorstr(t->tdb));
	return false;
}

/* The file is mapped: what can't be read points out of it. TDB does not say
 * always what it has met. */
static bool
failed_read(struct table *t, const char *what, struct error *err)
{
	enum TDB_ERROR code = tdb_error(t->tdb);
	bool outside = code == TDB_ERR_IO || code == TDB_SUCCESS;

	(void)failed(t, what, err);
	if (outside)
		err->code = ERROR_CORRUPT;
	return false;
}

static TDB_CONTEXT *
tdb_open_path(const char *path, const struct table_options *how)
{
	struct tdb_logging_context logging = { .log_fn = quiet };
	size_t buckets =
	    how->buckets < LEAST_BUCKETS ? LEAST_BUCKETS : how->buckets;
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

struct table *
table_open(const char *path, const struct table_options *how, struct error *err)
{
	TDB_CONTEXT *tdb = tdb_open_path(path, how);
	struct table *t;
	struct stat st;

	if (tdb == NULL) {
		int number = errno;

		error_errno(err, "%.180s", path);
		if (number == EBUSY)
			err->code = ERROR_BUSY;
		if (number == EIO || number == EINVAL || number == ENOENT)
			err->code = ERROR_CORRUPT;
		return NULL;
	}
	t = mem_new(1, sizeof(*t));
	t->tdb = tdb;
	if (fstat(tdb_fd(tdb), &st) != 0) {
		error_errno(err, "%.180s", path);
		table_close(t);
		return NULL;
	}
	t->device = st.st_dev;
	t->inode = st.st_ino;
	t->alone = how->alone;
	table_end(t);
	return t;
}

void
table_close(struct table *t)
{
	if (t == NULL)
		return;
	pthread_mutex_lock(&open_lock);
	tdb_close(t->tdb);
	pthread_mutex_unlock(&open_lock);
	free(t);
}

const char *
table_path(const struct table *t)
{
	return tdb_name(t->tdb);
}

size_t
table_buckets(const struct table *t)
{
	return (size_t)tdb_hash_size(t->tdb);
}

bool
table_is(const struct table *t, const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && st.st_dev == t->device &&
	       st.st_ino == t->inode;
}

struct fetched {
	void *out;
	size_t len; /* wanted */
	size_t got;
};

static int
take(TDB_DATA key, TDB_DATA value, void *arg)
{
	struct fetched *f = arg;

	(void)key;
	f->got = value.dsize;
	if (f->got == f->len)
		memcpy(f->out, value.dptr, f->len);
	return 0;
}

bool
table_fetch(struct table *t, struct span key, void *out, size_t len,
    bool *there, struct error *err)
{
	struct fetched f = { .out = out, .len = len };

	*there = tdb_parse_record(t->tdb, data_of(key), take, &f) == 0;
	if (!*there)
		return tdb_error(t->tdb) == TDB_ERR_NOEXIST ||
		       failed_read(t, "read", err);
	if (f.got == len)
		return true;
	error_set(err, ERROR_CORRUPT,
	    "%.120s: a value has %zu bytes instead of %zu", tdb_name(t->tdb),
	    f.got, len);
	return false;
}

bool
table_store(struct table *t, struct span key, struct span value,
    struct error *err)
{
	return tdb_store(t->tdb, data_of(key), data_of(value), TDB_REPLACE) ==
		   0 ||
	       failed(t, "write", err);
}

bool
table_lock(struct table *t, const struct span *key, struct error *err)
{
	int failure = key != NULL ? tdb_chainlock_read(t->tdb, data_of(*key))
				  : tdb_lockall_read(t->tdb);

	return failure == 0 || failed(t, "lock", err);
}

void
table_unlock(struct table *t, const struct span *key)
{
	if (key != NULL)
		tdb_chainunlock_read(t->tdb, data_of(*key));
	else
		tdb_unlockall_read(t->tdb);
}

bool
table_begin(struct table *t, struct error *err)
{
	if (t->alone)
		tdb_remove_flags(t->tdb, TDB_NOLOCK);
	return tdb_transaction_start(t->tdb) == 0 || failed(t, "begin", err);
}

bool
table_prepare(struct table *t, struct error *err)
{
	return tdb_transaction_prepare_commit(t->tdb) == 0 ||
	       failed(t, "prepare a commit", err);
}

bool
table_commit(struct table *t, struct error *err)
{
	return tdb_transaction_commit(t->tdb) == 0 || failed(t, "commit", err);
}

void
table_cancel(struct table *t)
{
	tdb_transaction_cancel(t->tdb);
}

void
table_end(struct table *t)
{
	if (t->alone)
		tdb_add_flags(t->tdb, TDB_NOLOCK);
}

bool
table_sync(struct table *t, struct error *err)
{
	if (fsync(tdb_fd(t->tdb)) == 0)
		return true;
	error_errno(err, "cannot sync %.150s", tdb_name(t->tdb));
	return false;
}

struct keys {
	uint8_t *list;
	size_t len; /* of one */
	size_t n;
	size_t room;
};

static int
collect(TDB_CONTEXT *tdb, TDB_DATA key, TDB_DATA value, void *arg)
{
	struct keys *k = arg;

	(void)tdb;
	(void)value;
	if (key.dsize != k->len)
		return 0;
	if (k->n == k->room) {
		k->room = k->room * 2 + 1024;
		k->list = mem_resize(k->list, k->room, k->len);
	}
	memcpy(k->list + k->n++ * k->len, key.dptr, k->len);
	return 0;
}

bool
table_keys(struct table *t, size_t len, uint8_t **out, size_t *n,
    struct error *err)
{
	struct keys k = { .len = len };
	bool ok = true;

	/* Chain by chain, for all are locked: tdb_traverse_read() asks the
	 * system for several locks a key. */
	if (!table_lock(t, NULL, err))
		return false;
	for (size_t i = 0; ok && i < table_buckets(t); i++)
		ok = tdb_traverse_chain(t->tdb, (unsigned)i, collect, &k) >= 0;
	if (!ok)
		(void)failed_read(t, "walk", err);
	table_unlock(t, NULL);
	if (!ok) {
		free(k.list);
		return false;
	}
	*out = k.list;
	*n = k.n;
	return true;
}
