#include "db/query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "db/store_impl.h"

const struct name expiry_names[] = {
	{ EXPIRY_NONE, "none" },
	{ EXPIRY_SOME, "some" },
	{ EXPIRY_OVER, "over" },
	{ 0, NULL },
};

static bool
contains(const char *text, const char *part)
{
	return part[0] == '\0' || strcasestr(text, part) != NULL;
}

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
	       (contains(row->value.text, f->search) ||
		   contains(row->first->why, f->search));
}

static bool
event_matches(const struct filter *f, const struct event *ev)
{
	return (f->kind == 0 || ev->value.kind == f->kind) &&
	       (f->source == 0 || ev->source == f->source) &&
	       (f->stream[0] == '\0' || strcmp(ev->stream, f->stream) == 0) &&
	       (f->by[0] == '\0' || strcmp(ev->by, f->by) == 0) &&
	       ev->at >= f->since && (f->until == 0 || ev->at < f->until) &&
	       (contains(ev->value.text, f->search) ||
		   contains(ev->why, f->search));
}

static int
older_first(const void *a, const void *b)
{
	const struct reason *x = *(const struct reason *const *)a;
	const struct reason *y = *(const struct reason *const *)b;

	return (x->since > y->since) - (x->since < y->since);
}

/* A walk over reasons, and what of the filter can be told early. */
struct listing {
	struct store *st;
	const struct filter *filter;
	int64_t now;
	query_reason_fn *fn;
	void *arg;
	size_t n;
	bool stopped;
	uint64_t stream; /* name_hash() */
	/* texts that stand in the line of a reason's first event; "": none */
	const char *search; /* in either case */
	char by[LIMIT_ACTOR_TEXT + 8];
	char kind[32];
};

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

/* What the index knows: most reasons cost no look into the journal. */
static bool
may_match(const struct listing *l, const struct reason *r)
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
		   contains(line, l->search));
	return true;
}

/* One reason with its words. */
static bool
tell_reason(struct listing *l, const struct reason *r, struct error *err)
{
	struct event first, last = { 0 };
	struct reason_row row = { .reason = r, .first = &first };
	bool one = r->first.segment == r->last.segment &&
		   r->first.offset == r->last.offset;
	bool may;

	if (!may_mention(l, r, &may, err))
		return false;
	if (!may)
		return true;
	if (!store_event(l->st, r->first, &first, err))
		return false;
	if (!one && !store_event(l->st, r->last, &last, err)) {
		event_done(&first);
		return false;
	}
	row.last = one ? &first : &last;
	row.value = first.value;
	if (row_matches(l->filter, &row)) {
		l->n++;
		l->stopped = !l->fn(&row, l->arg) || l->n == l->filter->limit;
	}
	event_done(&first);
	event_done(&last);
	return true;
}

static bool
tell_record(struct listing *l, const struct record *rec, struct error *err)
{
	const struct reason **list = mem_new(rec->reasons_n, sizeof(*list));
	size_t count = 0;
	bool ok = true;

	for (size_t i = 0; i < rec->reasons_n; i++)
		if (may_match(l, &rec->reasons[i]))
			list[count++] = &rec->reasons[i];
	if (count > 1)
		qsort(list, count, sizeof(*list), older_first);
	for (size_t i = 0; ok && i < count && !l->stopped; i++)
		ok = tell_reason(l, list[i], err);
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
	*n = l.n;
	record_done(&rec);
	return ok;
}

struct walking {
	struct listing listing;
	bool ok;
	struct error *err;
};

static bool
list_record(const uint8_t hash[VALUE_HASH_BYTES], const struct record *rec,
    void *arg)
{
	struct walking *w = arg;

	(void)hash;
	w->ok = tell_record(&w->listing, rec, w->err);
	return w->ok && !w->listing.stopped;
}

bool
query_list(struct store *st, const struct filter *f, int64_t now,
    query_reason_fn *fn, void *arg, struct error *err)
{
	struct walking w = { .ok = true, .err = err };
	uint8_t after[VALUE_HASH_BYTES];
	struct error ignored;
	struct value v;

	listing_init(&w.listing, st, f, now);
	w.listing.fn = fn;
	w.listing.arg = arg;
	if (f->after[0] != '\0') {
		if (!value_parse(span_of(f->after), &v, &ignored))
			value_of(&v, KIND_EMAIL, f->after);
		store_hash(st, &v, after);
	}
	return store_walk(st, f->after[0] != '\0' ? after : NULL, list_record,
		   &w, err) &&
	       w.ok;
}

/* Back along the chain of one value. */
static bool
history_of(struct store *st, const struct value *v, const struct filter *f,
    query_event_fn *fn, void *arg, struct error *err)
{
	struct journal_pos pos;
	struct record rec;
	uint64_t n = 0;
	bool found;

	if (!store_get(st, v, &rec, &found, err))
		return false;
	if (!found)
		return true;
	pos = rec.head;
	record_done(&rec);
	while (pos.segment != 0) {
		bool go_on = true;
		struct event ev;

		if (!store_event(st, pos, &ev, err))
			return false;
		pos = ev.prev;
		if (event_matches(f, &ev)) {
			n++;
			go_on = fn(&ev, arg) && n != f->limit;
		}
		event_done(&ev);
		if (!go_on)
			break;
	}
	return true;
}

struct scanning {
	const struct filter *filter;
	query_event_fn *fn;
	void *arg;
	uint64_t n;
};

static bool
scan_event(const struct event *ev, void *arg)
{
	struct scanning *s = arg;

	/* Times never fall: nothing behind it matches. */
	if (s->filter->until != 0 && ev->at >= s->filter->until)
		return false;
	/* A link is told once, at the value's end. */
	if ((ev->other_kind != 0 && ev->value.kind == KIND_CONTACT) ||
	    !event_matches(s->filter, ev))
		return true;
	s->n++;
	return s->fn(ev, s->arg) && s->n != s->filter->limit;
}

bool
query_history(struct store *st, const struct value *v, const struct filter *f,
    query_event_fn *fn, void *arg, struct error *err)
{
	struct scanning s = { f, fn, arg, 0 };

	if (v != NULL)
		return history_of(st, v, f, fn, arg, err);
	return store_walk_since(st, f->since, scan_event, &s, err);
}
