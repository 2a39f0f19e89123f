/*
 * query_list - reasons by filters, in the list's own order: by hash.
 */
#include "db/query_impl.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

const struct name expiry_names[] = {
	{ EXPIRY_NONE, "none" },
	{ EXPIRY_SOME, "some" },
	{ EXPIRY_OVER, "over" },
	{ 0, NULL },
};

/* One that stood before and only came again with the import is not its. */
static bool
is_of_batch(const struct event *first, const char *batch)
{
	return batch[0] == '\0' ||
	       (strcmp(first->evidence.ref, batch) == 0 &&
		   strcmp(first->evidence.report, REPORT_IMPORT) == 0 &&
		   first->cover_n == 0);
}

static bool
row_matches(const struct filter *f, const struct reason_row *row)
{
	return (f->kind == 0 || row->value.kind == f->kind) &&
	       (f->source == 0 || row->reason->source == f->source) &&
	       (f->stream[0] == '\0' ||
		   strcmp(row->last->stream, f->stream) == 0) &&
	       (f->by[0] == '\0' || strcmp(row->first->by, f->by) == 0) &&
	       row->reason->since >= f->since &&
	       (f->until == 0 || row->reason->since < f->until) &&
	       is_of_batch(row->first, f->batch) &&
	       (query_contains(row->value.text, f->search) ||
		   query_contains(row->first->why, f->search));
}

static int
older_first(const void *a, const void *b)
{
	const struct reason *x = *(const struct reason *const *)a;
	const struct reason *y = *(const struct reason *const *)b;

	return (x->since > y->since) - (x->since < y->since);
}

/* Does the line have it as it is? */
static bool
is_plain(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text < ' ' || *text > '~' || *text == '"' || *text == '\\')
			return false;
	return true;
}

static void
listing_init(struct listing *l, struct store *st, const struct filter *f,
    int64_t now)
{
	*l = (struct listing){ .st = st,
		.filter = f,
		.now = now,
		.stream = name_hash(f->stream),
		.search = is_plain(f->search) ? f->search : "" };
	if (f->by[0] != '\0' && is_plain(f->by))
		snprintf(l->by, sizeof(l->by), "\"by\":\"%s\"", f->by);
	if (f->kind != 0)
		snprintf(l->kind, sizeof(l->kind), "\"kind\":\"%s\"",
		    names_text(kind_names, (int)f->kind));
}

bool
listing_may_match(const struct listing *l, const struct reason *r)
{
	const struct filter *f = l->filter;
	bool over = r->expires != 0 && r->expires <= l->now;

	return over == (f->expiry == EXPIRY_OVER) &&
	       (f->expiry != EXPIRY_NONE || r->expires == 0) &&
	       (f->expiry != EXPIRY_SOME || r->expires != 0) &&
	       (f->source == 0 || r->source == f->source) &&
	       (f->stream[0] == '\0' || r->stream == l->stream) &&
	       r->since >= f->since && (f->until == 0 || r->since < f->until);
}

/* A look at the bytes of its first event, which is cheaper than reading it. */
static bool
may_mention(const struct listing *l, const struct reason *r, bool *may,
    struct error *err)
{
	char line[JOURNAL_PEEK_TEXT];
	bool whole;

	*may = true;
	if (l->search[0] == '\0' && l->by[0] == '\0' && l->kind[0] == '\0')
		return true;
	if (!journal_peek(l->st->journal, r->first, line, &whole, err))
		return false;
	*may = !whole ||
	       (strstr(line, l->kind) != NULL && strstr(line, l->by) != NULL &&
		   query_contains(line, l->search));
	return true;
}

void
words_done(struct words *w)
{
	event_done(&w->first);
	event_done(&w->last);
}

bool
listing_read(struct listing *l, const struct reason *r, struct words *w,
    bool *matches, struct error *err)
{
	bool one = r->first.segment == r->last.segment &&
		   r->first.offset == r->last.offset;

	if (!may_mention(l, r, matches, err))
		return false;
	if (!*matches)
		return true;
	w->last = (struct event){ 0 };
	if (!store_event(l->st, r->first, &w->first, err))
		return false;
	if (!one && !store_event(l->st, r->last, &w->last, err)) {
		event_done(&w->first);
		return false;
	}
	w->row = (struct reason_row){ .value = w->first.value,
		.reason = r,
		.first = &w->first,
		.last = one ? &w->first : &w->last };
	*matches = row_matches(l->filter, &w->row);
	if (!*matches)
		words_done(w);
	return true;
}

void
listing_tell(struct listing *l, const struct reason_row *row)
{
	uint64_t limit = l->filter->limit;

	/* A page does not end between two reasons of one value. */
	l->more = limit != 0 && l->n >= limit && l->n == l->n_begun;
	l->stopped = l->more || !l->fn(row, l->arg);
	l->n += !l->more;
}

