/*
 * Any text is a token of ours or none; and any bytes that we would have
 * sealed ourselves are opened without harm.
 */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "base/base32.h"
#include "policy/token.h"
#include "tests/fuzz/ring.h"

const char *const fuzz_inputs[] = {
	"tests/fuzz/corpus/token",
	NULL,
};

#define PLAIN_MAX 1024
#define HEAD_BYTES 3
#define SEALED_MAX (HEAD_BYTES + HASH_SEAL_BYTES + PLAIN_MAX)

static void
check(const struct token *t)
{
	need(t->bytes_n <= sizeof(t->bytes));
	need(memchr(t->stream, '\0', sizeof(t->stream)) != NULL);
	need((t->form == TOKEN_ONE) == (t->addr.text[0] != '\0'));
	need(t->form != TOKEN_ONE || token_is_for(t, t->addr.text));
	need(token_is_same(t, t));
	(void)token_is_for(t, "joe@example.net");
	(void)token_is_of(t, "default");
}

static void
read_text(struct span text)
{
	enum token_fault fault;
	struct token t;

	if (token_read(fuzz_ring(), text, &t, &fault))
		check(&t);
}

static void
read_sealed(const uint8_t *data, size_t size)
{
	const struct key *key = keys_signer(fuzz_ring());
	char text[BASE32_LENGTH(SEALED_MAX) + 1];
	uint8_t sealed[SEALED_MAX] = { 0x11 };

	if (size > PLAIN_MAX)
		size = PLAIN_MAX;
	memcpy(sealed + 1, key->tag, KEY_TAG_BYTES);
	hash_seal(&key->secrets->seal,
	    (struct span){ (const char *)sealed, HEAD_BYTES },
	    (struct span){ (const char *)data, size }, sealed + HEAD_BYTES);
	base32_encode(sealed, HEAD_BYTES + HASH_SEAL_BYTES + size, text);
	read_text(span_of(text));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_text((struct span){ (const char *)data, size });
	read_sealed(data, size);
	return 0;
}
