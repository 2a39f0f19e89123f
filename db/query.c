#include "db/query.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "db/store_impl.h"

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

/* One reason with its words. */
static bool
tell_reason(struct store *st, const struct reason *r, const struct filter *f,
    query_reason_fn *fn, void *arg, size_t *n, bool *stopped, struct error *err)
{
	struct event first, last = { 0 };
	struct reason_row row = { .reason = r, .first = &first };
	bool one = r->first.segment == r->last.segment &&
		   r->first.offset == r->last.offset;

	if (!store_event(st, r->first, &first, err))
		return false;
	if (!one && !store_event(st, r->last, &last, err)) {
		event_done(&first);
		return false;
	}
	row.last = one ? &first : &last;
	row.value = first.value;
	if (row_matches(f, &row)) {
		(*n)++;
		*stopped = !fn(&row, arg) || (f->limit != 0 && *n >= f->limit);
	}
	event_done(&first);
	event_done(&last);
	return true;
}

static bool
tell_record(struct store *st, const struct record *rec, const struct filter *f,
    int64_t now, query_reason_fn *fn, void *arg, size_t *n, bool *stopped,
    struct error *err)
{
	const struct reason **live = mem_new(rec->reasons_n, sizeof(*live));
	size_t count = record_live(rec, now, live, rec->reasons_n);
	bool ok = true;

	if (count > 0)
		qsort(live, count, sizeof(*live), older_first);
	for (size_t i = 0; ok && i < count && !*stopped; i++)
		ok = tell_reason(st, live[i], f, fn, arg, n, stopped, err);
	free(live);
	return ok;
}

bool
query_value(struct store *st, const struct value *v, int64_t now,
    query_reason_fn *fn, void *arg, size_t *n, struct error *err)
{
	const struct filter all = { 0 };
	bool found, stopped = false, ok;
	struct record rec;

	*n = 0;
	if (!store_get(st, v, &rec, &found, err))
		return false;
	if (!found)
		return true;
	ok = tell_record(st, &rec, &all, now, fn, arg, n, &stopped, err);
	record_done(&rec);
	return ok;
}

struct listing {
	struct store *st;
	const struct filter *filter;
	int64_t now;
	query_reason_fn *fn;
	void *arg;
	size_t n;
	bool ok;
	struct error *err;
};

static bool
list_record(const uint8_t hash[VALUE_HASH_BYTES], const struct record *rec,
    void *arg)
{
	struct listing *l = arg;
	bool stopped = false;

	(void)hash;
	l->ok = tell_record(l->st, rec, l->filter, l->now, l->fn, l->arg, &l->n,
	    &stopped, l->err);
	return l->ok && !stopped;
}

bool
query_list(struct store *st, const struct filter *f, int64_t now,
    query_reason_fn *fn, void *arg, struct error *err)
{
	struct listing l = { .st = st,
		.filter = f,
		.now = now,
		.fn = fn,
		.arg = arg,
		.ok = true,
		.err = err };
	uint8_t after[VALUE_HASH_BYTES];
	struct error ignored;
	struct value v;

	if (f->after[0] != '\0') {
		if (!value_parse(span_of(f->after), &v, &ignored))
			value_of(&v, KIND_EMAIL, f->after);
		store_hash(st, &v, after);
	}
	return store_walk(st, f->after[0] != '\0' ? after : NULL, list_record,
		   &l, err) &&
	       l.ok;
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
