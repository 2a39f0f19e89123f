/*
 * hashes - the keyed hashes of those domains that were asked for last. Each
 * recipient is looked up by its domain and all above it, most mail goes to few
 * domains, and a keyed hash costs more than the rest of a lookup.
 *
 * Thread safe, without a lock: what is being changed at this moment is not
 * there, and nobody waits.
 */
#ifndef DB_HASHES_H
#define DB_HASHES_H

#include "base/value.h"

struct hashes;

struct hashes *hashes_new(void);
void hashes_free(struct hashes *h);

/* text: of a domain, with its "@" or "@.". False: not kept, out is
 * unchanged. */
bool hashes_get(const struct hashes *h, struct span text,
    uint8_t out[VALUE_HASH_BYTES]);

/* Keeps it in place of another; a long name is not kept. */
void hashes_put(struct hashes *h, struct span text,
    const uint8_t hash[VALUE_HASH_BYTES]);

#endif
