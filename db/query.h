/*
 * query - what a person asks of the list: values with their reasons in
 * words, and events, both filtered. Memory use does not grow with the list.
 */
#ifndef DB_QUERY_H
#define DB_QUERY_H

#include "db/refusals.h"
#include "db/store.h"

/* Reasons that end by themselves; 0: those that count now, whether they will
 * end or not. */
enum expiry {
	EXPIRY_NONE = 1, /* that never end */
	EXPIRY_SOME = 2, /* that will end */
	EXPIRY_OVER = 3, /* that have ended and were not cleaned away yet */
};
extern const struct name expiry_names[]; /* none some over */

/* What a list is sorted by; 0: nothing, it has its own order, by hash. */
enum sort {
	SORT_VALUE = 1,
	SORT_SINCE,
	SORT_SEEN,    /* when the reason came last */
	SORT_EXPIRES, /* never is later than any time */
	SORT_COUNT,
	SORT_SOURCE,
	SORT_STREAM,
	SORT_BY,
};
extern const struct name sort_names[]; /* in that order */

/* A place in a list, or in a history, as text. */
#define QUERY_PLACE_TEXT (2 * LIMIT_VALUE_TEXT)

/* What a history tells of; 0: both. */
enum activity_type { ACTIVITY_EVENT = 1, ACTIVITY_REFUSAL = 2 };
extern const struct name activity_type_names[]; /* event refusal */

/* Empty or 0: no such condition. */
struct filter {
	enum kind kind;
	enum source source;
	char stream[LIMIT_STREAM_TEXT];
	char by[LIMIT_ACTOR_TEXT];
	enum activity_type type;       /* query_activity() */
	enum expiry expiry;            /* query_list() */
	int64_t since;                 /* inclusive */
	int64_t until;                 /* exclusive */
	char search[LIMIT_VALUE_TEXT]; /* part of the value or of why */
	char batch[LIMIT_BATCH_TEXT];  /* reasons that this import began */
	char
	    contact[LIMIT_CONTACT_TEXT]; /* its values; in a history, it, too */
	uint64_t limit;
	char after[QUERY_PLACE_TEXT]; /* go on there: query_place(),
					 query_history_place() */
	enum sort sort;               /* query_page(), query_list() */
	bool descending;              /* if sorted */
};

/* One reason in words. first and last are its events; last may be first. */
struct reason_row {
	struct value value;
	const struct reason *reason;
	const struct event *first;
	const struct event *last;
};

/* fn returns false to stop. Borrowed for the call. */
typedef bool query_reason_fn(const struct reason_row *row, void *arg);
typedef bool query_event_fn(const struct event *ev, void *arg);

/* Can the filter be answered? ERROR_INVALID: it searches for text, which the
 * store does not keep (privacy.h). All below that take a filter ask it. */
bool query_is_possible(struct store *st, const struct filter *f,
    struct error *err) MUST_CHECK;

/* The live reasons of one value, oldest first; *n counts them. */
bool query_value(struct store *st, const struct value *v, int64_t now,
    query_reason_fn *fn, void *arg, size_t *n, struct error *err) MUST_CHECK;

/*
 * The live reasons of all values that match. A limit counts rows, but there
 * may be a few more: a page does not end between two reasons of one value, or
 * where it is sorted, of one place. *more: there are rows behind it; it goes on
 * behind the place of its last row. A place stays where it is while the list
 * changes. ERROR_INVALID: filter.after is no place of such a list.
 *
 * Memory: of a page as many as its limit; sorted without a limit some 100 MB,
 * with a pass over the index for each half million rows.
 */
bool query_page(struct store *st, const struct filter *f, int64_t now,
    query_reason_fn *fn, void *arg, bool *more, struct error *err) MUST_CHECK;

/* Sets what to sort by: one of sort_names, or "-WORD", which turns it round.
 * ERROR_INVALID: it is none. */
bool query_read_sort(const char *text, struct filter *f,
    struct error *err) MUST_CHECK;

/* The place of a row, for filter.after: "VALUE", or, where the filter sorts by
 * something else, "WORD,VALUE". */
void query_place(const struct filter *f, const struct reason_row *row,
    char out[QUERY_PLACE_TEXT]);

/* All that is on such a page. */
bool query_list(struct store *st, const struct filter *f, int64_t now,
    query_reason_fn *fn, void *arg, struct error *err) MUST_CHECK;

/* Events: of one value (v not NULL) or of the filter's contact, newest first;
 * or of all, oldest first: there, what is before filter.after is not read.
 * ERROR_INVALID: filter.after is no place. */
bool query_history(struct store *st, const struct value *v,
    const struct filter *f, query_event_fn *fn, void *arg,
    struct error *err) MUST_CHECK;

/* How far a history was told: what comes next in its direction. */
struct history_place {
	uint64_t event; /* its number; going back 0: none is left */
	struct refusals_place refusals;
};

/* One thing that happened: an event or a refusal, the other is NULL. */
struct activity {
	const struct event *event;
	const struct refusal *refusal;
	struct history_place next; /* behind it */
};
typedef bool query_activity_fn(const struct activity *one, void *arg);

/* As text, for filter.after. */
void query_history_place(const struct history_place *place,
    char out[QUERY_PLACE_TEXT]);

/*
 * As query_history(), with the refusals between the events, by their time.
 * Of a refusal, kind is that of the value that blocked, and by is who wanted
 * to send: the login or the sender. *lost counts refusals that were not kept.
 */
bool query_activity(struct store *st, const struct value *v,
    const struct filter *f, query_activity_fn *fn, void *arg, uint64_t *lost,
    struct error *err) MUST_CHECK;

#endif
