/*
 * query_impl - what the files of query.h share.
 */
#ifndef DB_QUERY_IMPL_H
#define DB_QUERY_IMPL_H

#include <string.h>

#include "db/query.h"
#include "db/store_impl.h"

/* Has text this part, in either case? */
static inline bool
query_contains(const char *text, const char *part)
{
	return part[0] == '\0' || strcasestr(text, part) != NULL;
}

/* A walk over reasons, and what of the filter can be told early. */
struct listing {
	struct store *st;
	const struct filter *filter;
	int64_t now;
	query_reason_fn *fn;
	void *arg;
	uint64_t n;       /* rows told */
	uint64_t n_begun; /* of these, before the value that is told now */
	bool stopped;
	bool more;       /* stopped before a row that is not on this page */
	uint64_t stream; /* name_hash() */
	/* texts that stand in the line of a reason's first event; "": none */
	const char *search; /* in either case */
	char by[LIMIT_ACTOR_TEXT + 8];
	char kind[32];
};

/* One reason and the events that its row borrows. */
struct words {
	struct event first, last;
	struct reason_row row;
};

/* By what the index knows: most reasons cost no look into the journal. */
bool listing_may_match(const struct listing *l, const struct reason *r);

/* Reads a reason's words. *matches false: the filter leaves it out, and
 * there is nothing for words_done() to free. */
bool listing_read(struct listing *l, const struct reason *r, struct words *w,
    bool *matches, struct error *err) MUST_CHECK;
void words_done(struct words *w);

/* Gives a row to the caller of the query, if it is on this page. */
void listing_tell(struct listing *l, const struct reason_row *row);

/* Reasons of one record that may match, oldest first; heap. */
const struct reason **listing_reasons(const struct listing *l,
    const struct record *rec, size_t *n);

/* The records that the filter is about, from behind after (NULL: the first),
 * in the order of their hashes. */
bool listing_walk(struct listing *l, const uint8_t *after, store_fn *fn,
    void *arg, struct error *err) MUST_CHECK;

/* query_place.c: the place of a row in a sorted list. */
struct sort_key {
	int64_t number;
	char *text; /* where it is sorted by a text; else NULL */
	uint8_t hash[VALUE_HASH_BYTES];
};

bool sort_is_text(enum sort sort);
int64_t sort_number(enum sort sort, const struct reason *r);

/* All but the hash; a text is borrowed from the row. */
void sort_key(enum sort sort, const struct reason_row *row,
    struct sort_key *key);

/*
 * The place in the filter: "WORD,VALUE", or "VALUE" alone where the value is
 * the word. Either may have commas: the value begins behind the first one
 * behind which one can. key borrows from place. False: it is none.
 */
bool sort_read_place(struct listing *l, char place[QUERY_PLACE_TEXT],
    struct sort_key *key) MUST_CHECK;

/* Newest first? */
static inline bool
history_goes_back(const struct value *v, const struct filter *f)
{
	return v != NULL || f->contact[0] != '\0';
}

/*
 * query.c: query_history() from the event of the number *next on, in the
 * direction of the history. *next becomes the one that was not looked at yet.
 */
bool history_walk(struct store *st, const struct value *v,
    const struct filter *f, uint64_t *next, query_event_fn *fn, void *arg,
    struct error *err) MUST_CHECK;

/* query_place.c: the place in the filter, or where such a history begins.
 * ERROR_INVALID: it is none. */
bool history_read_place(const struct value *v, const struct filter *f,
    struct history_place *place, struct error *err) MUST_CHECK;

/* query_sort.c: the rest of query_page() where the filter sorts. */
bool listing_sorted(struct listing *l, struct error *err) MUST_CHECK;

/* How many it keeps at a time; tests make it small. */
extern size_t query_sort_keep;

#endif
