#include "base/hash.h"

#include <ctype.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/little.h"

_Static_assert(sizeof(crypto_generichash_state) <= 384, "struct hash");
_Static_assert(HASH_KEY_BYTES == crypto_kdf_KEYBYTES &&
		   HASH_CONTEXT_BYTES == crypto_kdf_CONTEXTBYTES,
    "hash_derive()");
_Static_assert(
    HASH_KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES &&
	HASH_NONCE_BYTES == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES &&
	HASH_SEAL_BYTES ==
	    HASH_NONCE_BYTES + crypto_aead_xchacha20poly1305_ietf_ABYTES,
    "hash_seal()");

/*
 * Safe to call often and from any thread: sodium_init() takes a lock, so it
 * is asked once. It fails only without entropy.
 */
static void
ready(void)
{
	static atomic_bool is_ready;

	if (atomic_load_explicit(&is_ready, memory_order_acquire))
		return;
	if (sodium_init() < 0)
		abort();
	atomic_store_explicit(&is_ready, true, memory_order_release);
}

static crypto_generichash_state *
state_of(struct hash *h)
{
	return (crypto_generichash_state *)(void *)h->state;
}

void
hash_begin(struct hash *h, const uint8_t *key, size_t out_bytes)
{
	ready();
	h->out_bytes = out_bytes;
	crypto_generichash_init(state_of(h), key,
	    key != NULL ? HASH_KEY_BYTES : 0, out_bytes);
}

void
hash_add(struct hash *h, struct span bytes)
{
	crypto_generichash_update(state_of(h), (const unsigned char *)bytes.p,
	    bytes.len);
}

void
hash_add_text(struct hash *h, const char *text)
{
	hash_add(h, (struct span){ text, strlen(text) + 1 });
}

void
hash_end(struct hash *h, uint8_t *out)
{
	crypto_generichash_final(state_of(h), out, h->out_bytes);
	/* It may have been keyed. */
	sodium_memzero(h->state, sizeof(h->state));
}

void
hash_once(const uint8_t *key, struct span bytes, uint8_t *out, size_t out_bytes)
{
	ready();
	crypto_generichash(out, out_bytes, (const unsigned char *)bytes.p,
	    bytes.len, key, key != NULL ? HASH_KEY_BYTES : 0);
}

void
hash_random(void *out, size_t bytes)
{
	ready();
	randombytes_buf(out, bytes);
}

void
hash_hex(const uint8_t *bytes, size_t n, char *out)
{
	sodium_bin2hex(out, 2 * n + 1, bytes, n);
}

bool
hash_unhex(struct span digits, uint8_t *out, size_t n)
{
	size_t got;

	/* sodium_hex2bin() writes up to the first digit that is none. */
	for (size_t i = 0; i < digits.len; i++)
		if (!isxdigit((unsigned char)digits.p[i]))
			return false;

	return digits.len == 2 * n &&
	       sodium_hex2bin(out, n, digits.p, digits.len, NULL, &got, NULL) ==
		   0 &&
	       got == n;
}

void
hash_derive(const uint8_t *key, const char *context, uint64_t purpose,
    uint8_t *out)
{
	ready();
	crypto_kdf_derive_from_key(out, HASH_KEY_BYTES, purpose, context, key);
}

uint64_t
hash_quick(const char *text)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (; *text != '\0'; text++)
		h = (h ^ (unsigned char)*text) * UINT64_C(1099511628211);
	return h;
}

bool
hash_equal(const void *a, const void *b, size_t n)
{
	return sodium_memcmp(a, b, n) == 0;
}

void
hash_wipe(void *bytes, size_t n)
{
	sodium_memzero(bytes, n);
}

void
hash_hmac(struct span key, const struct span *parts, size_t n,
    uint8_t out[HASH_HMAC_BYTES])
{
	crypto_auth_hmacsha256_state state;

	ready();
	crypto_auth_hmacsha256_init(&state, (const uint8_t *)key.p, key.len);
	for (size_t i = 0; i < n; i++)
		crypto_auth_hmacsha256_update(&state,
		    (const uint8_t *)parts[i].p, parts[i].len);
	crypto_auth_hmacsha256_final(&state, out);
	sodium_memzero(&state, sizeof(state));
}

void *
hash_secret_new(size_t bytes)
{
	void *secret;

	ready();
	secret = sodium_malloc(bytes);
	if (secret == NULL)
		abort();
	sodium_memzero(secret, bytes);
	return secret;
}

void
hash_secret_free(void *secret)
{
	sodium_free(secret);
}

/* The length first: no head and text are another head and text. */
static void
nonce_of(const struct hash_seal_keys *keys, struct span head, struct span plain,
    uint8_t nonce[HASH_NONCE_BYTES])
{
	uint8_t length[8];
	struct hash h;

	little_put(length, head.len, sizeof(length));
	hash_begin(&h, keys->nonce, HASH_NONCE_BYTES);
	hash_add(&h, (struct span){ (const char *)length, sizeof(length) });
	hash_add(&h, head);
	hash_add(&h, plain);
	hash_end(&h, nonce);
}

void
hash_seal(const struct hash_seal_keys *keys, struct span head,
    struct span plain, uint8_t *out)
{
	nonce_of(keys, head, plain, out);
	crypto_aead_xchacha20poly1305_ietf_encrypt(out + HASH_NONCE_BYTES, NULL,
	    (const unsigned char *)plain.p, plain.len,
	    (const unsigned char *)head.p, head.len, NULL, out, keys->cipher);
}

bool
hash_unseal(const struct hash_seal_keys *keys, struct span head,
    struct span sealed, uint8_t *plain)
{
	const unsigned char *bytes = (const unsigned char *)sealed.p;
	uint8_t nonce[HASH_NONCE_BYTES];

	ready();
	if (sealed.len < HASH_SEAL_BYTES ||
	    crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL,
		bytes + HASH_NONCE_BYTES, sealed.len - HASH_NONCE_BYTES,
		(const unsigned char *)head.p, head.len, bytes,
		keys->cipher) != 0)
		return false;
	/* Poly1305 alone could be made to fit two keys. */
	nonce_of(keys, head,
	    (struct span){ (const char *)plain, sealed.len - HASH_SEAL_BYTES },
	    nonce);
	return hash_equal(nonce, bytes, HASH_NONCE_BYTES);
}
