#include "tests/unit/unit.h"

#include <string.h>

#include "base/hash.h"
#include "tests/unit/exact.h"

/* BLAKE2b (RFC 7693); the values are from Python's hashlib. */
static const struct {
	const char *pieces[3];
	bool keyed; /* with the bytes 0 to 31 */
	size_t out_bytes;
	const char *want;
} hashes[] = {
	{ { "" }, false, HASH_SHORT_BYTES, "cae66941d9efbd404e4d88758ea67670" },
	{ { "abc" }, false, HASH_SHORT_BYTES,
	    "cf4ab791c62b8d2b2109c90275287816" },
	{ { "a", "bc" }, false, HASH_SHORT_BYTES,
	    "cf4ab791c62b8d2b2109c90275287816" },
	{ { "abc" }, false, HASH_LONG_BYTES,
	    "bddd813c634239723171ef3fee98579b"
	    "94964e3bb1cb3e427262c8c068d52319" },
	{ { "abc" }, true, HASH_SHORT_BYTES,
	    "1a64be47e4729d951c302ee543f97cf3" },
	{ { "a", "b", "c" }, true, HASH_LONG_BYTES,
	    "d63a32d3e44738d7907f964316c241ad"
	    "aba0abfeabc32349677578a15a203f7f" },
};

START_TEST(hashes_bytes)
{
	uint8_t key[HASH_KEY_BYTES], out[HASH_LONG_BYTES];
	char text[2 * HASH_LONG_BYTES + 1];
	struct hash h;

	for (size_t i = 0; i < sizeof(key); i++)
		key[i] = (uint8_t)i;
	hash_begin(&h, hashes[_i].keyed ? key : NULL, hashes[_i].out_bytes);
	for (size_t i = 0; i < 3 && hashes[_i].pieces[i] != NULL; i++) {
		struct span piece = exact(hashes[_i].pieces[i]);

		hash_add(&h, piece);
		exact_free(piece);
	}
	hash_end(&h, out);
	hash_hex(out, hashes[_i].out_bytes, text);
	ck_assert_str_eq(text, hashes[_i].want);
}
END_TEST

START_TEST(hashes_at_once)
{
	uint8_t key[HASH_KEY_BYTES], out[HASH_SHORT_BYTES];
	char text[2 * HASH_SHORT_BYTES + 1];

	for (size_t i = 0; i < sizeof(key); i++)
		key[i] = (uint8_t)i;
	hash_once(key, span_of("abc"), out, sizeof(out));
	hash_hex(out, sizeof(out), text);
	ck_assert_str_eq(text, "1a64be47e4729d951c302ee543f97cf3");
}
END_TEST

/* Texts are told apart by their ends. */
START_TEST(hashes_texts)
{
	uint8_t out[HASH_SHORT_BYTES];
	char text[2 * HASH_SHORT_BYTES + 1];
	struct hash h;

	hash_begin(&h, NULL, HASH_SHORT_BYTES);
	hash_add_text(&h, "ab");
	hash_add_text(&h, "c");
	hash_end(&h, out);
	hash_hex(out, sizeof(out), text);
	/* of "ab", NUL, "c", NUL */
	ck_assert_str_eq(text, "7b6f2bde11e2d1efa0012bb51d07b455");
}
END_TEST

static const struct {
	const char *in;
	bool ok;
} digits[] = {
	{ "00fFA5", true },
	{ "00ffa5", true },
	{ "00ffa", false },
	{ "00ffa55", false },
	{ "00ffag", false },
	{ "00ff a", false },
	{ "g0ffa5", false },
	{ "0x00ff", false },
	{ "", false },
};

START_TEST(reads_hex)
{
	uint8_t out[3] = { 1, 2, 3 };
	struct span in = exact(digits[_i].in);
	bool ok = hash_unhex(in, out, sizeof(out));

	exact_free(in);
	ck_assert(ok == digits[_i].ok);
	/* Nothing is written on failure. */
	ck_assert_mem_eq(out, ok ? "\x00\xFF\xA5" : "\x01\x02\x03", 3);
}
END_TEST

START_TEST(is_random)
{
	uint8_t a[32] = { 0 }, b[32] = { 0 };

	hash_random(a, sizeof(a));
	ck_assert_mem_ne(a, b, sizeof(a));
	hash_random(b, sizeof(b));
	ck_assert_mem_ne(a, b, sizeof(a));
}
END_TEST

