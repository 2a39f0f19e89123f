/*
 * contact_history - the histories of a contact and of its values as one: the
 * newest of the events that the chains have next.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "db/contact.h"
#include "db/store_impl.h"

/* One chain: the contact's or a value's. */
struct chain {
	struct event next; /* lsn 0: the chain is at its end */
};

struct merge {
	struct store *st;
	const char *id;
	uint64_t last;        /* number of an event: later ones are left out */
	struct chain *chains; /* heap */
	size_t n;
};

/* The value's end of a link says the same as the contact's. */
static bool
is_said_twice(const struct merge *m, const struct event *ev)
{
	return ev->value.kind != KIND_CONTACT &&
	       (ev->op == EVENT_LINK || ev->op == EVENT_UNLINK) &&
	       strcmp(ev->contact, m->id) == 0;
}

static bool
go_to(struct merge *m, struct chain *c, struct journal_pos pos,
    struct error *err)
{
	event_done(&c->next);
	while (pos.segment != 0) {
		if (!store_event(m->st, pos, &c->next, err))
			return false;
		if (c->next.lsn <= m->last && !is_said_twice(m, &c->next))
			return true;
		pos = c->next.prev;
		event_done(&c->next);
	}
	return true;
}

static bool
begin(struct merge *m, struct error *err)
{
	struct record rec, value;
	struct value contact;
	bool found, ok;

	change_contact(&contact, m->id, NULL);
	if (!store_get(m->st, &contact, &rec, &found, err))
		return false;
	if (!found)
		return true;
	m->chains = mem_new(rec.links_n + 1, sizeof(*m->chains));
	m->n = 1;
	ok = go_to(m, &m->chains[0], rec.head, err);
	for (size_t i = 0; ok && i < rec.links_n; i++) {
		if (rec.links[i].role != LINK_VALUE)
			continue;
		ok = index_get(m->st, rec.links[i].other, &value, &found, err);
		if (!ok || !found)
			continue;
		ok = go_to(m, &m->chains[m->n++], value.head, err);
		record_done(&value);
	}
	record_done(&rec);
	return ok;
}

static struct chain *
newest(const struct merge *m)
{
	struct chain *best = NULL;

	for (size_t i = 0; i < m->n; i++)
		if (m->chains[i].next.lsn != 0 &&
		    (best == NULL || m->chains[i].next.lsn > best->next.lsn))
			best = &m->chains[i];
	return best;
}

bool
contact_history(struct store *st, const char *id, uint64_t last,
    query_event_fn *fn, void *arg, struct error *err)
{
	struct merge m = { .st = st, .id = id, .last = last };
	bool ok = begin(&m, err);
	struct chain *c;

	while (ok && (c = newest(&m)) != NULL) {
		if (!fn(&c->next, arg))
			break;
		ok = go_to(&m, c, c->next.prev, err);
	}
	for (size_t i = 0; i < m.n; i++)
		event_done(&m.chains[i].next);
	free(m.chains);
	return ok;
}
