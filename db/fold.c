#include "db/fold.h"

#include <string.h>

#include "base/mem.h"

static bool
is_covered(const struct record *rec, const struct dot *d)
{
	for (size_t i = 0; i < rec->covers_n; i++)
		if (dot_equal(&rec->covers[i], d))
			return true;
	return false;
}

static size_t
find_live(const struct record *rec, const struct dot *d)
{
	size_t i = 0;

	while (i < rec->reasons_n && !dot_equal(&rec->reasons[i].dot, d))
		i++;
	return i;
}

static size_t
find_link(const struct record *rec, const struct dot *d)
{
	size_t i = 0;

	while (i < rec->links_n && !dot_equal(&rec->links[i].dot, d))
		i++;
	return i;
}

/* The dot is gone, now or when its add comes. */
static void
cover(struct record *rec, const struct dot *d, struct reason *gone)
{
	size_t i = find_live(rec, d), link = find_link(rec, d);

	if (link < rec->links_n)
		rec->links[link] = rec->links[--rec->links_n];
	if (i < rec->reasons_n) {
		*gone = rec->reasons[i];
		rec->reasons[i] = rec->reasons[--rec->reasons_n];
	}
	if (is_covered(rec, d))
		return;
	rec->covers =
	    mem_resize(rec->covers, rec->covers_n + 1, sizeof(*rec->covers));
	rec->covers[rec->covers_n++] = *d;
}

static void
add(struct record *rec, const struct event *ev, struct journal_pos at,
    const struct reason *before)
{
	struct reason *r;

	if (is_covered(rec, &ev->dot) ||
	    find_live(rec, &ev->dot) < rec->reasons_n)
		return;
	rec->reasons =
	    mem_resize(rec->reasons, rec->reasons_n + 1, sizeof(*rec->reasons));
	r = &rec->reasons[rec->reasons_n++];
	*r = (struct reason){
		.source = ev->source,
		.stream = name_hash(ev->stream),
		.contact = name_hash(ev->contact),
		.since = ev->since,
		.expires = ev->expires,
		.last_seen = ev->at,
		.count = ev->count,
		.dot = ev->dot,
		.first = at,
		.last = at,
	};
	/* A repetition: the words of the first time stay the reason. */
	if (before->since == r->since && before->first.segment != 0)
		r->first = before->first;
}

/* What the event makes of the record, or 0. */
static enum link_role
role_of(const struct event *ev)
{
	switch (ev->op) {
	case EVENT_NAME:
		return LINK_NAME;
	case EVENT_LINK:
		return ev->value.kind == KIND_CONTACT ? LINK_VALUE
						      : LINK_CONTACT;
	case EVENT_BLOCK:
		return LINK_BLOCK;
	default:
		return 0;
	}
}

static void
tie(struct record *rec, const struct event *ev, enum link_role role,
    struct journal_pos at)
{
	struct link *l;

	if (is_covered(rec, &ev->dot) ||
	    find_link(rec, &ev->dot) < rec->links_n)
		return;
	rec->links =
	    mem_resize(rec->links, rec->links_n + 1, sizeof(*rec->links));
	l = &rec->links[rec->links_n++];
	*l = (struct link){ .role = role,
		.since = ev->since,
		.dot = ev->dot,
		.at = at };
	memcpy(l->other, ev->other_hash, sizeof(l->other));
}

void
fold(struct record *rec, const struct event *ev, struct journal_pos at)
{
	struct reason gone = { 0 };

	for (size_t i = 0; i < ev->cover_n; i++)
		cover(rec, &ev->cover[i], &gone);
	if (ev->op == EVENT_ADD)
		add(rec, ev, at, &gone);
	else if (ev->op == EVENT_ERASE)
		rec->erased = true;
	else if (role_of(ev) != 0)
		tie(rec, ev, role_of(ev), at);
	rec->head = at;
}

void
fold_forget(struct record *rec, const struct dot *upto)
{
	size_t kept = 0;

	for (size_t i = 0; i < rec->covers_n; i++) {
		const struct dot *d = &rec->covers[i];

		if (d->node != upto->node ||
		    d->incarnation != upto->incarnation || d->seq > upto->seq)
			rec->covers[kept++] = *d;
	}
	rec->covers_n = kept;
}
