/*
 * store - the suppression list: a directory with journal, index, lock, key.
 *
 *	journal/ 0000000001.jsonl ...  the truth (journal.h)
 *	index/   00.tdb ... 3f.tdb, 00-a.members or 00-b.members ...
 *	generation	a word that changes when a file of the index is replaced
 *	lock     the writer's lock (flock)
 *	key      32 bytes as 64 hex digits: the index is keyed with it
 *	quarantine/                    what recovery cut off
 *	writer.sock                    where the daemon takes changes
 *	traffic                        counts of the last day (traffic.h)
 *	erasing                        what is being erased (erase.h)
 *	privacy                        does it keep text (privacy.h)?
 *
 * Safe side by side: lookups need nobody; changes go through the one process
 * that holds the lock. Thread safe.
 */
#ifndef DB_STORE_H
#define DB_STORE_H

#include "db/change.h"
#include "db/event.h"
#include "db/record.h"

struct store;

enum store_mode {
	/* Look only. Takes no lock, recovers nothing, needs the index. */
	STORE_READ,
	/*
	 * Be the writer: take the lock (waits up to lock_wait_s), recover.
	 * ERROR_BUSY: somebody else has it.
	 */
	STORE_WRITE,
	/*
	 * Change through whoever is the writer: the daemon's socket if it
	 * answers, else as STORE_WRITE.
	 */
	STORE_CHANGE,
	/*
	 * Look, and change through the daemon alone, found when there is
	 * something to change: never takes the lock. ERROR_IO while there is
	 * no daemon.
	 */
	STORE_ASK,
};

struct store_options {
	enum store_mode mode;
	bool create;     /* make an empty store if dir is missing or empty */
	int lock_wait_s; /* seconds; 0: don't wait */
	bool hashed;     /* what is new is kept by its hash (privacy.h); a new
			    store is such a one for good */
};

/*
 * NULL: ERROR_BUSY, ERROR_CORRUPT (damage that must not be written over: the
 * text names the place and what to do), ERROR_REFUSED (key missing or
 * wrong), ERROR_IO.
 */
struct store *store_open(const char *dir, const struct store_options *options,
    struct error *err) MUST_CHECK;
void store_close(struct store *st);

/* What recovery did, for the front end's log; "" when there was nothing. */
const char *store_recovery_note(const struct store *st);

/*
 * The record of a value. False: can't tell. *found false: not suppressed and
 * never was. *found true: the caller owns rec, record_done().
 */
bool store_get(struct store *st, const struct value *v, struct record *rec,
    bool *found, struct error *err) MUST_CHECK;

/* Can something be looked up? False: err says why not. */
bool store_answers(struct store *st, struct error *err) MUST_CHECK;

/* The key of a value: keyed BLAKE2b-128 of kind and canonical text. */
void store_hash(const struct store *st, const struct value *v,
    uint8_t out[VALUE_HASH_BYTES]);

/*
 * Which of n values, given by their keys, one behind the other, have a
 * record: of those that have none, nothing was ever known. Many at once are
 * several times as fast as one by one. False: can't tell.
 */
bool store_known(struct store *st, const uint8_t *hashes, size_t n, bool *known,
    struct error *err) MUST_CHECK;

/*
 * Makes n changes, all or none, durable when it returns true. results has
 * room for n. Callers in other threads may share one batch. ERROR_TEMPORARY
 * when this process must not write any more, ERROR_INVALID, ERROR_LIMIT.
 */
bool store_change(struct store *st, const struct change *changes, size_t n,
    struct change_result *results, struct error *err) MUST_CHECK;

/*
 * Counts a recipient that was sent mail, for the guards of changes. domain
 * is canonical. Only for a writer; cheap enough for every recipient.
 */
void store_passed(struct store *st, const char *domain, int64_t now);

/* The event at pos; the caller owns it. */
bool store_event(struct store *st, struct journal_pos pos, struct event *ev,
    struct error *err) MUST_CHECK;

/* Newest event's time, 0 for none: a clock behind it is wrong. */
bool store_last_time(struct store *st, int64_t *at,
    struct error *err) MUST_CHECK;

/*
 * Verifies journal, index and that the index is the fold of the journal.
 * Works beside a writer. Each fault is given to tell; *faults counts them.
 */
