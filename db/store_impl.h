/*
 * store_impl - what the files of the store share.
 *
 * Locks, in the order in which they are taken: erase; queue; a slot's; a
 * shard's own. No lock but a slot's is held over I/O.
 */
#ifndef DB_STORE_IMPL_H
#define DB_STORE_IMPL_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/hash.h"
#include "base/metrics.h"
#include "db/erase.h"
#include "db/hashes.h"
#include "db/journal.h"
#include "db/overlay.h"
#include "db/owner.h"
#include "db/shard.h"
#include "db/store.h"
#include "db/traffic.h"

#define SHARDS 64
#define STORE_PATH_TEXT 4096
#define STORE_LOCK_NAME "lock"
#define STORE_SOCKET_NAME "writer.sock"
#define STORE_TRAFFIC_NAME "traffic"
#define STORE_PRIVACY_NAME "privacy"
#define STORE_GENERATION_NAME "generation"

/* A shard and the right to replace it. */
struct slot {
	pthread_rwlock_t lock;  /* write: to open, replace or close it */
	struct shard *shard;    /* NULL: not open */
	uint64_t generation;    /* of the file that is open */
	struct applied applied; /* the writer's; read inside to be sure */
	atomic_bool damaged;    /* a lookup found it so */
};

/* Changes as they came on the socket: a line of it (wire.h) takes a tenth of
 * the room of a struct change, and a request has many. */
struct wire_changes {
	struct span lines;
	size_t n;
	const char *by; /* who asks, where that is not for the changes to say;
			   NULL: as they say */
};

/* One caller of store_change() in the queue. */
struct request {
	const struct change *changes; /* NULL: those of said */
	struct wire_changes said;
	size_t n;
	struct change_result *results;
	struct error *err;
	bool failed; /* the leader's: it is not in the batch */
	bool done;   /* under the queue's lock: its caller may return */
	bool ok;
	struct request *next;
};

struct server;
struct client;

struct store {
	char dir[STORE_PATH_TEXT - 256];
	struct owner owner; /* of dir */
	uint8_t key[HASH_KEY_BYTES];
	uint8_t key_check[SHARD_CHECK_BYTES];
	struct hashes *hashes; /* with key */
	struct journal *journal;
	struct slot slots[SHARDS];
	_Atomic uint64_t *generation; /* mmapped, of the file */
	int lock_fd;                  /* -1: we are no writer */
	char note[256];

	/* the writer's queue: whoever leads commits what waits */
	pthread_mutex_t queue_lock;
	pthread_cond_t queue_moved;
	struct request *queue;
	struct request **queue_end;
	bool leading;
	bool sliced;      /* the last one who led did so for a slice */
	unsigned waiting; /* to lead, but for a slice */
	unsigned landing; /* slices that are in the journal and on their way
			     into the index: nobody else leads */
	/* the leader's */
	bool poisoned;
	struct applied now;      /* behind the last event */
	struct dot identity;     /* seq unused */
	uint64_t untended;       /* events since index_tend() */
	int64_t traffic_saved;   /* when */
	struct traffic *traffic; /* NULL: we are no writer */

	/* for metrics.c: what the leader has come to */
	struct histogram commits;  /* batches, journal and index */
	atomic_ullong told_lsn;    /* now.lsn */
	atomic_ullong told_behind; /* untended */
	atomic_bool told_poisoned;
	atomic_bool hides; /* what is new is kept by its hash (privacy.h) */
	pthread_mutex_t erase_lock; /* one erasure at a time; taken first */

	struct server *server; /* NULL: not serving, and no thread helps with
				  a commit */
	struct client *client; /* NULL: we write ourselves, or only look */
	struct client *asker;  /* for questions, so that they wait for no
				  change; NULL: there are none */
};

/* Paths below the store's directory. */
void store_path(const struct store *st, const char *name,
    char out[STORE_PATH_TEXT]);
void shard_path(const struct store *st, size_t number,
    char out[STORE_PATH_TEXT]);

