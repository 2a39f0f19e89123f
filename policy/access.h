/*
 * access - API tokens: which program may ask suppressd-web, and for what.
 *
 * A directory (web.tokens) has one file a token, NAME.token. A NAME is 1 to
 * 32 letters, digits, "-" and "_"; it is the actor of what the program
 * changes. A file:
 *
 *	suppressd-api-token 1
 *	scope write
 *	made 2026-11-26T13:00:00Z
 *	expires 2027-11-26T13:00:00Z
 *	hash 64 hexadecimal digits
 *
 * without the line "expires" for one that does not. The token itself,
 * "suppressd.NAME.SECRET" with 160 random bits, is told once and kept
 * nowhere: the file has its BLAKE2b-256. To remove the file is to revoke it,
 * from the next request on.
 */
#ifndef POLICY_ACCESS_H
#define POLICY_ACCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "base/attr.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/names.h"

/* Each may do what those before it may. */
enum access_scope {
	ACCESS_NONE, /* what needs no token */
	ACCESS_READ,
	ACCESS_WRITE,
	ACCESS_ADMIN,
};
extern const struct name access_scope_names[]; /* read write admin */

/* A token as text, with its NUL. */
#define ACCESS_TEXT (sizeof("suppressd..") + LIMIT_KEY_ID_TEXT + 32)

struct access_token {
	char name[LIMIT_KEY_ID_TEXT];
	enum access_scope scope;
	int64_t made;
	int64_t expires; /* 0: never */
	uint8_t hash[HASH_LONG_BYTES];
	/* The file that it was read from; changed is 0 where it was so young
	 * that it could change again and look the same. */
	dev_t device;
	ino_t inode;
	struct timespec changed;
};

/*
 * Makes one of t's name, scope, made and expires, and its file; the
 * directory, too, where there is none. group: who may read it, or -1.
 * ERROR_INVALID: no name, a name of ours, or taken.
 */
bool access_make(const char *dir, const struct access_token *t, int group,
    char text[ACCESS_TEXT], struct error *err) MUST_CHECK;

/* ERROR_INVALID: there is none of that name. */
bool access_revoke(const char *dir, const char *name,
    struct error *err) MUST_CHECK;

/* All, by name. A directory that does not exist has none. */
typedef void access_fn(const struct access_token *t, void *arg);
bool access_list(const char *dir, access_fn *fn, void *arg,
    struct error *err) MUST_CHECK;

/*
 * *found: is text one that has not expired? Reads one file. False: can't
 * tell.
 */
bool access_check(const char *dir, struct span text, int64_t now,
    struct access_token *out, bool *found, struct error *err) MUST_CHECK;

/*
 * Would access_check() find t, which it has given, again for text? By its file
 * that is not read, only looked at. False: not, or can't tell: ask it.
 */
bool access_again(const char *dir, const struct access_token *t,
    struct span text, int64_t now) MUST_CHECK;

/* *found: does t, which access_check() has given, still hold? It may have
 * been revoked, also if there is a new one of that name. */
bool access_holds(const char *dir, const struct access_token *t, int64_t now,
    bool *found, struct error *err) MUST_CHECK;

#endif
