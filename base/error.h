/*
 * error - the one way in which a function says why it failed.
 *
 * What can fail returns bool (a constructor: pointer or NULL) and takes a
 * struct error last, never NULL. It is written on failure only.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include "base/attr.h"

enum error_code {
	ERROR_NONE,
	ERROR_INVALID,   /* the input is wrong: the text says where and how */
	ERROR_LIMIT,     /* the input is larger than we accept */
	ERROR_REFUSED,   /* understood, but not allowed that way */
	ERROR_BUSY,      /* somebody else holds it; later may be fine */
	ERROR_CORRUPT,   /* what is on disk is not what we wrote */
	ERROR_TEMPORARY, /* cannot tell now; later may be fine */
	ERROR_IO,        /* the system failed: the text has errno's words */
};

struct error {
	enum error_code code;
	char text[256];
};

/* Sets code and text; a text that is too long is cut at a character. */
void error_set(struct error *err, enum error_code code, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* As error_set() with ERROR_IO, and ": strerror(errno)" behind it. */
void error_errno(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* Puts words and ": " before the text, for the caller's context. */
void error_prefix(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