size_t shard_of(const uint8_t hash[VALUE_HASH_BYTES]);

/* index.c: the shards together. */

/* A shard's key check says which shard it is, too. */
struct shard *index_open_shard(const struct store *st, size_t number,
    const char *path, const struct shard_options *how,
    struct error *err) MUST_CHECK;

bool index_get(struct store *st, const uint8_t *hash, struct record *rec,
    bool *found, struct error *err) MUST_CHECK;

/* As index_get() for n hashes of one shard, see shard_get_all(). */
bool index_get_all(struct store *st, size_t number, const uint8_t *hashes,
    size_t n, struct record *recs, bool *found, struct error *err) MUST_CHECK;

/* Which of n hashes of one shard are there. */
bool index_known(struct store *st, size_t number, const uint8_t *hashes,
    size_t n, bool *known, struct error *err) MUST_CHECK;

/* For looking: opens all, or says which is missing. */
bool index_open_all(struct store *st, struct error *err) MUST_CHECK;

/* For the writer: opens all, gives the scan's start and the highest lsn;
 * shards that can't be used are left closed. ERROR_REFUSED: another key;
 * ERROR_BUSY: open in this process. */
bool index_open(struct store *st, struct journal_start *from,
    uint64_t *index_lsn, struct error *err) MUST_CHECK;

/* Rebuilds those that are closed, folds what is missing into the others. */
bool index_catch_up(struct store *st, size_t *rebuilt,
    struct error *err) MUST_CHECK;

/* The records of all shards that can be asked. */
uint64_t index_values(struct store *st);

/* Builds all anew. */
bool index_rebuild(struct store *st, struct error *err) MUST_CHECK;

/* Commits the overlay up to st->now. A shard that fails is rebuilt; if that
 * fails, too, it is left closed: lookups in it can't tell. */
void index_commit(struct store *st, const struct overlay *changed);

/*
 * As index_commit() for many records of one shard, when expected more are to
 * come: a shard that would be crowded is built beside the old one. to: where
 * the journal stood behind the last of them. Others may lead meanwhile, as long
 * as they leave that shard alone; one that fails is damaged, for index_heal().
 */
void index_merge(struct store *st, size_t number, const struct overlay *changed,
    uint64_t expected, const struct applied *to);

/* Reads every record of one shard, as a lookup would. */
bool index_check(struct store *st, size_t number, struct error *err) MUST_CHECK;

/* What a lookup or a check has found damaged, and makes that anew. */
bool index_is_damaged(const struct store *st);
void index_heal(struct store *st);

/* Closes a shard that is of no more use and makes it anew. Its journal is
 * whole: what is lost with it is there. If that fails, too, it is left
 * closed. */
void index_replace(struct store *st, size_t number);

/* The line where the writer stands has another checksum now: gives it to the
 * shards, which are all brought up to there. */
bool index_stamp(struct store *st, struct error *err) MUST_CHECK;

/* Brings the position of every shard up; makes crowded ones larger. */
void index_tend(struct store *st);

bool index_applied(struct store *st, size_t number, struct applied *a,
    struct error *err) MUST_CHECK;

/* The hashes in one shard, sorted, heap, and its position. */
bool index_hashes(struct store *st, size_t number, uint8_t **list, size_t *n,
    struct applied *applied, struct error *err) MUST_CHECK;

/* Which events to fold: those of shards first to end (without it) that lie
 * behind done[] and not behind upto[], both by shard. */
struct fold_plan {
	struct journal_pos from; /* where to begin reading */
	size_t first, end;
	const struct applied *done;
	const struct applied *upto;
	bool anew; /* begin with empty records, not with the index's */
};
bool index_fold(struct store *st, const struct fold_plan *plan,
    struct overlay *out, struct error *err) MUST_CHECK;

/* index_make.c: builds a shard's file anew and puts it in place of the old
 * one. Lookups go on in the old one meanwhile. */
