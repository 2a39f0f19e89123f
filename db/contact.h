/*
 * contact - people and what they are reached at, as a person asks for them.
 *
 * A contact is an observed-remove set in a record of its own, whose key is
 * the hash of (contact, id): its name, its values and its blocks are live
 * adds, as reasons are (record.h). Each link stands in the record of the value,
 * too, so that a value names its contacts without a search. Changes are
 * made by store_change() (change.h). Memory does not grow with the list.
 */
#ifndef DB_CONTACT_H
#define DB_CONTACT_H

#include "db/query.h"

struct contact {
	char id[LIMIT_CONTACT_TEXT];
	char name[LIMIT_CONTACT_NAME_TEXT];
	int64_t since; /* when it was made or got its name */
	size_t values_n;
	/* do not contact; the first block where there are several. 0: none */
	int64_t blocked;
	enum source source;
	char stream[LIMIT_STREAM_TEXT];
	char by[LIMIT_ACTOR_TEXT];
	char why[LIMIT_WHY_TEXT];
};

/* One value of a contact. Borrowed for the call. */
struct contact_value_row {
	struct value value;
	int64_t since; /* when it was linked */
	size_t live;   /* reasons that count */
	size_t put;    /* of these, by blocks of this contact */
	size_t shared; /* other contacts that have it, too */
};

typedef bool contact_fn(const struct contact *c, void *arg);
typedef bool contact_value_fn(const struct contact_value_row *row, void *arg);

/* *found false: there is none of that id. */
bool contact_get(struct store *st, const char *id, struct contact *out,
    bool *found, struct error *err) MUST_CHECK;

/* Its values, in the order in which they were linked. */
bool contact_values(struct store *st, const char *id, int64_t now,
    contact_value_fn *fn, void *arg, struct error *err) MUST_CHECK;

/* The contacts of a value; *n counts them. */
bool contact_of_value(struct store *st, const struct value *v, contact_fn *fn,
    void *arg, size_t *n, struct error *err) MUST_CHECK;

struct contact_filter {
	bool blocked;                   /* only these */
	char search[LIMIT_VALUE_TEXT];  /* part of the id or name; "": all */
	uint64_t limit;                 /* 0: all */
	char after[LIMIT_CONTACT_TEXT]; /* id of the last one seen */
};

/* All contacts, in a fixed order that is nobody's alphabet. */
bool contact_list(struct store *st, const struct contact_filter *f,
    contact_fn *fn, void *arg, struct error *err) MUST_CHECK;

/*
 * What happened to the contact and to each of its values, newest first, from
 * the event of the number last on, or the one before it. A contact that is
 * gone has a history, too.
 */
bool contact_history(struct store *st, const char *id, uint64_t last,
    query_event_fn *fn, void *arg, struct error *err) MUST_CHECK;

#endif
