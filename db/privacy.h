/*
 * privacy - a store that keeps no text of values: "hashed". Journal and
 * refusals have keyed hashes in its place (base/value.h), as for each value
 * that was erased; in the words of people, what looks like an address is not
 * kept either. There is no way back, since nobody has the text.
 *
 *	privacy		a word, "converting" or "hashed"; not there: "plain"
 *
 * While it is converted the old text is still there; what is new has none.
 */
#ifndef DB_PRIVACY_H
#define DB_PRIVACY_H

#include "db/erase.h"

enum privacy { PRIVACY_PLAIN, PRIVACY_CONVERTING, PRIVACY_HASHED };

extern const struct name privacy_names[]; /* plain converting hashed */

/* As it is now, also where another process has just changed it. */
bool store_privacy(struct store *st, enum privacy *out,
    struct error *err) MUST_CHECK;

/*
 * Takes the text of all values out of the store, for good; through the daemon
 * where there is one. Lookups and changes go on. What was interrupted goes on
 * when it is called again; true: it is done, also where it was before.
 */
bool store_hash_all(struct store *st, erase_fn *tell, void *arg,
    struct erasure *out, struct error *err) MUST_CHECK;

#endif
