/*
 * hash - BLAKE2b (RFC 7693), random bytes and hex, by libsodium: the only
 * file that sees it. Thread safe.
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

/* key NULL: no key. out_bytes is HASH_SHORT_BYTES or HASH_LONG_BYTES. */
void hash_begin(struct hash *h, const uint8_t *key, size_t out_bytes);
void hash_add(struct hash *h, struct span bytes);

/* The bytes and a NUL behind them, so that ("ab","c") is not ("a","bc"). */
void hash_add_text(struct hash *h, const char *text);
void hash_end(struct hash *h, uint8_t *out);

void hash_random(void *out, size_t bytes);

/* Two lower-case digits a byte, NUL-ended: 2 * bytes + 1. */
void hash_hex(const uint8_t *bytes, size_t n, char *out);

/* Exactly n bytes from 2 * n digits of either case. */
bool hash_unhex(struct span digits, uint8_t *out, size_t n);

#endif
