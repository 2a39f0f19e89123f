/*
 * return_path - the envelope sender that our mail leaves with, so that what
 * comes back to it brings its proof along and finds its way: an address of
 * ours with a token and the sender that the mail had,
 *
 *	bounces+TOKEN+news=example.com@bounces.example.com
 *
 * as BATV does it. Nothing is stored. The token proves the sender, and the
 * recipient, if there was only one: whoever got a mail to several could else
 * bounce for all of them. Pure and thread safe.
 */
#ifndef POLICY_RETURN_PATH_H
#define POLICY_RETURN_PATH_H

#include "policy/token.h"

/*
 * base: of a stream (conf.h), without a plus. recipient: canonical; NULL: there
 * are several. spare: bytes of the local part to be left for what XVERP puts
 * behind it. False: the address would be longer than RFC 5321 4.5.3.1 has it,
 * or the sender has characters that not every mailer takes there; out is not
 * set.
 */
bool return_path_make(const struct key *key, int64_t now,
    const struct addr *base, const struct addr *sender, const char *recipient,
    size_t spare, char out[LIMIT_VALUE_TEXT]) MUST_CHECK;

/*
 * True: we have made it for the sender in out->addr, whose spelling is the
 * one that came; its form is TOKEN_PATH or TOKEN_PATHS, and of the former
 * token_is_for() tells. fault is set on failure only; TOKEN_NO_TOKEN: it is
 * another address.
 */
bool return_path_read(const struct keys *keys, const struct addr *a,
    struct token *out, enum token_fault *fault) MUST_CHECK;

#endif
