/*
 * batch_contact - changes of contacts become events: a link is written at
 * both of its ends.
 */
#include "db/batch_contact.h"

#include <string.h>

void
contact_begin(const struct contact_work *w, enum event_op op,
    const struct value *v, const uint8_t *hash, struct event *ev)
{
	*ev = (struct event){ .op = op, .value = *v, .since = w->b->after.at };
	memcpy(ev->hash, hash, sizeof(ev->hash));
	(void)span_copy(span_of(w->contact.text), ev->contact,
	    sizeof(ev->contact));
	memcpy(ev->by, w->c->by, sizeof(ev->by));
	memcpy(ev->why, w->c->why, sizeof(ev->why));
	ev->evidence = w->c->evidence;
}

bool
contact_end(struct contact_work *w, struct event *ev, struct error *err)
{
	struct record *rec;
	bool there, ok;

	ok = batch_find_contact(w->b, w->contact.text, &ev->contact_prev,
	    &there, err);
	rec = ok ? batch_record(w->b, ev->hash, err) : NULL;
	ok = rec != NULL && batch_append(w->b, rec, ev, err);
	event_done(ev);
	w->result->changed = w->result->changed || ok;
	return ok;
}

/* The event takes all links of the role, and to other, with it. */
static void
cover_links(struct event *ev, const struct record *rec, enum link_role role,
    const uint8_t *other)
{
	for (size_t i = 0; i < rec->links_n; i++) {
		const struct link *l = &rec->links[i];

		if (l->role == role &&
		    (other == NULL ||
			memcmp(l->other, other, sizeof(l->other)) == 0))
			event_cover(ev, &l->dot);
	}
}

static bool
name_it(struct contact_work *w, struct error *err)
{
	struct event ev;

	contact_begin(w, EVENT_NAME, &w->c->value, w->hash, &ev);
	cover_links(&ev, &w->known, LINK_NAME, NULL);
	return contact_end(w, &ev, err);
}

static bool
create(struct contact_work *w, struct error *err)
{
	if (record_link(&w->known, LINK_NAME, NULL) == NULL)
		return name_it(w, err);
	error_set(err, ERROR_INVALID, "there is a contact '%s' already",
	    w->contact.text);
	return false;
}

static bool
rename_it(struct contact_work *w, struct error *err)
{
	const struct link *name = record_link(&w->known, LINK_NAME, NULL);
	struct event ev;
	bool same;

	if (!batch_event(w->b, name->at, &ev, err))
		return false;
	same = record_links(&w->known, LINK_NAME) == 1 &&
	       strcmp(ev.value.shown, w->c->value.shown) == 0;
	event_done(&ev);
	return same || name_it(w, err);
}

/* Writes a link or its end at one of its ends. */
static bool
tie_end(struct contact_work *w, enum event_op op, const struct value *v,
    const uint8_t *hash, const struct value *other, const uint8_t *other_hash,
    struct error *err)
{
	const struct record *rec = batch_record(w->b, hash, err);
	struct event ev;

	if (rec == NULL)
		return false;
	contact_begin(w, op, v, hash, &ev);
	ev.other_kind = other->kind;
	memcpy(ev.other, other->text, sizeof(ev.other));
	memcpy(ev.other_hash, other_hash, sizeof(ev.other_hash));
	if (op == EVENT_UNLINK)
		cover_links(&ev, rec,
		    v->kind == KIND_CONTACT ? LINK_VALUE : LINK_CONTACT,
		    other_hash);
	return contact_end(w, &ev, err);
}

static bool
tie(struct contact_work *w, enum event_op op, const struct value *v,
    const uint8_t *hash, struct error *err)
{
	return tie_end(w, op, &w->contact, w->hash, v, hash, err) &&
	       tie_end(w, op, v, hash, &w->contact, w->hash, err);
}

bool
contact_value(struct contact_work *w, const struct link *l, struct value *v,
    struct error *err)
{
	struct event ev;

	if (!batch_event(w->b, l->at, &ev, err))
		return false;
	value_of(v, ev.other_kind, ev.other);
	event_done(&ev);
	return true;
}