struct store_totals {
	uint64_t events;
	uint64_t values;
	uint64_t suppressed; /* values with a live reason */
	uint64_t faults;
};
bool store_verify(struct store *st, void (*tell)(const char *, void *),
    void *arg, struct store_totals *totals, struct error *err) MUST_CHECK;

/*
 * Reads all of the index, about 1 us a value, while others are served: what
 * is damaged is found before somebody asks for it, and made anew. Stops when
 * go_on says false. Only for the writer.
 */
bool store_check(struct store *st, bool (*go_on)(void *arg), void *arg,
    size_t *damaged, struct error *err) MUST_CHECK;

/* Makes anew what lookups have found damaged; cheap where that is nothing.
 * The next change does so, too. Only for the writer. */
bool store_heal(struct store *st, struct error *err) MUST_CHECK;

/* Builds every shard anew from the journal (by the writer, if another). */
bool store_rebuild(struct store *st, uint64_t *events,
    struct error *err) MUST_CHECK;

/* Writes on under a new incarnation (event.h), as after each restore. */
bool store_renew(struct store *st, struct error *err) MUST_CHECK;

/*
 * Answers what other processes ask and the store does not know, as what a
 * token says. what: the word that names the question. Appends lines, each
 * with its LF and of less than 16 KiB, to answer. Called by several threads.
 */
typedef bool store_answer_fn(struct store *st, const char *what,
    struct span question, struct buf *answer, struct error *err);

/*
 * Serves changes of other processes on dir/writer.sock from a thread of its
 * own, and their questions, unless answer is NULL. Only in STORE_WRITE mode.
 * Stopped by store_close().
 */
bool store_serve(struct store *st, store_answer_fn *answer,
    struct error *err) MUST_CHECK;

/*
 * Asks the daemon such a question: of at most LIMIT_REPORT_BYTES.
 * Appends its lines. Only in STORE_ASK mode. ERROR_IO: there is no daemon, or
 * it has been silent for some seconds; else what it says.
 */
bool store_ask(struct store *st, const char *what, struct span question,
    struct buf *answer, struct error *err) MUST_CHECK;

/* The user of suppressd-web: of its changes the writer believes who asked. */
#define STORE_SPEAKER "suppressd-web"

/*
 * Walks all values in a fixed order (by hash), from behind `after` (NULL:
 * the first). fn gets the record; returns false to stop.
 */
typedef bool store_fn(const uint8_t hash[VALUE_HASH_BYTES],
    const struct record *rec, void *arg);
bool store_walk(struct store *st, const uint8_t *after, store_fn *fn, void *arg,
    struct error *err) MUST_CHECK;

/* Walks the journal from its start; see journal_walk(). */
typedef bool store_event_fn(const struct event *ev, void *arg);
bool store_walk_events(struct store *st, store_event_fn *fn, void *arg,
    struct error *err) MUST_CHECK;

/* The same from the first event on that is not before since, and whose number
 * is not below lsn. */
bool store_walk_since(struct store *st, int64_t since, uint64_t lsn,
    store_event_fn *fn, void *arg, struct error *err) MUST_CHECK;

/* A place in the journal, behind the event of that number; zeroed: before the
 * first. */
struct store_place {
	uint64_t lsn;
	struct journal_pos pos;
};

/* Behind the last event that is durable, and that lookups know. */
bool store_end(struct store *st, struct store_place *out,
    struct error *err) MUST_CHECK;

/*
 * Walks the events from there to store_end(), in their order. fn gets the place
 * behind each, to go on from, also after a restart; it returns false to stop.
 * Where the journal was restored to other places, it is read from its start.
 * ERROR_INVALID: it ends before `from`.
 */
typedef bool store_feed_fn(const struct event *ev,
    const struct store_place *behind, void *arg);
bool store_feed(struct store *st, const struct store_place *from,
    store_feed_fn *fn, void *arg, struct error *err) MUST_CHECK;

/*
 * Appends metrics (base/metrics.h): what the writer counts, to be asked in its
 * process; and what anybody can see, whether there is a writer or not. Both are
 * cheap and wait for nobody.
 */
void store_writer_metrics(struct store *st, struct buf *out);
void store_metrics(struct store *st, struct buf *out);

/* Its directory. */
const char *store_dir(const struct store *st);

#endif
