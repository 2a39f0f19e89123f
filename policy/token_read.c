#include <string.h>

#include "policy/token_impl.h"

const char *
token_fault_text(enum token_fault fault)
{
	static const char *const texts[] = {
		[TOKEN_NO_TOKEN] = "it is cut, changed or no token",
		[TOKEN_NO_KEY] = "none of our keys has made it",
		[TOKEN_FORGED] = "it is forged or changed",
	};

	return texts[fault];
}

static unsigned
number_at(const uint8_t *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

/* Takes the plain bytes apart. They are our own, and yet looked at. */
static bool
open_plain(const uint8_t *p, size_t n, struct token *out)
{
	struct span address;
	struct error ignored;
	size_t stream, rest;

	stream = n > FIXED_BYTES ? p[3] : n;
	if (stream >= sizeof(out->stream) || stream + FIXED_BYTES > n)
		return false;
	rest = number_at(p + 4 + stream);
	if (rest > n - stream - FIXED_BYTES)
		return false;
	out->form = (enum token_form)p[0];
	out->day = (int)number_at(p + 1);
	(void)span_copy(token_span(p + 4, stream), out->stream,
	    sizeof(out->stream));
	out->bytes_n = out->form == TOKEN_ONE ? 0 : rest;
	memcpy(out->bytes, p + FIXED_BYTES + stream, out->bytes_n);
	address = token_span(p + FIXED_BYTES + stream, rest);
	if (out->form == TOKEN_ONE)
		return addr_parse(address, &out->addr, &ignored);
	return (out->form == TOKEN_LIST || out->form == TOKEN_PART) &&
	       rest % MARK_BYTES == 0;
}

const struct key *
token_next_key(const struct keys *keys, const char *tag, size_t *i)
{
	const struct key *k;

	while ((k = keys_at(keys, (*i)++)) != NULL)
		if (memcmp(k->tag, tag, KEY_TAG_BYTES) == 0)
			return k;
	return NULL;
}

static bool
read_sealed(const struct keys *keys, struct span bytes, struct token *out,
    enum token_fault *fault)
{
	const struct span head = { bytes.p, HEAD_BYTES };
	const struct span sealed = { bytes.p + HEAD_BYTES,
		bytes.len - HEAD_BYTES };
	size_t plain_n = sealed.len - HASH_SEAL_BYTES, i = 0;
	uint8_t plain[BYTES_MAX];

	*fault = TOKEN_NO_KEY;
	while ((out->key = token_next_key(keys, bytes.p + 1, &i)) != NULL) {
		*fault = TOKEN_FORGED;
		if (hash_unseal(&out->key->secrets->seal, head, sealed, plain))
			return open_plain(plain, plain_n, out);
	}
	return false;
}

/* Whether it is ours shows when somebody names the address. */
static bool
read_short(const struct keys *keys, struct span bytes, struct token *out,
    enum token_fault *fault)
{
	size_t i = 0;

	*fault = TOKEN_NO_KEY;
	out->form = TOKEN_SHORT;
	out->bytes_n = bytes.len;
	memcpy(out->bytes, bytes.p, bytes.len);
	out->day = (int)number_at(out->bytes + HEAD_BYTES);
	return token_next_key(keys, bytes.p + 1, &i) != NULL;
}

static bool
decode(struct span text, uint8_t *bytes, size_t *n)
{
	char letters[BASE32_LENGTH(BYTES_MAX)];
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (strchr(" \t\r\n", text.p[i]) != NULL && text.p[i] != '\0')
			continue;
		if (len == sizeof(letters))
			return false;
		letters[len++] = text.p[i];
	}
	return base32_decode((struct span){ letters, len }, bytes, BYTES_MAX,
	    n);
}

bool
token_read(const struct keys *keys, struct span text, struct token *out,
    enum token_fault *fault)
{
	uint8_t bytes[BYTES_MAX];
	size_t n;

	*fault = TOKEN_NO_TOKEN;
	memset(out, 0, offsetof(struct token, bytes));
	out->bytes_n = 0;
	out->keys = keys;
	if (!decode(text, bytes, &n) || n == 0)
		return false;
	if (bytes[0] == SHORT && n == SHORT_BYTES)
		return read_short(keys, token_span(bytes, n), out, fault);
	if (bytes[0] == SEALED && n >= HEAD_BYTES + HASH_SEAL_BYTES)
		return read_sealed(keys, token_span(bytes, n), out, fault);
	return false;
}

/* Looks at all of them, whichever it is. */
static bool
has_mark(const struct token *t, const char *address)
{
	uint8_t mark[HASH_SHORT_BYTES];
	bool found = false;

	token_mark(t->key, (unsigned)t->day, t->stream, address, mark);
	for (size_t i = 0; i < t->bytes_n; i += MARK_BYTES)
		if (hash_equal(mark, t->bytes + i, MARK_BYTES))
			found = true;
	return found;
}

static bool
is_short_for(const struct token *t, const char *address)
{
	uint8_t mac[HASH_SHORT_BYTES];
	const struct key *k;
	size_t i = 0;

	while ((k = token_next_key(t->keys, (const char *)t->bytes + 1, &i)) !=
	       NULL) {
		token_brief(k, t->bytes, address, mac);
		if (hash_equal(mac, t->bytes + SHORT_HEAD_BYTES, sizeof(mac)))
			return true;
	}
	return false;
}

bool
token_is_for(const struct token *t, const char *address)
{
	if (t->form == TOKEN_ONE)
		return strcmp(t->addr.text, address) == 0;
	if (t->form == TOKEN_SHORT)
		return is_short_for(t, address);
	if (t->form == TOKEN_PATH)
		return token_is_path_for(t, address);
	return t->form != TOKEN_PATHS && has_mark(t, address);
}

bool
token_is_of(const struct token *t, const char *stream)
{
	uint8_t mac[HASH_SHORT_BYTES];
	const struct key *k;
	size_t i = 0;

	if (t->form != TOKEN_SHORT)
		return strcmp(t->stream, stream) == 0;
	while ((k = token_next_key(t->keys, (const char *)t->bytes + 1, &i)) !=
	       NULL) {
		token_stream(k, stream, mac);
		if (hash_equal(mac, t->bytes + HEAD_BYTES + 2, STREAM_BYTES))
			return true;
	}
	return false;
}

bool
token_is_same(const struct token *a, const struct token *b)
{
	return a->form == b->form && a->key == b->key && a->day == b->day &&
	       strcmp(a->stream, b->stream) == 0 &&
	       strcmp(a->addr.text, b->addr.text) == 0 &&
	       a->bytes_n == b->bytes_n &&
	       memcmp(a->bytes, b->bytes, a->bytes_n) == 0;
}
