/*
 * erase_impl - what the files of erase share.
 */
#ifndef DB_ERASE_IMPL_H
#define DB_ERASE_IMPL_H

#include "db/erase.h"
#include "db/hide.h"
#include "db/store_impl.h"

struct erasing {
	struct store *st;
	const struct erase_order *order; /* NULL: all values */
	uint8_t hash[VALUE_HASH_BYTES];
	struct hide *hide;
	erase_fn *tell;
	void *arg;
	struct erasure *out;
};

/* erase.c: takes up what was begun by somebody who did not get to the end.
 * The erase lock is held. */
bool erase_finish(struct store *st, struct error *err) MUST_CHECK;

/* erase_mark.c: a line of `erasing`, with its LF, and back, without. False: it
 * is none. */
void erase_mark_line(const struct erase_order *order, const char *text,
    struct buf *out);
bool erase_mark_read(struct span line, struct erase_order *out) MUST_CHECK;

/* erase_files.c: takes the text out of all files of the store. Again, too:
 * what has none of it is left alone. */
bool erase_everywhere(struct erasing *e, struct error *err) MUST_CHECK;

#endif
