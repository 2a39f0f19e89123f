/*
 * record - what is known now of one value or contact: an observed-remove set.
 *
 * Live are the adds that no removal has covered. One reason (source, stream,
 * contact) has one live add, but for adds that two hosts made at once; a
 * repeated add covers the one before it and carries its count on. Folding
 * any set of events in any order, any number of times, gives the same
 * record, positions in the local journal aside.
 */
#ifndef DB_RECORD_H
#define DB_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/event.h"

/* One live add. Words are in the journal; the index has their hashes. */
struct reason {
	enum source source;
	uint64_t stream;  /* name_hash(); 0: "*" */
	uint64_t contact; /* name_hash(); 0: none */
	int64_t since;
	int64_t expires; /* 0: never */
	int64_t last_seen;
	uint32_t count;
	struct dot dot;
	struct journal_pos first; /* the event that began it, where known */
	struct journal_pos last;  /* the event of dot */
};

/* What ties contacts and values together, and the rest of a contact; these
 * are live adds, too. Fixed numbers: they are in the index. */
enum link_role {
	LINK_NAME = 1,    /* of a contact: it is there, and has a name */
	LINK_VALUE = 2,   /* of a contact: `other` is one of its values */
	LINK_BLOCK = 3,   /* of a contact: do not contact */
	LINK_CONTACT = 4, /* of a value: it belongs to the contact `other` */
};

struct link {
	enum link_role role;
	uint8_t other[VALUE_HASH_BYTES]; /* LINK_VALUE, LINK_CONTACT */
	int64_t since;
	struct dot dot;
	struct journal_pos at; /* the event of dot, which has the words */
};

/* Zeroed is empty. */
struct record {
	struct reason *reasons;
	size_t reasons_n;
	struct link *links;
	size_t links_n;
	struct dot *covers; /* adds known to be gone that have not come yet */
	size_t covers_n;
	struct journal_pos head; /* last event of this value */
	bool erased;             /* its text is not kept, nor will be */
};

void record_done(struct record *rec);
void record_copy(struct record *to, const struct record *from);

/* A stable 64-bit hash of a stream's or contact's name; "*" and "" are 0. */
uint64_t name_hash(const char *name);

/*
 * Reasons that count at now: not expired. Returns the number; the first
 * max are put into out (pointers into rec).
 */
size_t record_live(const struct record *rec, int64_t now,
    const struct reason **out, size_t max);

/* The first link of a role and, where other is not NULL, to it; or NULL. */
const struct link *record_link(const struct record *rec, enum link_role role,
    const uint8_t *other);
size_t record_links(const struct record *rec, enum link_role role);

/*
 * The bytes of the index, version 1 (record.c describes them), and back:
 * RECORD_HEADER_BYTES, then RECORD_REASON_BYTES for each reason and link.
 */
#define RECORD_HEADER_BYTES 16
#define RECORD_REASON_BYTES 72
void record_encode(const struct record *rec, struct buf *out);
bool record_decode(struct span bytes, struct record *rec,
    struct error *err) MUST_CHECK;

/* How long the record is that begins with these bytes; 0: none of ours. */
size_t record_size(struct span header);

/* The same reasons, links and covers, in whatever order, positions aside. */
bool record_equal(const struct record *a, const struct record *b);

#endif
