/*
 * keys - the secrets that tokens are made with, one a file.
 *
 * A directory (token.keys) holds ID.key for a key that may sign and
 * ID.retired.key for one that only verifies, until its file is removed. An ID
 * is 1 to 32 letters, digits, "-" and "_". Neither file may be readable, nor
 * the directory writable, for anybody but its owner. A file:
 *
 *	suppressd-key 1
 *	made 2026-11-25T13:00:00Z
 *	secret 64 hexadecimal digits
 *
 * The secret is used only to derive a key for each purpose (hash_derive(),
 * context "supprssd"), and a tag of two bytes that stands in tokens and says
 * which key to try: a file may be renamed at will, and two keys with the same
 * tag are both tried.
 *
 *	1  tag: its first two bytes     4  marks of a list of recipients
 *	2  nonces of sealed tokens      5  short tokens
 *	3  sealing                      6  names of streams in short tokens
 *	7  return paths
 *
 * Read once and never changed, as a configuration: thread safe, and nothing
 * is locked. Secrets lie in memory that no core dump holds; no error names
 * more than a file.
 */
#ifndef POLICY_KEYS_H
#define POLICY_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/limits.h"

#define KEY_TAG_BYTES 2
#define KEYS_MAX 64

/* By purpose; a multiple of 64 bytes. */
struct key_secrets {
	struct hash_seal_keys seal;
	uint8_t marks[HASH_KEY_BYTES];
	uint8_t brief[HASH_KEY_BYTES];
	uint8_t stream[HASH_KEY_BYTES];
	uint8_t path[HASH_KEY_BYTES];
};

struct key {
	char id[LIMIT_KEY_ID_TEXT];
	int64_t made;
	bool retired;
	uint8_t tag[KEY_TAG_BYTES];
	const struct key_secrets *secrets; /* the ring's */
};

struct keys;

/*
 * Reads all keys of a directory; one that does not exist holds none. sign: the
 * ID of the key that signs; "": the newest that is not retired. NULL:
 * ERROR_REFUSED when others could read a key or add one; ERROR_INVALID when a
 * file is no key, or sign none that may; ERROR_LIMIT; ERROR_IO. One bad file
 * makes all fail: half a ring would look like forgeries.
 */
struct keys *keys_load(const char *dir, const char *sign,
    struct error *err) MUST_CHECK;

/* NULL is borne, and is a ring without keys. Counted atomically. */
struct keys *keys_ref(struct keys *ring);
void keys_unref(struct keys *ring);

/* The one that signs; NULL: none. */
const struct key *keys_signer(const struct keys *ring);

/* By ID; NULL behind the last. */
const struct key *keys_at(const struct keys *ring, size_t i);

/*
 * Makes a key and its file; the directory, too, where there is none. id "":
 * the date, with a number where that is taken; it is returned in id. owner,
 * group: who shall read it, or -1. ERROR_INVALID: no ID, or taken.
 */
bool keys_make(const char *dir, char id[LIMIT_KEY_ID_TEXT], int64_t now,
    int owner, int group, struct error *err) MUST_CHECK;

/* ERROR_INVALID: there is none of that ID that could. */
bool keys_retire(const char *dir, const char *id, struct error *err) MUST_CHECK;

#endif
