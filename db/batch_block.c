/*
 * batch_block - do not contact: a mark on the contact, for values that come
 * later, and a reason on each value that it has.
 */
#include "db/batch_contact.h"

#include <string.h>

#include "db/plan.h"

/* A block's reason for one value, unless it stands already. */
static bool
put_reason(struct contact_work *w, const struct change *put,
    const uint8_t *hash, struct error *err)
{
	const struct record *rec = batch_record(w->b, hash, err);
	struct change_result ignored = { 0 };
	bool wrote;

	if (rec == NULL)
		return false;
	for (size_t i = 0; i < rec->reasons_n; i++) {
		const struct reason *r = &rec->reasons[i];

		if (r->source == put->source &&
		    r->stream == name_hash(put->stream) &&
		    r->contact == name_hash(put->contact))
			return true;
	}
	if (!batch_write(w->b, hash, put, &ignored, &wrote, err))
		return false;
	w->result->put++;
	w->result->changed = true;
	return true;
}

/* The change of a value that a block makes; the words are the block's. */
static struct change
reason_of(const struct contact_work *w, const struct value *v,
    enum source source, const char *stream, const char *why)
{
	struct change put = { .op = CHANGE_ADD, .value = *v, .source = source };

	(void)span_copy(span_of(stream), put.stream, sizeof(put.stream));
	(void)span_copy(span_of(w->contact.text), put.contact,
	    sizeof(put.contact));
	(void)span_copy(span_of(why), put.why, sizeof(put.why));
	memcpy(put.by, w->c->by, sizeof(put.by));
	return put;
}

/* Puts on a new value what the blocks have put on the others. */
bool
contact_obey(struct contact_work *w, const struct value *v, const uint8_t *hash,
    struct error *err)
{
	for (size_t i = 0; i < w->known.links_n; i++) {
		const struct link *l = &w->known.links[i];
		struct change put;
		struct event ev;

		if (l->role != LINK_BLOCK)
			continue;
		if (!batch_event(w->b, l->at, &ev, err))
			return false;
		put = reason_of(w, v, ev.source, ev.stream, ev.why);
		event_done(&ev);
		if (!put_reason(w, &put, hash, err))
			return false;
	}
	return true;
}

/* Is there a block as the change wants it already? */
static bool
find_block(struct contact_work *w, bool *there, struct error *err)
{
	*there = false;
	for (size_t i = 0; !*there && i < w->known.links_n; i++) {
		struct event ev;

		if (w->known.links[i].role != LINK_BLOCK)
			continue;
		if (!batch_event(w->b, w->known.links[i].at, &ev, err))
			return false;
		*there = ev.source == w->c->source &&
			 strcmp(ev.stream, w->c->stream) == 0;
		event_done(&ev);
	}
	return true;
}

bool
contact_block(struct contact_work *w, struct error *err)
{
	uint8_t hash[VALUE_HASH_BYTES];
	struct change put;
	struct event ev;
	struct value v;
	bool there;

	if (!find_block(w, &there, err))
		return false;
	contact_begin(w, EVENT_BLOCK, &w->contact, w->hash, &ev);
	ev.source = w->c->source;
	memcpy(ev.stream, w->c->stream, sizeof(ev.stream));
	if (!there && !contact_end(w, &ev, err))
		return false;
	for (size_t i = 0; i < w->known.links_n; i++) {
		const struct link *l = &w->known.links[i];

		if (l->role != LINK_VALUE)
			continue;
		if (!contact_value(w, l, &v, err))
			return false;
		store_hash(w->b->st, &v, hash);
		put = reason_of(w, &v, w->c->source, w->c->stream, w->c->why);
		if (!put_reason(w, &put, hash, err))
			return false;
	}
	return true;
}

/* The blocks that the change names are gone. */
static bool
lift_blocks(struct contact_work *w, struct error *err)
{
	const struct change *c = w->c;
	struct event ev;

	contact_begin(w, EVENT_UNBLOCK, &w->contact, w->hash, &ev);
	for (size_t i = 0; i < w->known.links_n; i++) {
		const struct link *l = &w->known.links[i];
		struct event block;

		if (l->role != LINK_BLOCK)
			continue;
		if (!batch_event(w->b, l->at, &block, err)) {
			event_done(&ev);
			return false;
		}
		if ((c->source == 0 || c->source == block.source) &&
		    (c->stream[0] == '\0' ||
			strcmp(c->stream, block.stream) == 0)) {
			if (source_is_wish(block.source) && !c->force)
				w->result->kept = true;
			else
				event_cover(&ev, &l->dot);
		}
		event_done(&block);
	}
	if (ev.cover_n > 0)
		return contact_end(w, &ev, err);
	event_done(&ev);
	return true;
}

static bool
lift_reasons(struct contact_work *w, const struct link *l, struct error *err)
{
	struct change lift = *w->c;
	uint8_t hash[VALUE_HASH_BYTES];
	bool wrote;

	lift.op = CHANGE_REMOVE;
	memcpy(lift.contact, w->contact.text, sizeof(lift.contact));
	if (!contact_value(w, l, &lift.value, err))
		return false;
	store_hash(w->b->st, &lift.value, hash);
	do {
		if (!batch_write(w->b, hash, &lift, w->result, &wrote, err))
			return false;
		w->result->changed = w->result->changed || wrote;
	} while (wrote);
	return true;
}

bool
contact_unblock(struct contact_work *w, struct error *err)
{
	if (!lift_blocks(w, err))
		return false;
	for (size_t i = 0; i < w->known.links_n; i++)
		if (w->known.links[i].role == LINK_VALUE &&
		    !lift_reasons(w, &w->known.links[i], err))
			return false;
	return true;
}
