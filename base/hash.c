#include "base/hash.h"

#include <ctype.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(crypto_generichash_state) <= 384, "struct hash");

/* Safe to call often and from any thread; it fails only without entropy. */
static void
ready(void)
{
	if (sodium_init() < 0)
		abort();
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
