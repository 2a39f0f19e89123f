/*
 * batch_contact - one change of a contact, as batch_contact.c and
 * batch_block.c share it.
 */
#ifndef DB_BATCH_CONTACT_H
#define DB_BATCH_CONTACT_H

#include "db/batch.h"

struct contact_work {
	struct batch *b;
	const struct change *c;
	struct change_result *result;
	struct value contact;
	uint8_t hash[VALUE_HASH_BYTES]; /* the contact's */
	struct record known; /* the contact before the change, a copy: the
				batch moves its records */
};

/* An event of the contact or of a value of its, by who makes the change. */
void contact_begin(const struct contact_work *w, enum event_op op,
    const struct value *v, const uint8_t *hash, struct event *ev);

/* Writes it; ev is empty then, written or not. */
bool contact_end(struct contact_work *w, struct event *ev,
    struct error *err) MUST_CHECK;

/* The value at the other end of a contact's link. */
bool contact_value(struct contact_work *w, const struct link *l,
    struct value *v, struct error *err) MUST_CHECK;

/* batch_block.c: CHANGE_BLOCK, CHANGE_UNBLOCK, and what the blocks of the
 * contact do to a value that is new. */
bool contact_block(struct contact_work *w, struct error *err) MUST_CHECK;
bool contact_unblock(struct contact_work *w, struct error *err) MUST_CHECK;
bool contact_obey(struct contact_work *w, const struct value *v,
    const uint8_t *hash, struct error *err) MUST_CHECK;

#endif
