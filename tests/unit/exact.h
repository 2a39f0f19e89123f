/*
 * exact - a copy of an input in a heap block of just its size: ASan then
 * sees each byte that is read behind its end.
 */
#ifndef TESTS_UNIT_EXACT_H
#define TESTS_UNIT_EXACT_H

#include <stdlib.h>
#include <string.h>

#include "base/span.h"

/* The caller frees it: exact_free(). */
static inline struct span
exact_bytes(const char *bytes, size_t len)
{
	char *copy = malloc(len);

	if (copy == NULL && len > 0)
		abort();
	if (len > 0)
		memcpy(copy, bytes, len);
	return (struct span){ copy, len };
}

static inline struct span
exact(const char *text)
{
	return exact_bytes(text, strlen(text));
}

static inline void
exact_free(struct span s)
{
	free((char *)s.p);
}

#endif
