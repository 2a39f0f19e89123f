/*
 * query_sort - reasons sorted by one of their words, in memory that does not
 * grow with the list: what a page needs, or half a million reasons at a time,
 * is picked in a pass over all; the next pass picks what comes behind it. What
 * the index knows is picked without a look into the journal.
 *
 * Rows that are alike come in the order of their values' hashes: a row's
 * place is told by its word and its value, and is the same on every page.
 */
#include "db/query_impl.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

/* Reasons, and bytes of their words, that are kept at a time. */
size_t query_sort_keep = 500000;
#define KEEP_BYTES (64L * 1024 * 1024)

struct sorting {
	struct listing *listing;
	int (*order)(const void *, const void *);
	bool by_words; /* the filter asks for what only the journal has */
	bool has_after;
	struct sort_key after; /* its text is place */
	char place[QUERY_PLACE_TEXT];
	struct sort_key *keys; /* heap: 2 * keep; own their texts */
	size_t n, keep;
	size_t bytes; /* of the texts */
	size_t cut;   /* so many keys stand before all that was let go; 0:
			 nothing was */
	bool ok;
	struct error *err;
};

static int
ascending(const void *one, const void *other)
{
	const struct sort_key *a = one, *b = other;
	int order = (a->number > b->number) - (a->number < b->number);

	if (order == 0 && a->text != NULL)
		order = strcmp(a->text, b->text);
	if (order == 0)
		order = memcmp(a->hash, b->hash, sizeof(a->hash));
	return order;
}

static int
descending(const void *a, const void *b)
{
	return ascending(b, a);
}

/* What comes last goes when there is too much. */
static void
cut(struct sorting *s)
{
	bool many = s->n >= 2 * s->keep;

	if (!many && s->bytes <= KEEP_BYTES)
		return;
	qsort(s->keys, s->n, sizeof(*s->keys), s->order);
	s->cut = many ? s->keep : s->n / 2 + 1;
	while (s->n > s->cut) {
		char *text = s->keys[--s->n].text;

		s->bytes -= text != NULL ? strlen(text) : 0;
		free(text);
	}
}

static bool
is_wanted(const struct sorting *s, const struct sort_key *key)
{
	return (!s->has_after || s->order(key, &s->after) > 0) &&
	       (s->cut == 0 || s->order(key, &s->keys[s->cut - 1]) < 0);
}

static void
keep(struct sorting *s, const struct sort_key *key)
{
	struct sort_key *own = &s->keys[s->n++];

	*own = *key;
	if (key->text != NULL) {
		own->text = mem_dup(key->text, strlen(key->text));
		s->bytes += strlen(key->text);
	}
	cut(s);
}

/*
 * The word of a reason as it stands in its line, which is cheaper than to read
 * the event; out is as long as any. *got false: it is not there as it is.
 */
static bool
peek_word(const struct listing *l, const struct reason *r,
    char out[JOURNAL_PEEK_TEXT], bool *got, struct error *err)
{
	enum sort sort = l->filter->sort;
	const char *name = sort == SORT_VALUE    ? "\"value\":\""
			   : sort == SORT_STREAM ? "\"stream\":\""
						 : "\"by\":\"";
	char line[JOURNAL_PEEK_TEXT], *word;
	size_t len;

	if (!journal_peek(l->st->journal,
		sort == SORT_STREAM ? r->last : r->first, line, got, err))
		return false;
	word = strstr(line, name);
	if (word == NULL)
		*got = false;
	if (!*got)
		return true;
	word += strlen(name);
	len = strcspn(word, "\\\"");
	*got = word[len] == '"';
	memcpy(out, word, len);
	out[len] = '\0';
	return true;
}

/* Tells by what is cheap to know whether a reason may be wanted. *whole: key
 * is its place. */
static bool
pick_early(struct sorting *s, const struct reason *r, struct sort_key *key,
    char text[JOURNAL_PEEK_TEXT], bool *whole, bool *may)
{
	*whole = true;
	if (sort_is_text(s->listing->filter->sort)) {
		key->text = text;
		if (!peek_word(s->listing, r, text, whole, s->err))
			return false;
	}
	*may = !*whole || is_wanted(s, key);
	return true;
}

