#include "policy/token.h"

#include <string.h>

#include "base/base32.h"

/*
 * The form of a token, bytes; numbers are big-endian. As text it is base32
 * (base/base32.h) of these bytes. A day is the number of days since 1970, UTC.
 * Addresses are canonical, MACs keyed BLAKE2b. All depends on the key and on
 * what is told here, so that the same recipient, stream and day give the same
 * token.
 *
 * Sealed, for the header:
 *
 *	1   0x11, the version and form
 *	2   tag of the key (keys.h)
 *	24  nonce    } hash_seal() of the plain bytes, with the
 *	N   sealed   } first three as head
 *	16  tag of the sealing
 *
 * The plain bytes, N of them:
 *
 *	1   enum token_form
 *	2   day
 *	1   length of the stream's name, and the name
 *	2   length of what follows, and that:
 *	    TOKEN_ONE   the address
 *	    else        for each recipient a mark: the first 8 bytes of the MAC
 *of day (2 bytes), stream, NUL, address, NUL zeroes up to a multiple of 64: a
 *hidden recipient shows at most in such steps
 *
 * Short, for a local part and an ENVID:
 *
 *	1   0x12
 *	2   tag of the key
 *	2   day
 *	2   the first two bytes of the MAC of the stream's name and NUL
 *	16  MAC of the seven bytes before, the address and NUL
 */
#define SEALED 0x11
#define SHORT 0x12
#define HEAD_BYTES (1 + KEY_TAG_BYTES)
#define FIXED_BYTES 6 /* of the plain bytes, without names */
#define STEP_BYTES 64
#define MARK_BYTES 8
#define STREAM_BYTES 2
#define SHORT_HEAD_BYTES (HEAD_BYTES + 2 + STREAM_BYTES)
#define SHORT_BYTES (SHORT_HEAD_BYTES + HASH_SHORT_BYTES)
#define BYTES_MAX BASE32_BYTES(TOKEN_HEADER_BYTES_MAX)

_Static_assert(BASE32_LENGTH(SHORT_BYTES) + 1 == TOKEN_SHORT_TEXT, "short");

/* A line of the header has as many letters, and a fold is two bytes. */
#define LINE_LETTERS 72
#define FOLD "\n\t"

/* What is put together, and its length. */
struct plain {
	uint8_t bytes[BYTES_MAX];
	size_t n;
};

static struct span
span_at(const uint8_t *bytes, size_t n)
{
	return (struct span){ (const char *)bytes, n };
}

static void
put(struct plain *p, const void *bytes, size_t n)
{
	memcpy(p->bytes + p->n, bytes, n);
	p->n += n;
}

static void
put_number(struct plain *p, unsigned number, size_t bytes)
{
	while (bytes-- > 0)
		p->bytes[p->n++] = (uint8_t)(number >> 8 * bytes);
}