static void
count_up(void *to, size_t n)
{
	uint8_t *bytes = to;

	for (size_t i = 0; i < n; i++)
		bytes[i] = (uint8_t)i;
}

/* BLAKE2b with salt and personalisation; the values are from hashlib. */
START_TEST(derives_keys)
{
	uint8_t key[HASH_KEY_BYTES], out[HASH_KEY_BYTES];
	char text[2 * HASH_KEY_BYTES + 1];

	count_up(key, sizeof(key));
	hash_derive(key, "contexts", 7, out);
	hash_hex(out, sizeof(out), text);
	ck_assert_str_eq(text, "bcd06d4989e5c658d55501247329f93c"
			       "0bf9e01167a24db9b474eb50080c79f9");
	hash_derive(key, "contexts", 8, key);
	ck_assert_mem_ne(key, out, sizeof(out));
}
END_TEST

#define HEAD "head"
#define PLAIN "plain text"
#define SEALED_BYTES (HASH_SEAL_BYTES + sizeof(PLAIN) - 1)

/* draft-irtf-cfrg-xchacha; the value is from tests/unit/token_vectors.py,
 * whose cipher gives the vector of the draft's A.3.1. */
START_TEST(seals)
{
	uint8_t sealed[SEALED_BYTES], plain[sizeof(PLAIN)];
	char text[2 * SEALED_BYTES + 1];
	struct hash_seal_keys keys;
	struct span whole = { (const char *)sealed, sizeof(sealed) };

	count_up(&keys, sizeof(keys));
	hash_seal(&keys, span_of(HEAD), span_of(PLAIN), sealed);
	hash_hex(sealed, sizeof(sealed), text);
	ck_assert_str_eq(text,
	    "b7a62fe0163795060cf6a66e3cae81cf91019d42e132adde"
	    "f4745c8999b51d1b45d29bd3c542881c9545847395bcb934bd33");
	ck_assert(hash_unseal(&keys, span_of(HEAD), whole, plain));
	ck_assert_mem_eq(plain, PLAIN, sizeof(PLAIN) - 1);
	ck_assert(!hash_unseal(&keys, span_of("Head"), whole, plain));
	ck_assert(!hash_unseal(&keys, span_of(""), whole, plain));
	for (size_t i = 0; i < sizeof(sealed); i++) {
		sealed[i] ^= 1;
		ck_assert(!hash_unseal(&keys, span_of(HEAD), whole, plain));
		sealed[i] ^= 1;
		whole.len = i;
		ck_assert(!hash_unseal(&keys, span_of(HEAD), whole, plain));
		whole.len = sizeof(sealed);
	}
	/* The nonce has to be that of the text, too. */
	keys.nonce[0] ^= 1;
	ck_assert(!hash_unseal(&keys, span_of(HEAD), whole, plain));
}
END_TEST

START_TEST(keeps_secrets)
{
	static const uint8_t zeros[64];
	uint8_t *secret = hash_secret_new(64);

	ck_assert(hash_equal(secret, zeros, 64));
	secret[63] = 1;
	ck_assert(!hash_equal(secret, zeros, 64));
	ck_assert(hash_equal(secret, zeros, 63));
	hash_wipe(secret, 64);
	ck_assert_mem_eq(secret, zeros, 64);
	hash_secret_free(secret);
	hash_secret_free(NULL);
}
END_TEST

/* FNV-1a with 64 bits; the values are from its authors' test vectors. */
static const struct {
	const char *in;
	uint64_t want;
} quick[] = {
	{ "", UINT64_C(0xcbf29ce484222325) },
	{ "a", UINT64_C(0xaf63dc4c8601ec8c) },
	{ "foobar", UINT64_C(0x85944171f73967e8) },
};

START_TEST(is_quick)
{
	ck_assert(hash_quick(quick[_i].in) == quick[_i].want);
}
END_TEST

static Suite *
hash_suite(void)
{
	Suite *s = suite_create("hash");
	TCase *t = tcase_create("hash");

	tcase_add_loop_test(t, hashes_bytes, 0, ARRAY_LEN(hashes));
	tcase_add_test(t, hashes_at_once);
	tcase_add_test(t, hashes_texts);
	tcase_add_loop_test(t, reads_hex, 0, ARRAY_LEN(digits));
	tcase_add_test(t, is_random);
	tcase_add_loop_test(t, is_quick, 0, ARRAY_LEN(quick));
	tcase_add_test(t, derives_keys);
	tcase_add_test(t, seals);
	tcase_add_test(t, keeps_secrets);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(hash_suite)
