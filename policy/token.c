#include "policy/token.h"

#include <string.h>

#include "base/clock.h"
#include "policy/token_impl.h"

_Static_assert(BASE32_LENGTH(SHORT_BYTES) + 1 == TOKEN_SHORT_TEXT, "short");

/* A line of the header has as many letters, and a fold is two bytes. */
#define LINE_LETTERS 72
#define FOLD "\n\t"

/* What is put together, and its length. */
struct plain {
	uint8_t bytes[BYTES_MAX];
	size_t n;
};

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

unsigned
token_day(int64_t now)
{
	return (unsigned)(now / CLOCK_DAY_S) & 0xFFFF;
}

/* What the marks of all recipients begin with. */
static void
begin_marks(struct hash *h, const struct key *key, unsigned day,
    const char *stream)
{
	const uint8_t bytes[2] = { (uint8_t)(day >> 8), (uint8_t)day };

	hash_begin(h, NULL, HASH_SHORT_BYTES);
	hash_add(h, token_span(key->secrets->marks, HASH_KEY_BYTES));
	hash_add(h, token_span(bytes, sizeof(bytes)));
	hash_add_text(h, stream);
}

void
token_mark(const struct key *key, unsigned day, const char *stream,
    const char *address, uint8_t mark[HASH_SHORT_BYTES])
{
	struct hash h;

	begin_marks(&h, key, day, stream);
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
	struct hash begun, h;

	begin_marks(&begun, key, day, stream);
	for (size_t i = 0; i < n; i++) {
		h = begun;
		hash_add_text(&h, addresses[i]);
		hash_end(&h, mark);
		put(p, mark, MARK_BYTES);
	}
	hash_wipe(&begun, sizeof(begun));
}

/* letters of a line; 0: one line. */
static void
fold(const char *text, size_t letters, struct buf *out)
{
	for (size_t i = 0; text[i] != '\0'; i++) {
		if (letters > 0 && i > 0 && i % letters == 0)
			buf_add_text(out, FOLD);
		buf_add_char(out, text[i]);
	}
}

static void
seal(const struct key *key, struct plain *p, size_t letters, struct buf *out)
{
	uint8_t sealed[BYTES_MAX];
	char text[BASE32_LENGTH(BYTES_MAX) + 1];

	while (p->n % STEP_BYTES != 0)
		p->bytes[p->n++] = 0;
	sealed[0] = SEALED;
	memcpy(sealed + 1, key->tag, KEY_TAG_BYTES);
	hash_seal(&key->secrets->seal, token_span(sealed, HEAD_BYTES),
	    token_span(p->bytes, p->n), sealed + HEAD_BYTES);
	base32_encode(sealed, HEAD_BYTES + HASH_SEAL_BYTES + p->n, text);
	fold(text, letters, out);
}

static void
put_one(struct plain *p, unsigned day, const char *stream, const char *address)
{
	begin_plain(p, TOKEN_ONE, day, stream, strlen(address));
	put(p, address, strlen(address));
}

void
token_one(const struct key *key, int64_t now, const char *stream,
    const char *address, struct buf *out)
{
	struct plain p;

	put_one(&p, token_day(now), stream, address);
	seal(key, &p, 0, out);
}

void
token_header(const struct key *key, int64_t now, const char *stream,
    char *const *addresses, size_t n, size_t all, size_t max_bytes,
    struct buf *out)
{
	size_t room = token_room(max_bytes, stream);
	size_t len = strlen(addresses[0]);
	unsigned day = token_day(now);
	struct plain p;

	if (all == 1 && len <= room * MARK_BYTES) {
		put_one(&p, day, stream, addresses[0]);
	} else {
		n = n < room ? n : room;
		begin_plain(&p, n < all ? TOKEN_PART : TOKEN_LIST, day, stream,
		    n * MARK_BYTES);
		put_marks(&p, key, day, stream, addresses, n);
	}
	seal(key, &p, LINE_LETTERS, out);
}

void
token_stream(const struct key *key, const char *stream,
    uint8_t out[HASH_SHORT_BYTES])
{
	struct hash h;

	hash_begin(&h, key->secrets->stream, HASH_SHORT_BYTES);
	hash_add_text(&h, stream);
	hash_end(&h, out);
}

void
token_brief(const struct key *key, const uint8_t *head, const char *address,
    uint8_t mac[HASH_SHORT_BYTES])
{
	struct hash h;

	hash_begin(&h, key->secrets->brief, HASH_SHORT_BYTES);
	hash_add(&h, token_span(head, SHORT_HEAD_BYTES));
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
	put_number(&p, token_day(now), 2);
	token_stream(key, stream, mac);
	put(&p, mac, STREAM_BYTES);
	token_brief(key, p.bytes, address, mac);
	put(&p, mac, HASH_SHORT_BYTES);
	base32_encode(p.bytes, p.n, out);
}