struct making {
	size_t expected;               /* values to have room for */
	bool anew;                     /* nothing of the old one is kept */
	const struct overlay *changed; /* goes before what is kept; or NULL */
	const struct applied *applied; /* how far the journal is in it then */
};
bool index_make(struct store *st, size_t number, const struct making *how,
    struct error *err) MUST_CHECK;

/* How many of the records belong to one shard. */
size_t index_count(const struct overlay *all, size_t number);

/* How many shards are folded in one pass: bounds the memory. */
#define FOLD_SHARDS 16

/* writer.c */
bool writer_change(struct store *st, const struct change *changes, size_t n,
    struct change_result *results, struct error *err) MUST_CHECK;

/* The same; ERROR_INVALID: a line is none of ours. */
bool writer_wire(struct store *st, const struct wire_changes *said,
    struct change_result *results, struct error *err) MUST_CHECK;

/* Keeps the queue still while fn runs, e.g. a rebuild. */
typedef bool writer_fn(struct store *st, void *arg, struct error *err);
bool writer_may(const struct store *st, struct error *err) MUST_CHECK;
bool writer_alone(struct store *st, writer_fn *fn, void *arg,
    struct error *err) MUST_CHECK;

/*
 * For a slice of a load (load_write.c): leads, when nobody does. Then the slice
 * is in the journal and lands in the index, while the next one is led for, of
 * another shard; everybody else waits for the landing.
 */
void writer_begin_slice(struct store *st);
void writer_land_slice(struct store *st);
void writer_end_slice(struct store *st);

/* The leader's: what metrics tell, which are asked for while it works on. */
void writer_tell(struct store *st);

/* The leader's: where its batch will stand, if it may write at all. */
bool writer_reserve(struct store *st, struct journal_pos *at,
    struct error *err) MUST_CHECK;

/* load_write.c: one slice of a load, n packed changes of one shard, all or
 * none; an empty one ends the load. */
struct slice {
	struct span packed;
	size_t n;
	uint64_t expected; /* changes of the whole load in its shard */
	const char *by;    /* who asks, where that is not for the changes to
			      say; NULL: as they say */
};
bool writer_load(struct store *st, const struct slice *slice,
    struct change_result *results, struct error *err) MUST_CHECK;

/* store_create.c: one of the store's directories; all that a new store begins
 * with; a key for one without journal, since an old one must never get a second
 * key; and reads the key. */
bool store_make_dir(const struct store *st, const char *name,
    struct error *err) MUST_CHECK;
bool store_create(const struct store *st, struct error *err) MUST_CHECK;
bool store_make_key(const struct store *st, struct error *err) MUST_CHECK;
bool store_read_key(struct store *st, struct error *err) MUST_CHECK;

/* privacy.c: what the store says of it, as the writer begins. */
bool privacy_begin(struct store *st, struct error *err) MUST_CHECK;

/* erase.c: goes on with what another writer has begun to erase. What comes of
 * it is told in the note: mail does not wait for it. */
void erase_resume(struct store *st);

/* server.c, client.c */
void server_stop(struct server *s);
/* Connects when it is asked; patience_s: how long it waits for an answer; 0:
 * for ever. */
struct client *client_new(const char *dir, int patience_s);
struct client *client_connect(const char *dir, struct error *err) MUST_CHECK;
void client_close(struct client *c);
bool client_change(struct client *c, const struct change *changes, size_t n,
    struct change_result *results, struct error *err) MUST_CHECK;
bool client_load(struct client *c, const struct slice *slice,
    struct change_result *results, struct error *err) MUST_CHECK;
bool client_ask(struct client *c, const char *what, struct span question,
    struct buf *answer, struct error *err) MUST_CHECK;
/* order NULL: of all values. */
bool client_erase(struct client *c, const struct change *order, erase_fn *tell,
    void *arg, struct erasure *out, struct error *err) MUST_CHECK;
bool client_rebuild(struct client *c, uint64_t *events,
    struct error *err) MUST_CHECK;

#endif
