#include "db/store_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "db/wire.h"

#define LOCK_POLL_MS 50

/* Below this many events since the last time, closing leaves positions as
 * they are: reading so much of the journal again is cheaper. */
#define TEND_AT_CLOSE 2000

void
store_path(const struct store *st, const char *name, char out[STORE_PATH_TEXT])
{
	snprintf(out, STORE_PATH_TEXT, "%s/%s", st->dir, name);
}

void
store_hash(const struct store *st, const struct value *v,
    uint8_t out[VALUE_HASH_BYTES])
{
	struct span text = span_of(v->text);
	bool keep = v->kind == KIND_DOMAIN;
	struct hash h;

	if (value_is_hidden(v, out) ||
	    (keep && hashes_get(st->hashes, text, out)))
		return;
	hash_begin(&h, st->key, VALUE_HASH_BYTES);
	hash_add_text(&h, names_text(kind_names, (int)v->kind));
	hash_add(&h, text);
	hash_end(&h, out);
	if (keep)
		hashes_put(st->hashes, text, out);
}

const char *
store_dir(const struct store *st)
{
	return st->dir;
}

const char *
store_recovery_note(const struct store *st)
{
	return st->note;
}

/* The word that tells every handle that a shard's file was replaced. It is not
 * in index/: who had that removed and made anew would go on with the old one.
 */
static bool
map_generation(struct store *st, struct error *err)
{
	int rights = PROT_READ | PROT_WRITE;
	char path[STORE_PATH_TEXT];
	void *map = MAP_FAILED;
	struct stat status;
	int fd;

	store_path(st, STORE_GENERATION_NAME, path);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0660);
	if (fd < 0 && st->lock_fd < 0) {
		/* Only the writer changes it: suppressd-web may not. */
		fd = open(path, O_RDONLY | O_CLOEXEC);
		rights = PROT_READ;
	} else if (fd >= 0 && ftruncate(fd, sizeof(uint64_t)) != 0) {
		close(fd);
		fd = -1;
	}
	if (fd >= 0 && fstat(fd, &status) == 0 &&
	    status.st_size >= (off_t)sizeof(uint64_t))
		map = mmap(NULL, sizeof(uint64_t), rights, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		error_errno(err, "%.180s", path);
	else
		st->generation = map;
	if (fd >= 0)
		close(fd);
	return map != MAP_FAILED;
}

static bool
open_files(struct store *st, struct error *err)
{
	char path[STORE_PATH_TEXT], check[2 * SHARD_CHECK_BYTES + 1];

	store_path(st, "journal", path);
	if (access(path, F_OK) != 0) {
		error_set(err, ERROR_IO,
		    "there is no store in %.150s: start "
		    "suppressd, or add a value",
		    st->dir);
		return false;
	}
	if (!store_read_key(st, err) || !map_generation(st, err))
		return false;
	hash_hex(st->key_check, sizeof(st->key_check), check);
	st->journal = journal_open(path, check, err);
	return st->journal != NULL;
}

static void
sleep_ms(long ms)
{
	nanosleep(&(struct timespec){ .tv_nsec = ms * 1000000 }, NULL);
}

/* One try. False with ERROR_BUSY: somebody else has it. */
static bool
try_lock(struct store *st, struct error *err)
{
	char path[STORE_PATH_TEXT];

	store_path(st, STORE_LOCK_NAME, path);
	st->lock_fd = open(path, O_RDWR | O_CLOEXEC);
	if (st->lock_fd < 0) {
		error_errno(err, "%.180s", path);
		return false;
	}
	if (flock(st->lock_fd, LOCK_EX | LOCK_NB) == 0)
		return true;
	if (errno == EWOULDBLOCK)
		error_set(err, ERROR_BUSY,
		    "%.150s is being written by "
		    "another process",
		    st->dir);
	else
		error_errno(err, "%.180s", path);
	close(st->lock_fd);
	st->lock_fd = -1;
	return false;
}

static bool
recover(struct store *st, struct error *err)
{
	struct journal_start from;
	struct journal_end end;
	char quarantine[STORE_PATH_TEXT];
	uint64_t index_lsn;
	size_t rebuilt;

	store_path(st, "quarantine", quarantine);
	/* What can be made again may have been lost whole. */
	if (!store_make_key(st, err) || !store_make_dir(st, "index", err) ||
	    !store_make_dir(st, "quarantine", err) || !open_files(st, err) ||
	    !index_open(st, &from, &index_lsn, err) ||
	    !journal_recover(st->journal, from, index_lsn, quarantine, &end,
		err))
		return false;
	journal_identity(st->journal, &st->identity);
	st->traffic = traffic_new();
	st->traffic_saved = clock_now();
	traffic_load(st->traffic, st->dir, STORE_TRAFFIC_NAME,
	    st->traffic_saved);
	st->now = (struct applied){ .lsn = end.lsn,
		.pos = end.pos,
		.seq = end.seq,
		.at = end.at };
	if (end.lsn > 0 &&
	    !journal_crc_before(st->journal, end.pos, &st->now.crc, err))
		return false;
	if (!index_catch_up(st, &rebuilt, err))
		return false;
	writer_tell(st);
	if (!privacy_begin(st, err))
		return false;
	erase_resume(st);
	if (end.cut_bytes > 0)
		snprintf(st->note, sizeof(st->note),
		    "an unfinished batch of "
		    "%llu bytes was moved to quarantine: nobody had been told "
		    "that it is done",
		    (unsigned long long)end.cut_bytes);
	else if (rebuilt > 0 && end.lsn > 0)
		snprintf(st->note, sizeof(st->note),
		    "%zu of %d index files "
		    "were missing or damaged and have been built anew from "
		    "the journal",
		    rebuilt, SHARDS);
	return true;
}

