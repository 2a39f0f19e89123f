/*
 * choose - selected values of a contact: not to be contacted by email, by
 * phone or on LinkedIn, or at some of them only.
 */
#ifndef POLICY_CHOOSE_H
#define POLICY_CHOOSE_H

#include "db/contact.h"

struct choice {
	const char *id;
	enum kind kind;            /* 0: any */
	const struct value *named; /* named_n of them; none: all */
	size_t named_n;
};

/*
 * The changes, one for each chosen value, that put or lift what a block of the
 * whole contact would: all of them are one store_change(). like is
 * CHANGE_ADD or CHANGE_REMOVE without value and contact. *out is heap, *n of
 * them. ERROR_INVALID: there is no such contact, or (CHANGE_ADD) it does not
 * have a named value. What has left the contact may still be lifted.
 */
bool choose(struct store *st, const struct choice *choice,
    const struct change *like, struct change **out, size_t *n,
    struct error *err) MUST_CHECK;

#endif