static bool
pick(struct sorting *s, const uint8_t *hash, const struct reason *r)
{
	enum sort sort = s->listing->filter->sort;
	struct sort_key key = { .number = sort_number(sort, r) };
	char text[JOURNAL_PEEK_TEXT];
	bool whole, may, matches;
	struct words w;

	memcpy(key.hash, hash, sizeof(key.hash));
	if (!pick_early(s, r, &key, text, &whole, &may))
		return false;
	if (!may)
		return true;
	if (whole && !s->by_words) {
		keep(s, &key);
		return true;
	}
	if (!listing_read(s->listing, r, &w, &matches, s->err))
		return false;
	if (!matches)
		return true;
	sort_key(sort, &w.row, &key);
	if (is_wanted(s, &key))
		keep(s, &key);
	words_done(&w);
	return true;
}

static bool
pick_record(const uint8_t hash[VALUE_HASH_BYTES], const struct record *rec,
    void *arg)
{
	struct sorting *s = arg;

	for (size_t i = 0; s->ok && i < rec->reasons_n; i++)
		if (listing_may_match(s->listing, &rec->reasons[i]))
			s->ok = pick(s, hash, &rec->reasons[i]);
	return s->ok;
}

/* The rows of one place: reasons of one value that are alike. */
static bool
tell_place(struct sorting *s, const struct sort_key *place)
{
	struct listing *l = s->listing;
	const struct reason **list;
	bool ok = true, found, matches;
	struct record rec;
	size_t n;

	if (!index_get(l->st, place->hash, &rec, &found, s->err))
		return false;
	if (!found)
		return true;
	list = listing_reasons(l, &rec, &n);
	l->n_begun = l->n;
	for (size_t i = 0; ok && i < n && !l->stopped; i++) {
		struct sort_key key = *place;
		struct words w;

		ok = listing_read(l, list[i], &w, &matches, s->err);
		if (!ok || !matches)
			continue;
		sort_key(l->filter->sort, &w.row, &key);
		if (s->order(&key, place) == 0)
			listing_tell(l, &w.row);
		words_done(&w);
	}
	free(list);
	record_done(&rec);
	return ok;
}

/* Tells what was picked, and goes on behind it. */
static bool
tell_picked(struct sorting *s)
{
	bool ok = true;

	qsort(s->keys, s->n, sizeof(*s->keys), s->order);
	for (size_t i = 0; ok && i < s->n && !s->listing->stopped; i++)
		if (i == 0 || s->order(&s->keys[i], &s->keys[i - 1]) != 0)
			ok = tell_place(s, &s->keys[i]);
	return ok;
}

/* Nothing is kept; the next pass goes on behind what was. */
static void
go_on(struct sorting *s)
{
	if (s->n > 0) {
		s->after = s->keys[s->n - 1];
		if (s->after.text != NULL) {
			snprintf(s->place, sizeof(s->place), "%s",
			    s->after.text);
			s->after.text = s->place;
		}
		s->has_after = true;
	}
	for (size_t i = 0; i < s->n; i++)
		free(s->keys[i].text);
	s->n = s->bytes = s->cut = 0;
}

bool
listing_sorted(struct listing *l, struct error *err)
{
	const struct filter *f = l->filter;
	struct sorting s = { .listing = l,
		.order = f->descending ? descending : ascending,
		.has_after = f->after[0] != '\0',
		.keep = f->limit != 0 && f->limit < query_sort_keep
			    ? f->limit + 1
			    : query_sort_keep,
		.by_words = f->kind != 0 || f->by[0] != '\0' ||
			    f->search[0] != '\0' || f->batch[0] != '\0',
		.ok = true,
		.err = err };
	bool again = true;

	if (s.has_after && !sort_read_place(l, s.place, &s.after)) {
		error_set(err, ERROR_INVALID,
		    "after: '%.60s' is no place in a list sorted by %s",
		    f->after, names_text(sort_names, (int)f->sort));
		return false;
	}
	s.keys = mem_new(2 * s.keep, sizeof(*s.keys));
	while (s.ok && again) {
		s.ok = listing_walk(l, NULL, pick_record, &s, err) && s.ok &&
		       tell_picked(&s);
		again = s.cut > 0 && !l->stopped;
		go_on(&s);
	}
	free(s.keys);
	return s.ok;
}
