/*
 * names - tables that give numbers their words and back.
 * A table ends with { 0, NULL }.
 */
#ifndef BASE_NAMES_H
#define BASE_NAMES_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/span.h"

struct name {
	int number;
	const char *text;
};

/* The word of a number; "?" if the table does not have it. */
const char *names_text(const struct name *table, int number);

/* Is this the word of the number? */
bool names_is(const struct name *table, int number, const char *word);

/* The number of a word (exact); false if the table does not have it. */
bool names_number(const struct name *table, struct span word, int *number);

/* The same for what somebody gave; ERROR_INVALID names all that there are. */
bool names_read(const struct name *table, const char *text, int *number,
    struct error *err) MUST_CHECK;

/* Appends all words, "a, b or c", for error texts. */
void names_list(const struct name *table, struct buf *out);

#endif
