/*
 * hash - BLAKE2b (RFC 7693), random bytes, hex, sealing and what secrets
 * need, by libsodium: the only file that sees it; a quick hash for tables in
 * memory. Thread safe; takes no lock after the first call.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

#define HASH_KEY_BYTES 32
#define HASH_SHORT_BYTES 16
#define HASH_LONG_BYTES 32

/* A hash that is fed in pieces. The size fits libsodium's own state. */
struct hash {
	_Alignas(64) unsigned char state[384];
	size_t out_bytes;
};

/* key NULL: no key. out_bytes is HASH_SHORT_BYTES to HASH_LONG_BYTES. */
void hash_begin(struct hash *h, const uint8_t *key, size_t out_bytes);
void hash_add(struct hash *h, struct span bytes);

/* The bytes and a NUL behind them, so that ("ab","c") is not ("a","bc"). */
void hash_add_text(struct hash *h, const char *text);
void hash_end(struct hash *h, uint8_t *out);

/* All at once: the same as begin, one add, and end. */
void hash_once(const uint8_t *key, struct span bytes, uint8_t *out,
    size_t out_bytes);

void hash_random(void *out, size_t bytes);

/* Two lower-case digits a byte, NUL-ended: 2 * bytes + 1. */
void hash_hex(const uint8_t *bytes, size_t n, char *out);

/* Exactly n bytes from 2 * n digits of either case. */
bool hash_unhex(struct span digits, uint8_t *out, size_t n);

/*
 * A key of its own for each purpose, from one key: crypto_kdf of libsodium,
 * BLAKE2b with the purpose as salt and the 8 bytes of context as
 * personalisation.
 */
#define HASH_CONTEXT_BYTES 8
void hash_derive(const uint8_t *key, const char *context, uint64_t purpose,
    uint8_t *out);

/*
 * FNV-1a of a text: where to look in a table in memory. Not keyed: who
 * chooses the texts can make them meet, so let that cost no more than time.
 */
uint64_t hash_quick(const char *text);

/* The same bytes? The time it takes does not depend on where they differ. */
bool hash_equal(const void *a, const void *b, size_t n);

/* Zeroes, also where the compiler knows that nobody looks again. */
void hash_wipe(void *bytes, size_t n);

/*
 * Memory for secrets: kept out of core dumps and, as far as the limits of
 * the process allow, of swap; pages that fault stand round it. Zeroed; wiped
 * when it is freed. bytes is a multiple of 64.
 */
void *hash_secret_new(size_t bytes);
void hash_secret_free(void *secret);

/* HMAC-SHA256 (RFC 2104), of n parts one behind the other. */
#define HASH_HMAC_BYTES 32
void hash_hmac(struct span key, const struct span *parts, size_t n,
    uint8_t out[HASH_HMAC_BYTES]);

/*
 * Authenticated encryption that needs no random number and bears the same
 * text twice: XChaCha20-Poly1305 whose nonce is a keyed BLAKE2b of all that
 * goes in, and stands in front. The same text gives the same bytes; that is
 * all that they tell.
 */
struct hash_seal_keys {
	uint8_t nonce[HASH_KEY_BYTES];
	uint8_t cipher[HASH_KEY_BYTES];
};

#define HASH_NONCE_BYTES 24
#define HASH_SEAL_BYTES (HASH_NONCE_BYTES + 16) /* what sealing adds */

/* head is not in it, but has to be the same for opening. out has room for
 * HASH_SEAL_BYTES more than plain. */
void hash_seal(const struct hash_seal_keys *keys, struct span head,
    struct span plain, uint8_t *out);

/* False: not one bit of it is believed. plain has room for sealed.len -
 * HASH_SEAL_BYTES. */
bool hash_unseal(const struct hash_seal_keys *keys, struct span head,
    struct span sealed, uint8_t *plain);

#endif
