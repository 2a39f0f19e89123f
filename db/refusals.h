/*
 * refusals - who did not get mail because of the list: for each recipient
 * that the milter refused, removed, deferred, held or only observed, who
 * wanted to send, on which stream, and what blocked it.
 *
 * It is no truth as the journal is, but a log: a file a day (UTC), in the
 * store, refusals/2026-11-26.jsonl. Mail never waits for it: what is added
 * goes to a buffer that a thread writes out, unsynced; what does not fit is
 * counted as lost. refusals.c describes the lines.
 */
#ifndef DB_REFUSALS_H
#define DB_REFUSALS_H

#include "base/net.h"
#include "db/event.h"

struct refusal {
	int64_t at;                       /* seconds */
	char action[LIMIT_WORD_TEXT];     /* what was done: reject, ... */
	char recipient[LIMIT_VALUE_TEXT]; /* canonical, where it has a form;
					     perhaps hidden (base/value.h) */
	char value[LIMIT_VALUE_TEXT];     /* canonical: what blocks it; the
					     same */
	enum source source;               /* of the reason */
	int64_t since;                    /* the same */
	char stream[LIMIT_STREAM_TEXT];   /* of the mail */
	char sender[LIMIT_VALUE_TEXT];    /* envelope; "": null */
	char login[LIMIT_ACTOR_TEXT];     /* SASL; "": none */
	char client[IP_TEXT];             /* "": not known */
	char queue_id[LIMIT_WORD_TEXT];   /* "": not known */
	char contact[LIMIT_CONTACT_TEXT]; /* whose block put the reason; "":
					     none */
};

struct refusals;
struct store;

/* How much is kept. */
struct refusals_limits {
	int days;          /* before today; 0: nothing at all */
	int64_t max_bytes; /* on disk: the oldest days go, and when there is
			      only today left, further ones are lost */
};

/*
 * Starts the thread. dir is the store's. NULL: ERROR_IO. The caller owns the
 * result: refusals_close() writes out what waits.
 */
struct refusals *refusals_open(const char *dir,
    const struct refusals_limits *limits, struct error *err) MUST_CHECK;
void refusals_close(struct refusals *r);

/*
 * From now on what st must not keep by its text (erase.h) is written by its
 * hash. st is asked as a line is written, under the lock under which an erasure
 * looks through the file: what was refused before that is hidden by the one or
 * the other. st is there for longer than r.
 */
void refusals_hide(struct refusals *r, struct store *st);

/* From now on. Thread safe. */
void refusals_limit(struct refusals *r, const struct refusals_limits *limits);

/* Adds one; never waits for the disk. Thread safe. */
void refusals_add(struct refusals *r, const struct refusal *one);

/* How many were lost since it was opened: no room in the buffer or on the
 * disk. Thread safe. */
uint64_t refusals_lost(struct refusals *r);

/* A place between two lines; it stays where it is for as long as the file is
 * kept. */
struct refusals_place {
	int64_t day; /* since 1970 */
	uint64_t offset;
};

/* Which ones to read; zeroed: all. Pointers are borrowed for the call. */
struct refusals_wanted {
	int64_t since; /* inclusive */
	int64_t until; /* exclusive; 0: to the end */
	/* these recipients or blocking values, about_n of them; 0: anybody */
	const struct value *about;
	size_t about_n;
	bool newest_first;
	const struct refusals_place *from; /* go on there; NULL: begin */
};

/*
 * Reads them in the order in which they were added, or backwards. Memory
 * use is constant. Works beside the daemon; what it writes behind the place
 * where reading is may come or not. NULL: ERROR_IO.
 */
struct refusals_reader;
struct refusals_reader *refusals_read(const char *dir,
    const struct refusals_wanted *wanted, struct error *err) MUST_CHECK;

/* False: there is no further one. Lines that are damaged are passed over. */
bool refusals_next(struct refusals_reader *r, struct refusal *out);

/* Where the refusal that was read last begins, and where it ends, in the
 * direction of reading; behind the end both are the last place there is. */
void refusals_reader_places(const struct refusals_reader *r,
    struct refusals_place *before, struct refusals_place *behind);

/* How many were lost, by what the lines that were passed say. */
uint64_t refusals_reader_lost(const struct refusals_reader *r);
void refusals_reader_close(struct refusals_reader *r);

#endif
