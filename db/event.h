/*
 * event - what happened, one line of the journal.
 *
 * On disk: one flat JSON object a line, ASCII, members in the order that
 * event.c tells, without those that would say nothing, CRC-32C last.
 */
#ifndef DB_EVENT_H
#define DB_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/names.h"
#include "base/value.h"

/* Globally unique, for ever: a store takes a new incarnation after each
 * restore from a backup (design 5, "several hosts"). */
struct dot {
	uint64_t node;
	uint32_t incarnation;
	uint64_t seq; /* from 1, no holes */
};

/* Where a line of the journal begins. Segments count from 1. */
struct journal_pos {
	uint32_t segment; /* 0: nowhere */
	uint32_t offset;  /* bytes */
};

enum event_op {
	EVENT_ADD,    /* a reason came, or came again */
	EVENT_REMOVE, /* the adds in cover are gone */
	EVENT_REPORT, /* a report that changed nothing was kept */
	/* Of contacts; value is the contact, or (the two links) a value. */
	EVENT_NAME,    /* it is there, under the name that value shows */
	EVENT_LINK,    /* `other` is one of its values, or is its contact */
	EVENT_UNLINK,  /* no longer */
	EVENT_BLOCK,   /* do not contact; its values get reasons of their own */
	EVENT_UNBLOCK, /* the blocks in cover are gone */
	EVENT_FORGET,  /* the contact is gone */
	EVENT_ERASE,   /* the value's text is not kept any more */
};

/* Fixed numbers: they are in the index. */
enum source {
	SOURCE_USER = 1,
	SOURCE_API = 2,
	SOURCE_LEAD = 3,
	SOURCE_BOUNCED = 4,
	SOURCE_ABUSE = 5
};

extern const struct name event_op_names[];
extern const struct name source_names[]; /* user api lead bounced abuse */

/* Somebody's own wish (lead, abuse): not to be lifted in passing. */
bool source_is_wish(enum source source);

/*
 * What a report said; empty words: there was no report. Words are short
 * ASCII identifiers; text is for people.
 */
struct evidence {
	char report[LIMIT_WORD_TEXT];   /* bounce, complaint, ... */
	char class[LIMIT_WORD_TEXT];    /* bad-address, full, ... */
	char status[LIMIT_WORD_TEXT];   /* 5.1.1 */
	char rule[LIMIT_WORD_TEXT];     /* which rule decided */
	char trust[LIMIT_WORD_TEXT];    /* believed, unverified, ... */
	char proof[LIMIT_WORD_TEXT];    /* own-bounce, spf, ... */
	char ref[LIMIT_WORD_TEXT];      /* digest of the report: the same
					   report again changes nothing */
	char happened[LIMIT_WORD_TEXT]; /* RFC 3339, on a day before it was
					   read; "": when it was written */
};

struct event {
	uint64_t lsn;         /* number of the line in this store, from 1 */
	uint64_t batch_first; /* lsn of the first line of its batch */
	bool batch_last;      /* it is the last line of its batch */
	int64_t at;           /* seconds; never falls from line to line */
	struct dot dot;
	enum event_op op;
	struct value value;             /* perhaps hidden (base/value.h) */
	uint8_t hash[VALUE_HASH_BYTES]; /* key of the index */
	enum source source; /* EVENT_REMOVE: 0, cover says what went */
	char stream[LIMIT_STREAM_TEXT];   /* "*": all */
	char contact[LIMIT_CONTACT_TEXT]; /* "": none */
	enum kind other_kind; /* EVENT_LINK, EVENT_UNLINK: the other end */
	char other[LIMIT_VALUE_TEXT];
	uint8_t other_hash[VALUE_HASH_BYTES];
	int64_t since;   /* when this reason began: <= at */
	int64_t expires; /* 0: never */
	uint32_t count;  /* how often this reason came, this time included */
	char by[LIMIT_ACTOR_TEXT];
	char why[LIMIT_WHY_TEXT];
	struct evidence evidence;
	struct dot *cover; /* cover_n of them; heap, owned by the event */
	size_t cover_n;
	struct journal_pos prev;         /* same value, the event before */
	struct journal_pos contact_prev; /* the last one whose value is the
					    contact */
};

/* Gives the hash in the place of the text: of the value, of the other end.
 * Nothing where that is a contact. */
void event_hide(struct event *ev);
void event_hide_other(struct event *ev);

/* The dot is gone with this event. */
void event_cover(struct event *ev, const struct dot *d);

/* Frees what the event owns and zeroes it. */
void event_done(struct event *ev);

/* Appends the line with its LF. out->full if it did not fit. */
void event_encode(const struct event *ev, struct buf *out);

/* The last of the lines, which begins at from, was written without batch_last:
 * it is the last of its batch. It grows by so many bytes. */
#define EVENT_SEAL_BYTES 12
void event_seal_batch(struct buf *lines, size_t from);

/*
 * One line without its LF. ERROR_CORRUPT: the CRC or the form is wrong.
 * Unknown members are passed over: a newer version may write more. On
 * success the caller owns ev: event_done().
 */
bool event_decode(struct span line, struct event *ev,
    struct error *err) MUST_CHECK;

bool dot_equal(const struct dot *a, const struct dot *b);

#endif
