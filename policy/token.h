/*
 * token - proof that we sent a message, and to whom. Pure and thread safe:
 * nothing is stored, so that it works on every host that has the keys, years
 * later, too. The forms are described above the code.
 *
 * A token proves what we have sent, not who brings it back: whoever got the
 * message, or found it in an archive, has it. So it can speak of its own
 * recipients alone.
 */
#ifndef POLICY_TOKEN_H
#define POLICY_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/buf.h"
#include "base/limits.h"
#include "policy/keys.h"

#define TOKEN_HEADER "X-Suppressd-Id"

/* A short token and its NUL: it fits behind "bounces+" into a local part (64,
 * RFC 5321 4.5.3.1.1) and into an ENVID (38, RFC 3461 5.4). */
#define TOKEN_SHORT_TEXT 38

enum token_form {
	TOKEN_ONE = 1,   /* sealed, with the address of its one recipient */
	TOKEN_LIST = 2,  /* sealed, with a mark for each recipient */
	TOKEN_PART = 3,  /* the same, but there were more than fitted */
	TOKEN_SHORT = 4, /* open, for one recipient that somebody has to name */
	TOKEN_PATH = 5,  /* the same, with the sender: return_path.h */
	TOKEN_PATHS = 6  /* of several recipients: proves none of them */
};

/* A token that has been read. */
struct token {
	enum token_form form;
	const struct key *key;   /* that made it; NULL: TOKEN_SHORT */
	const struct keys *keys; /* the ring it was read with */
	int day;                 /* of 1970, UTC; a short one's is not proven */
	char stream[LIMIT_STREAM_TEXT]; /* "": not sealed */
	struct addr addr; /* TOKEN_ONE; of a path, the sender; else text "" */
	uint8_t bytes[LIMIT_TOKEN_BYTES * 5 / 8];
	size_t bytes_n; /* in bytes: the marks, or the open token */
};

/* Why a text is no token of ours. */
enum token_fault {
	TOKEN_NO_TOKEN, /* no such form: cut, lengthened, another thing */
	TOKEN_NO_KEY,   /* no key of ours: another site's, or removed */
	TOKEN_FORGED,   /* the tag of a key of ours, and not made with it */
};

/* Why, in a few words, behind "token: ". */
const char *token_fault_text(enum token_fault fault);

/* How many recipients fit into a header of at most so many bytes,
 * LIMIT_TOKEN_LEAST_BYTES to LIMIT_TOKEN_BYTES. */
size_t token_room(size_t max_bytes, const char *stream);

/*
 * Appends the value of the header for canonical addresses, folded. all: how
 * many recipients there are; if more than n, or than fit, the token says that
 * it does not know all. n is at least 1.
 */
void token_header(const struct key *key, int64_t now, const char *stream,
    char *const *addresses, size_t n, size_t all, size_t max_bytes,
    struct buf *out);

/* Appends the sealed form for one canonical address, in one line: for a URL.
 * It has at most 684 letters for an address that SMTP bears. */
void token_one(const struct key *key, int64_t now, const char *stream,
    const char *address, struct buf *out);

/* The short form, for one canonical address. */
void token_short(const struct key *key, int64_t now, const char *stream,
    const char *address, char out[TOKEN_SHORT_TEXT]);

/*
 * Reads one, of either case, with white space anywhere. True: it is ours, but
 * for a short one, of which only token_is_for() tells. fault is set on failure
 * only.
 */
bool token_read(const struct keys *keys, struct span text, struct token *out,
    enum token_fault *fault) MUST_CHECK;

/* Was it made for this canonical address? */
bool token_is_for(const struct token *t, const char *address);

/* Was it made for this stream? Of a short one: most likely; no path says. */
bool token_is_of(const struct token *t, const char *stream);

/* Two texts of the same token. */
bool token_is_same(const struct token *a, const struct token *b);

#endif