static unsigned
number_at(const uint8_t *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

static unsigned
day_of(int64_t now)
{
	return (unsigned)(now / (24 * 60 * 60)) & 0xFFFF;
}

static void
make_mark(const struct key *key, unsigned day, const char *stream,
    const char *address, uint8_t mark[HASH_SHORT_BYTES])
{
	const uint8_t bytes[2] = { (uint8_t)(day >> 8), (uint8_t)day };
	struct hash h;

	hash_begin(&h, key->secrets->marks, HASH_SHORT_BYTES);
	hash_add(&h, span_at(bytes, sizeof(bytes)));
	hash_add_text(&h, stream);
	hash_add_text(&h, address);
	hash_end(&h, mark);
}

/* The most plain bytes whose token fits into a header. */
static size_t
plain_room(size_t max_bytes)
{
	size_t letters = max_bytes - strlen(TOKEN_HEADER ": "), sealed;

	letters -= letters / (LINE_LETTERS + strlen(FOLD)) * strlen(FOLD);
	sealed = BASE32_BYTES(letters) - HEAD_BYTES - HASH_SEAL_BYTES;
	return sealed - sealed % STEP_BYTES;
}

size_t
token_room(size_t max_bytes, const char *stream)
{
	return (plain_room(max_bytes) - FIXED_BYTES - strlen(stream)) /
	       MARK_BYTES;
}

static void
begin_plain(struct plain *p, enum token_form form, unsigned day,
    const char *stream, size_t rest)
{
	p->n = 0;
	put_number(p, form, 1);
	put_number(p, day, 2);
	put_number(p, (unsigned)strlen(stream), 1);
	put(p, stream, strlen(stream));
	put_number(p, (unsigned)rest, 2);
}

static void
put_marks(struct plain *p, const struct key *key, unsigned day,
    const char *stream, char *const *addresses, size_t n)
{
	uint8_t mark[HASH_SHORT_BYTES];

	for (size_t i = 0; i < n; i++) {
		make_mark(key, day, stream, addresses[i], mark);
		put(p, mark, MARK_BYTES);
	}
}

static void
fold(const char *text, struct buf *out)
{
	for (size_t i = 0; text[i] != '\0'; i++) {
		if (i > 0 && i % LINE_LETTERS == 0)
			buf_add_text(out, FOLD);
		buf_add_char(out, text[i]);
	}
}

static void
seal(const struct key *key, struct plain *p, struct buf *out)
{
	uint8_t sealed[BYTES_MAX];
	char text[BASE32_LENGTH(BYTES_MAX) + 1];

	while (p->n % STEP_BYTES != 0)
		p->bytes[p->n++] = 0;
	sealed[0] = SEALED;
	memcpy(sealed + 1, key->tag, KEY_TAG_BYTES);
	hash_seal(&key->secrets->seal, span_at(sealed, HEAD_BYTES),
	    span_at(p->bytes, p->n), sealed + HEAD_BYTES);
	base32_encode(sealed, HEAD_BYTES + HASH_SEAL_BYTES + p->n, text);
	fold(text, out);
}

void
token_header(const struct key *key, int64_t now, const char *stream,
    char *const *addresses, size_t n, size_t all, size_t max_bytes,
    struct buf *out)
{
	size_t room = token_room(max_bytes, stream);
	size_t len = strlen(addresses[0]);
	unsigned day = day_of(now);
	struct plain p;

	if (all == 1 && len <= room * MARK_BYTES) {
		begin_plain(&p, TOKEN_ONE, day, stream, len);
		put(&p, addresses[0], len);
	} else {
		n = n < room ? n : room;
		begin_plain(&p, n < all ? TOKEN_PART : TOKEN_LIST, day, stream,
		    n * MARK_BYTES);
		put_marks(&p, key, day, stream, addresses, n);
	}
	seal(key, &p, out);
}

static void
make_stream(const struct key *key, const char *stream,
    uint8_t out[HASH_SHORT_BYTES])
{
	struct hash h;

	hash_begin(&h, key->secrets->stream, HASH_SHORT_BYTES);
	hash_add_text(&h, stream);
	hash_end(&h, out);
}

static void
make_short(const struct key *key, const uint8_t *head, const char *address,
    uint8_t mac[HASH_SHORT_BYTES])
{
	struct hash h;

	hash_begin(&h, key->secrets->brief, HASH_SHORT_BYTES);
	hash_add(&h, span_at(head, SHORT_HEAD_BYTES));
	hash_add_text(&h, address);
	hash_end(&h, mac);
}

void
token_short(const struct key *key, int64_t now, const char *stream,
    const char *address, char out[TOKEN_SHORT_TEXT])
{
	uint8_t mac[HASH_SHORT_BYTES];
	struct plain p = { .n = 0 };

	put_number(&p, SHORT, 1);
	put(&p, key->tag, KEY_TAG_BYTES);
	put_number(&p, day_of(now), 2);
	make_stream(key, stream, mac);
	put(&p, mac, STREAM_BYTES);
	make_short(key, p.bytes, address, mac);
	put(&p, mac, HASH_SHORT_BYTES);
	base32_encode(p.bytes, p.n, out);
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
	(void)span_copy(span_at(p + 4, stream), out->stream,
	    sizeof(out->stream));
	out->bytes_n = out->form == TOKEN_ONE ? 0 : rest;
	memcpy(out->bytes, p + FIXED_BYTES + stream, out->bytes_n);
	address = span_at(p + FIXED_BYTES + stream, rest);
	if (out->form == TOKEN_ONE)
		return addr_parse(address, &out->addr, &ignored);
	return (out->form == TOKEN_LIST || out->form == TOKEN_PART) &&
	       rest % MARK_BYTES == 0;
}

/* The next key of the ring with a tag, from *i on; NULL: no more. */
static const struct key *
next_key(const struct keys *keys, const char *tag, size_t *i)
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
	while ((out->key = next_key(keys, bytes.p + 1, &i)) != NULL) {
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
	return next_key(keys, bytes.p + 1, &i) != NULL;
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
		return read_short(keys, span_at(bytes, n), out, fault);
	if (bytes[0] == SEALED && n >= HEAD_BYTES + HASH_SEAL_BYTES)
		return read_sealed(keys, span_at(bytes, n), out, fault);
	return false;
}

/* Looks at all of them, whichever it is. */
static bool
has_mark(const struct token *t, const char *address)
{
	uint8_t mark[HASH_SHORT_BYTES];
	bool found = false;

	make_mark(t->key, (unsigned)t->day, t->stream, address, mark);
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

	while (
	    (k = next_key(t->keys, (const char *)t->bytes + 1, &i)) != NULL) {
		make_short(k, t->bytes, address, mac);
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
	return t->form == TOKEN_SHORT ? is_short_for(t, address)
				      : has_mark(t, address);
}

bool
token_is_of(const struct token *t, const char *stream)
{
	uint8_t mac[HASH_SHORT_BYTES];
	const struct key *k;
	size_t i = 0;

	if (t->form != TOKEN_SHORT)
		return strcmp(t->stream, stream) == 0;
	while (
	    (k = next_key(t->keys, (const char *)t->bytes + 1, &i)) != NULL) {
		make_stream(k, stream, mac);
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
