/*
 * hide_impl - what the files of hide share.
 */
#ifndef DB_HIDE_IMPL_H
#define DB_HIDE_IMPL_H

#include "db/hide.h"

struct needle {
	char *text; /* heap */
	char *json; /* the same as JSON has it, heap */
};

struct hide {
	bool all;
	struct value value;
	char hex[2 * VALUE_HASH_BYTES + 1];
	struct needle needles[HIDE_TEXTS];
	size_t n;
};

/* What the bytes are. */
enum form {
	FORM_TEXT,  /* as people read it */
	FORM_JSON,  /* as JSON has it */
	FORM_WHOLE, /* the same, and nothing of it stays */
};

/* hide_words.c */

/* The first place of the needle from `from` on, or len. */
size_t hide_find(const struct hide *h, const char *needle, enum form form,
    const char *bytes, size_t from, size_t len);

/*
 * A "*" for each character; false: nothing of it was there any more. What JSON
 * escapes does not become more than it was where it is read, since its text has
 * a limit: quotes and the like stay, but with FORM_WHOLE.
 */
bool hide_fill(enum form form, char *bytes, size_t len);

/* Wherever the needle is. */
bool hide_needle(const struct hide *h, const char *needle, enum form form,
    char *bytes, size_t len);

/* Every word with an "@" in it. */
bool hide_addresses(enum form form, char *bytes, size_t len);

#endif
