/*
 * token_impl - what the makers (token.c) and the readers (token_read.c) of
 * tokens share.
 */
#ifndef POLICY_TOKEN_IMPL_H
#define POLICY_TOKEN_IMPL_H

#include "base/base32.h"
#include "policy/token.h"

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
 *	    else        for each recipient a mark of 8 bytes
 *	    and zeroes up to a multiple of 64, so that a hidden recipient
 *	    shows at most in such steps
 *
 * A mark is the first 8 bytes of the BLAKE2b, of 16, of the key (32 bytes),
 * day (2 bytes), stream, NUL, address, NUL. The key stands in front rather
 * than where BLAKE2b has a place for one: that would be a block of its own for
 * each recipient, and twice the time; BLAKE2b cannot be made longer, so that a
 * key of fixed length is as good there.
 *
 * Short, for a local part and an ENVID:
 *
 *	1   0x12
 *	2   tag of the key
 *	2   day
 *	2   the first two bytes of the MAC of the stream's name and NUL
 *	16  MAC of the seven bytes before, the address and NUL
 *
 * Of a return path, open, as short as can be, for what stands behind it in the
 * local part is the sender (return_path.h). To find out a MAC takes a mail for
 * each guess:
 *
 *	1   0x13; 0x14: there are several recipients
 *	2   tag of the key
 *	2   day
 *	5   the first of the MAC of the five bytes before, the sender and NUL
 *	8   for one recipient: the first of the MAC of the same, the recipient
 *	    and NUL
 *
 * The text is that of one token, "+" and the sender, as user=domain. The
 * domain is left out if it is that of the return path (user), or the one above
 * (user=), unless the user has a "=".
 */
#define SEALED 0x11
#define SHORT 0x12
#define PATH 0x13
#define PATHS 0x14
#define HEAD_BYTES (1 + KEY_TAG_BYTES)
#define FIXED_BYTES 6 /* of the plain bytes, without names */
#define STEP_BYTES 64
#define MARK_BYTES 8
#define STREAM_BYTES 2
#define SHORT_HEAD_BYTES (HEAD_BYTES + 2 + STREAM_BYTES)
#define SHORT_BYTES (SHORT_HEAD_BYTES + HASH_SHORT_BYTES)
#define PATH_HEAD_BYTES (HEAD_BYTES + 2)
#define PATH_SENDER_BYTES 5
#define PATHS_BYTES (PATH_HEAD_BYTES + PATH_SENDER_BYTES)
#define PATH_BYTES (PATHS_BYTES + MARK_BYTES)
#define BYTES_MAX BASE32_BYTES(LIMIT_TOKEN_BYTES)

static inline struct span
token_span(const uint8_t *bytes, size_t n)
{
	return (struct span){ (const char *)bytes, n };
}

/* The day of a time, as tokens have it. */
unsigned token_day(int64_t now);

/* The next key of the ring with a tag, from *i on; NULL: no more. */
const struct key *token_next_key(const struct keys *keys, const char *tag,
    size_t *i);

/* token_is_for() of a TOKEN_PATH (return_path.c). */
bool token_is_path_for(const struct token *t, const char *address);

/* The three MACs of the form. head: SHORT_HEAD_BYTES. */
void token_mark(const struct key *key, unsigned day, const char *stream,
    const char *address, uint8_t mac[HASH_SHORT_BYTES]);
void token_stream(const struct key *key, const char *stream,
    uint8_t mac[HASH_SHORT_BYTES]);
void token_brief(const struct key *key, const uint8_t *head,
    const char *address, uint8_t mac[HASH_SHORT_BYTES]);

#endif