const struct reason **
listing_reasons(const struct listing *l, const struct record *rec, size_t *n)
{
	const struct reason **list = mem_new(rec->reasons_n, sizeof(*list));
	size_t count = 0;

	for (size_t i = 0; i < rec->reasons_n; i++)
		if (listing_may_match(l, &rec->reasons[i]))
			list[count++] = &rec->reasons[i];
	if (count > 1)
		qsort(list, count, sizeof(*list), older_first);
	*n = count;
	return list;
}

static bool
tell_record(struct listing *l, const struct record *rec, struct error *err)
{
	size_t n;
	const struct reason **list = listing_reasons(l, rec, &n);
	bool ok = true, matches;

	l->n_begun = l->n;
	for (size_t i = 0; ok && i < n && !l->stopped; i++) {
		struct words w;

		ok = listing_read(l, list[i], &w, &matches, err);
		if (!ok || !matches)
			continue;
		listing_tell(l, &w.row);
		words_done(&w);
	}
	free(list);
	return ok;
}

bool
query_value(struct store *st, const struct value *v, int64_t now,
    query_reason_fn *fn, void *arg, size_t *n, struct error *err)
{
	const struct filter all = { 0 };
	struct listing l;
	struct record rec;
	bool found, ok;

	*n = 0;
	if (!store_get(st, v, &rec, &found, err))
		return false;
	if (!found)
		return true;
	listing_init(&l, st, &all, now);
	l.fn = fn;
	l.arg = arg;
	ok = tell_record(&l, &rec, err);
	*n = (size_t)l.n;
	record_done(&rec);
	return ok;
}

static int
by_hash(const void *a, const void *b)
{
	return memcmp(a, b, VALUE_HASH_BYTES);
}

/* Hashes of the contact's values, sorted; heap. */
static bool
contact_hashes(struct listing *l, uint8_t **list, size_t *n, struct error *err)
{
	struct record rec;
	struct value v;
	bool found;

	*list = NULL;
	*n = 0;
	change_contact(&v, l->filter->contact, NULL);
	if (!store_get(l->st, &v, &rec, &found, err))
		return false;
	if (!found)
		return true;
	*list = mem_new(rec.links_n, VALUE_HASH_BYTES);
	for (size_t i = 0; i < rec.links_n; i++)
		if (rec.links[i].role == LINK_VALUE)
			memcpy(*list + (*n)++ * VALUE_HASH_BYTES,
			    rec.links[i].other, VALUE_HASH_BYTES);
	if (*n > 0)
		qsort(*list, *n, VALUE_HASH_BYTES, by_hash);
	record_done(&rec);
	return true;
}

bool
listing_walk(struct listing *l, const uint8_t *after, store_fn *fn, void *arg,
    struct error *err)
{
	uint8_t *list;
	bool ok, found, go_on = true;
	size_t n;

	if (l->filter->contact[0] == '\0')
		return store_walk(l->st, after, fn, arg, err);
	ok = contact_hashes(l, &list, &n, err);
	for (size_t i = 0; ok && go_on && i < n; i++) {
		const uint8_t *hash = list + i * VALUE_HASH_BYTES;
		struct record rec;

		if (after != NULL && by_hash(hash, after) <= 0)
			continue;
		ok = index_get(l->st, hash, &rec, &found, err);
		if (!ok || !found)
			continue;
		go_on = fn(hash, &rec, arg);
		record_done(&rec);
	}
	free(list);
	return ok;
}

struct walking {
	struct listing *listing;
	bool ok;
	struct error *err;
};

static bool
list_record(const uint8_t hash[VALUE_HASH_BYTES], const struct record *rec,
    void *arg)
{
	struct walking *w = arg;

	(void)hash;
	w->ok = tell_record(w->listing, rec, w->err);
	return w->ok && !w->listing->stopped;
}

static bool
list_unsorted(struct listing *l, struct error *err)
{
	struct walking w = { .listing = l, .ok = true, .err = err };
	const char *text = l->filter->after;
	uint8_t after[VALUE_HASH_BYTES];
	struct value v;

	if (text[0] != '\0') {
		if (!value_parse(span_of(text), &v, err)) {
			error_prefix(err, "after");
			return false;
		}
		store_hash(l->st, &v, after);
	}
	return listing_walk(l, text[0] != '\0' ? after : NULL, list_record, &w,
		   err) &&
	       w.ok;
}

bool
query_page(struct store *st, const struct filter *f, int64_t now,
    query_reason_fn *fn, void *arg, bool *more, struct error *err)
{
	struct listing l;
	bool ok;

	*more = false;
	if (!query_is_possible(st, f, err))
		return false;
	listing_init(&l, st, f, now);
	l.fn = fn;
	l.arg = arg;
	ok = f->sort == 0 ? list_unsorted(&l, err) : listing_sorted(&l, err);
	*more = l.more;
	return ok;
}

bool
query_list(struct store *st, const struct filter *f, int64_t now,
    query_reason_fn *fn, void *arg, struct error *err)
{
	bool more;

	return query_page(st, f, now, fn, arg, &more, err);
}
