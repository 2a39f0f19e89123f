#include "db/contact.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "db/store_impl.h"

static bool
contact_record(struct store *st, const char *id, struct record *rec,
    bool *found, struct error *err)
{
	struct value v;

	change_contact(&v, id, NULL);
	return store_get(st, &v, rec, found, err);
}

/* Of several at once the same one on every host: the newest name, the oldest
 * block. */
static const struct link *
pick(const struct record *rec, enum link_role role, bool newest)
{
	const struct link *best = NULL;

	for (size_t i = 0; i < rec->links_n; i++) {
		const struct link *l = &rec->links[i];

		if (l->role != role)
			continue;
		if (best == NULL || (l->since != best->since
					    ? (l->since > best->since) == newest
					    : l->dot.node > best->dot.node))
			best = l;
	}
	return best;
}

static bool
read_block(struct store *st, const struct record *rec, struct contact *out,
    struct error *err)
{
	const struct link *block = pick(rec, LINK_BLOCK, false);
	struct event ev;

	if (block == NULL)
		return true;
	if (!store_event(st, block->at, &ev, err))
		return false;
	out->blocked = block->since;
	out->source = ev.source;
	memcpy(out->stream, ev.stream, sizeof(out->stream));
	memcpy(out->by, ev.by, sizeof(out->by));
	memcpy(out->why, ev.why, sizeof(out->why));
	event_done(&ev);
	return true;
}

/* In words; *there false: the record is no contact's. */
static bool
read_contact(struct store *st, const struct record *rec, struct contact *out,
    bool *there, struct error *err)
{
	const struct link *name = pick(rec, LINK_NAME, true);
	struct event ev;

	*out = (struct contact){ 0 };
	*there = name != NULL;
	if (name == NULL)
		return true;
	if (!store_event(st, name->at, &ev, err))
		return false;
	(void)span_copy(span_of(ev.value.text), out->id, sizeof(out->id));
	(void)span_copy(span_of(ev.value.shown), out->name, sizeof(out->name));
	event_done(&ev);
	out->since = name->since;
	out->values_n = record_links(rec, LINK_VALUE);
	return read_block(st, rec, out, err);
}

bool
contact_get(struct store *st, const char *id, struct contact *out, bool *found,
    struct error *err)
{
	struct record rec;
	bool ok;

	if (!contact_record(st, id, &rec, found, err))
		return false;
	if (!*found)
		return true;
	ok = read_contact(st, &rec, out, found, err);
	record_done(&rec);
	return ok;
}

static int
older_first(const void *a, const void *b)
{
	const struct link *x = a, *y = b;

	if (x->since != y->since)
		return x->since > y->since ? 1 : -1;
	return (x->dot.seq > y->dot.seq) - (x->dot.seq < y->dot.seq);
}

/* What is known of a value at the other end of a contact's link. */
static bool
read_value(struct store *st, const struct link *l, const char *id, int64_t now,
    struct contact_value_row *row, struct error *err)
{
	const struct reason **live;
	struct record rec;
	struct event ev;
	bool found;

	*row = (struct contact_value_row){ .since = l->since };
	if (!store_event(st, l->at, &ev, err))
		return false;
	value_of(&row->value, ev.other_kind, ev.other);
	event_done(&ev);
	if (!store_get(st, &row->value, &rec, &found, err))
		return false;
	if (!found)
		return true;
	live = mem_new(rec.reasons_n, sizeof(*live));
	row->live = record_live(&rec, now, live, rec.reasons_n);
	for (size_t i = 0; i < row->live; i++)
		row->put += live[i]->contact == name_hash(id);
	free(live);
	row->shared = record_links(&rec, LINK_CONTACT);
	row->shared -= row->shared > 0;
	record_done(&rec);
	return true;
}

bool
contact_values(struct store *st, const char *id, int64_t now,
    contact_value_fn *fn, void *arg, struct error *err)
{
	struct record rec;
	bool found, ok = true, go_on = true;

	if (!contact_record(st, id, &rec, &found, err))
		return false;
	if (!found)
		return true;
	if (rec.links_n > 0)
		qsort(rec.links, rec.links_n, sizeof(*rec.links), older_first);
	for (size_t i = 0; ok && go_on && i < rec.links_n; i++) {
		struct contact_value_row row;

		if (rec.links[i].role != LINK_VALUE)
			continue;
		ok = read_value(st, &rec.links[i], id, now, &row, err);
		go_on = ok && fn(&row, arg);
	}
	record_done(&rec);
	return ok;
}

/* The contact of a key of the index; *there false: it has gone. */
static bool
contact_at(struct store *st, const uint8_t *hash, struct contact *out,
    bool *there, struct error *err)
{
	struct record rec;
	bool ok;

	if (!index_get(st, hash, &rec, there, err))
		return false;
	if (!*there)
		return true;
	ok = read_contact(st, &rec, out, there, err);
	record_done(&rec);
	return ok;
}

bool
contact_of_value(struct store *st, const struct value *v, contact_fn *fn,
    void *arg, size_t *n, struct error *err)
{
	struct record rec;
	bool found, ok = true, go_on = true;

	*n = 0;
	if (!store_get(st, v, &rec, &found, err))
		return false;
	if (!found)
		return true;
	for (size_t i = 0; ok && go_on && i < rec.links_n; i++) {
		struct contact c;
		bool there;

		if (rec.links[i].role != LINK_CONTACT)
			continue;
		ok = contact_at(st, rec.links[i].other, &c, &there, err);
		if (!ok || !there)
			continue;
		++*n;
		go_on = fn(&c, arg);
	}
	record_done(&rec);
	return ok;
}

struct listing {
	struct store *st;
	const struct contact_filter *filter;
	contact_fn *fn;
	void *arg;
	uint64_t n;
	bool ok;
	struct error *err;
};

static bool
list_one(const uint8_t hash[VALUE_HASH_BYTES], const struct record *rec,
    void *arg)
{
	struct listing *l = arg;
	const struct contact_filter *f = l->filter;
	struct contact c;
	bool there;

	(void)hash;
	/* Most records are values: nothing is read for them. */
	if (record_link(rec, f->blocked ? LINK_BLOCK : LINK_NAME, NULL) == NULL)
		return true;
	l->ok = read_contact(l->st, rec, &c, &there, l->err);
	if (!l->ok)
		return false;
	if (!there ||
	    (f->search[0] != '\0' && strcasestr(c.id, f->search) == NULL &&
		strcasestr(c.name, f->search) == NULL))
		return true;
	l->n++;
	return l->fn(&c, l->arg) && l->n != f->limit;
}

bool
contact_list(struct store *st, const struct contact_filter *f, contact_fn *fn,
    void *arg, struct error *err)
{
	struct listing l = { .st = st,
		.filter = f,
		.fn = fn,
		.arg = arg,
		.ok = true,
		.err = err };
	uint8_t after[VALUE_HASH_BYTES];
	struct value v;

	change_contact(&v, f->after, NULL);
	store_hash(st, &v, after);
	return store_walk(st, f->after[0] != '\0' ? after : NULL, list_one, &l,
		   err) &&
	       l.ok;
}