/* Becomes the writer, or (clients may) finds the daemon. */
static bool
take_part(struct store *st, const struct store_options *o, struct error *err)
{
	int64_t left_ms = (int64_t)o->lock_wait_s * 1000;

	for (;; left_ms -= LOCK_POLL_MS) {
		struct error ignored;

		if (o->mode == STORE_CHANGE) {
			st->client = client_connect(st->dir, &ignored);
			if (st->client != NULL)
				return open_files(st, err);
		}
		if (try_lock(st, err))
			return recover(st, err);
		if (err->code != ERROR_BUSY || left_ms <= 0)
			return false;
		sleep_ms(LOCK_POLL_MS);
	}
}

struct store *
store_open(const char *dir, const struct store_options *options,
    struct error *err)
{
	struct store *st = mem_new(1, sizeof(*st));
	bool ok = true;

	st->lock_fd = -1;
	st->hides = options->hashed;
	st->hashes = hashes_new();
	pthread_mutex_init(&st->queue_lock, NULL);
	pthread_cond_init(&st->queue_moved, NULL);
	pthread_mutex_init(&st->erase_lock, NULL);
	st->queue_end = &st->queue;
	for (size_t i = 0; i < SHARDS; i++)
		pthread_rwlock_init(&st->slots[i].lock, NULL);
	if (!span_copy(span_of(dir), st->dir, sizeof(st->dir))) {
		error_set(err, ERROR_LIMIT, "the store's path is too long");
		ok = false;
	}
	owner_of(dir, &st->owner);
	owner_begin(&st->owner);
	if (ok && options->create)
		ok = store_create(st, err);
	if (ok && options->mode == STORE_ASK)
		st->client = client_new(st->dir, 0);
	if (ok && options->mode == STORE_ASK)
		st->asker = client_new(st->dir, WIRE_QUESTION_TIMEOUT_S);
	if (ok)
		ok = options->mode == STORE_READ || st->client != NULL
			 ? open_files(st, err) && index_open_all(st, err)
			 : take_part(st, options, err);
	owner_end(&st->owner);
	if (ok)
		return st;
	store_close(st);
	return NULL;
}

void
store_passed(struct store *st, const char *domain, int64_t now)
{
	if (st->traffic != NULL)
		traffic_passed(st->traffic, domain, now);
}

void
store_close(struct store *st)
{
	if (st == NULL)
		return;
	server_stop(st->server);
	client_close(st->client);
	owner_begin(&st->owner);
	client_close(st->asker);
	if (st->lock_fd >= 0 && !st->poisoned && st->untended >= TEND_AT_CLOSE)
		index_tend(st);
	if (st->traffic != NULL && !st->poisoned)
		traffic_save(st->traffic, st->dir, STORE_TRAFFIC_NAME,
		    clock_now());
	owner_end(&st->owner);
	traffic_free(st->traffic);
	for (size_t i = 0; i < SHARDS; i++) {
		shard_close(st->slots[i].shard);
		pthread_rwlock_destroy(&st->slots[i].lock);
	}
	journal_close(st->journal);
	hashes_free(st->hashes);
	if (st->generation != NULL)
		munmap((void *)st->generation, sizeof(uint64_t));
	if (st->lock_fd >= 0)
		close(st->lock_fd);
	pthread_cond_destroy(&st->queue_moved);
	pthread_mutex_destroy(&st->queue_lock);
	pthread_mutex_destroy(&st->erase_lock);
	free(st);
}

bool
store_get(struct store *st, const struct value *v, struct record *rec,
    bool *found, struct error *err)
{
	uint8_t hash[VALUE_HASH_BYTES];

	store_hash(st, v, hash);
	return index_get(st, hash, rec, found, err);
}

bool
store_answers(struct store *st, struct error *err)
{
	uint8_t hash[VALUE_HASH_BYTES];
	struct applied ignored;
	struct record rec;
	struct value probe;
	bool found;

	value_of(&probe, KIND_DOMAIN, "@probe.invalid");
	store_hash(st, &probe, hash);
	if (!index_get(st, hash, &rec, &found, err))
		return false;
	if (found)
		record_done(&rec);
	/* That it is not there says nothing of the records. */
	return index_applied(st, shard_of(hash), &ignored, err);
}

bool
store_change(struct store *st, const struct change *changes, size_t n,
    struct change_result *results, struct error *err)
{
	if (st->client != NULL)
		return client_change(st->client, changes, n, results, err);
	if (st->lock_fd < 0) {
		error_set(err, ERROR_REFUSED, "opened only to look");
		return false;
	}
	return writer_change(st, changes, n, results, err);
}

bool
store_ask(struct store *st, const char *what, struct span question,
    struct buf *answer, struct error *err)
{
	if (question.len > LIMIT_REPORT_BYTES) {
		error_set(err, ERROR_LIMIT, "a question of more than %ld bytes",
		    LIMIT_REPORT_BYTES);
		return false;
	}
	return client_ask(st->asker, what, question, answer, err);
}

bool
store_event(struct store *st, struct journal_pos pos, struct event *ev,
    struct error *err)
{
	return journal_read(st->journal, pos, ev, err);
}

static bool
rebuild_alone(struct store *st, void *unused, struct error *err)
{
	(void)unused;
	return index_rebuild(st, err);
}

bool
store_rebuild(struct store *st, uint64_t *events, struct error *err)
{
	if (st->client != NULL)
		return client_rebuild(st->client, events, err);
	if (!writer_alone(st, rebuild_alone, NULL, err))
		return false;
	*events = st->now.lsn;
	return true;
}
