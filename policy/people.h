/*
 * people - what somebody wants done to a contact, as changes: for suppressctl
 * and the API. All of them are one store_change().
 */
#ifndef POLICY_PEOPLE_H
#define POLICY_PEOPLE_H

#include "db/contact.h"

enum people_verb {
	PEOPLE_ADD,     /* make it, with its values */
	PEOPLE_SET,     /* its name; values go in, or out */
	PEOPLE_BLOCK,   /* all of it, or the values of a kind or of a list */
	PEOPLE_UNBLOCK, /* the same */
	PEOPLE_REMOVE,
};

struct people_wish {
	enum people_verb verb;
	const char *id;
	const char *name;           /* PEOPLE_ADD, PEOPLE_SET; "": none */
	const struct value *values; /* n of them */
	size_t n;
	bool drop;          /* PEOPLE_SET: the values go out */
	enum kind kind;     /* 0: any */
	enum source source; /* of a block; 0: user; of what is lifted; 0: all */
	const char *stream; /* "": all */
	const char *why;
	const char *by;
	bool force;
	const struct evidence *evidence; /* of each change; NULL: none */
};

/* *out is heap, *n of them; none: no value of it is meant. ERROR_INVALID: it
 * is no id, a wish that does not say what it has to, or policy/choose.h. */
bool people_changes(struct store *st, const struct people_wish *w,
    struct change **out, size_t *n, struct error *err) MUST_CHECK;

#endif
