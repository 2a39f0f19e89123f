/*
 * pack - changes as bytes, for many of them: in the spool of a load, and
 * behind a "load" request on the writer's socket. Little-endian:
 *
 *	all of it (4), op (1), kind (1), source (1), flags (1), count (4),
 *	tag (8), since (8), expires (8), began (8), then each text of
 *	change_texts: its length (2) and its bytes
 *
 * Flags: 1 force, 2 if_new, 4 "shown" is the value and is left out. A guard
 * and most_a_day do not go with it.
 */
#ifndef DB_PACK_H
#define DB_PACK_H

#include "db/change.h"

/* No change takes more, or less. */
#define PACK_BYTES_MAX 4096
#define PACK_BYTES_LEAST 68

/* Appends c; tag is the caller's, and comes back. */
void pack_change(const struct change *c, uint64_t tag, struct buf *out);

/*
 * Takes the next change off the front of rest. ERROR_INVALID: it is not
 * whole, or none of ours.
 */
bool pack_next(struct span *rest, struct change *c, uint64_t *tag,
    struct error *err) MUST_CHECK;

/*
 * Passes over the next change, and says of what it is: kind and text of v, and
 * whether it names a contact. Else as pack_next(), which finds more that is
 * wrong with it.
 */
bool pack_peek(struct span *rest, struct value *v, bool *contact,
    struct error *err) MUST_CHECK;

/* Bytes of the change at the front; 0: there is none that is whole. */
size_t pack_size(struct span rest);

/* The tag of the change at the front, which is whole. */
uint64_t pack_tag(struct span packed);

/* The results of a load, one byte each. */
uint8_t pack_result(const struct change_result *r);
void pack_result_read(uint8_t byte, struct change_result *r);

#endif
