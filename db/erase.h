/*
 * erase - takes the text of one person's value out of the store: journal,
 * refusals, quarantine. What suppresses it stays and is found by its hash.
 *
 *	erasing		the text, while that goes on: a writer that finds it
 *			goes on with it. Mode 0600
 *
 * In order: the text is noted in `erasing`; an event says who erased it and
 * why, and from then on no event and no refusal has the text (record.h);
 * whatever has it is replaced, a file at a time, by one without it; `erasing`
 * is removed.
 */
#ifndef DB_ERASE_H
#define DB_ERASE_H

#include "db/store.h"

struct erasure {
	uint64_t events;   /* lines of the journal that had the text */
	uint64_t refusals; /* the same of the refusals */
	uint64_t files;    /* and files of the quarantine */
};

/* Told how many of the files are done, of how many. May be NULL. */
typedef void erase_fn(uint64_t done, uint64_t total, void *arg);

/*
 * Erases the value for `by`, because of `why`; through the daemon where there
 * is one. True: it is done, also where there was nothing (left) to do. What
 * failed in between is taken up by the next writer, or the next erasure.
 * ERROR_INVALID: a contact is no value.
 */
struct erase_order {
	struct value value;
	char by[LIMIT_ACTOR_TEXT];
	char why[LIMIT_WHY_TEXT];
};
bool store_erase(struct store *st, const struct erase_order *order,
    erase_fn *tell, void *arg, struct erasure *out,
    struct error *err) MUST_CHECK;

/* Gives the hash in the place of a value's text that must not be kept: it was
 * erased, or the store keeps none (privacy.h). False: it stays as it is, since
 * it may be kept, is no value, or that can't be told. */
bool store_hide(struct store *st, char text[LIMIT_VALUE_TEXT]);

#endif