static bool
link_value(struct contact_work *w, struct error *err)
{
	const struct value *v = &w->c->value;
	uint8_t hash[VALUE_HASH_BYTES];
	const struct record *rec;

	store_hash(w->b->st, v, hash);
	rec = batch_record(w->b, hash, err);
	if (rec == NULL)
		return false;
	if (record_link(rec, LINK_CONTACT, w->hash) != NULL &&
	    record_link(&w->known, LINK_VALUE, hash) != NULL)
		return true;
	if (record_links(rec, LINK_CONTACT) >= LIMIT_VALUE_CONTACTS) {
		error_set(err, ERROR_LIMIT,
		    "%.100s belongs to %d contacts already", v->text,
		    LIMIT_VALUE_CONTACTS);
		return false;
	}
	if (record_links(&w->known, LINK_VALUE) >= LIMIT_CONTACT_VALUES) {
		error_set(err, ERROR_LIMIT,
		    "the contact '%s' has %d values already", w->contact.text,
		    LIMIT_CONTACT_VALUES);
		return false;
	}
	return tie(w, EVENT_LINK, v, hash, err) &&
	       contact_obey(w, v, hash, err);
}

/* Has the contact put a reason on the value? */
static bool
has_reason_of(const struct record *rec, const char *contact)
{
	for (size_t i = 0; i < rec->reasons_n; i++)
		if (rec->reasons[i].contact == name_hash(contact))
			return true;
	return false;
}

static bool
unlink_value(struct contact_work *w, struct error *err)
{
	const struct value *v = &w->c->value;
	uint8_t hash[VALUE_HASH_BYTES];
	const struct record *rec;

	store_hash(w->b->st, v, hash);
	rec = batch_record(w->b, hash, err);
	if (rec == NULL)
		return false;
	w->result->contact = has_reason_of(rec, w->contact.text);
	return (record_link(rec, LINK_CONTACT, w->hash) == NULL &&
		   record_link(&w->known, LINK_VALUE, hash) == NULL) ||
	       tie(w, EVENT_UNLINK, v, hash, err);
}

/* What nobody may contact is not forgotten in passing. */
static bool
is_free(struct contact_work *w, struct error *err)
{
	bool blocked = record_link(&w->known, LINK_BLOCK, NULL) != NULL;

	for (size_t i = 0; !blocked && i < w->known.links_n; i++) {
		const struct link *l = &w->known.links[i];
		const struct record *rec;

		if (l->role != LINK_VALUE)
			continue;
		rec = batch_record(w->b, l->other, err);
		if (rec == NULL)
			return false;
		blocked = has_reason_of(rec, w->contact.text);
	}
	if (blocked)
		error_set(err, ERROR_INVALID,
		    "the contact '%s' is blocked, or values of it are: "
		    "unblock it first",
		    w->contact.text);
	return !blocked;
}

static bool
forget(struct contact_work *w, struct error *err)
{
	uint8_t hash[VALUE_HASH_BYTES];
	struct event ev;
	struct value v;

	if (!is_free(w, err))
		return false;
	for (size_t i = 0; i < w->known.links_n; i++) {
		const struct link *l = &w->known.links[i];

		if (l->role != LINK_VALUE)
			continue;
		memcpy(hash, l->other, sizeof(hash));
		if (!contact_value(w, l, &v, err) ||
		    !tie(w, EVENT_UNLINK, &v, hash, err))
			return false;
	}
	contact_begin(w, EVENT_FORGET, &w->contact, w->hash, &ev);
	cover_links(&ev, &w->known, LINK_NAME, NULL);
	return contact_end(w, &ev, err);
}

static bool
carry_out(struct contact_work *w, struct error *err)
{
	switch (w->c->op) {
	case CHANGE_RENAME:
		return rename_it(w, err);
	case CHANGE_BLOCK:
		return contact_block(w, err);
	case CHANGE_UNBLOCK:
		return contact_unblock(w, err);
	case CHANGE_FORGET:
		return forget(w, err);
	case CHANGE_LINK:
		return link_value(w, err);
	default:
		return unlink_value(w, err);
	}
}

bool
batch_contact(struct batch *b, const struct change *c,
    struct change_result *result, struct error *err)
{
	struct contact_work w = { .b = b, .c = c, .result = result };
	const struct record *rec;
	bool ok = true;

	change_contact(&w.contact,
	    change_is_of_contact(c->op) ? c->value.text : c->contact, NULL);
	store_hash(b->st, &w.contact, w.hash);
	rec = batch_record(b, w.hash, err);
	if (rec == NULL)
		return false;
	record_copy(&w.known, rec);
	if (c->op == CHANGE_CREATE) {
		ok = create(&w, err);
	} else if (record_link(&w.known, LINK_NAME, NULL) == NULL) {
		error_set(err, ERROR_INVALID, "there is no contact '%s'",
		    w.contact.text);
		ok = false;
	} else {
		ok = carry_out(&w, err);
	}
	record_done(&w.known);
	return ok;
}
