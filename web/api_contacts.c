/*
 * Contacts: made, changed, blocked, listed, shown.
 */
#include "web/handlers.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "policy/people.h"
#include "web/api_rows.h"
#include "web/form.h"
#include "web/heavy.h"
#include "web/repeat.h"
#include "web/wanted.h"
#include "web/wish.h"

static void
results(const struct people_wish *p, const struct change *changes, size_t n,
    const struct change_result *done, struct buf *out)
{
	json_begin(out);
	json_text(out, "contact", span_of(p->id));
	json_array_begin(out, "results");
	for (size_t i = 0; i < n; i++) {
		const struct value *v = &changes[i].value;

		json_object_begin(out, NULL);
		json_text(out, "value", span_of(v->text));
		json_text(out, "kind",
		    span_of(names_text(kind_names, (int)v->kind)));
		json_bool(out, "changed", done[i].changed || done[i].again);
		json_bool(out, "kept", done[i].kept);
		json_bool(out, "stays_blocked", done[i].contact);
		json_object_end(out);
	}
	json_array_end(out);
	json_end(out);
}

/* What is not there, or there already, is said so. */
static void
refuse(const struct request *r, enum people_verb verb, const char *id,
    const struct error *why, struct answer *a)
{
	struct error err = { 0 };
	struct contact c;
	bool found;

	if (why->code != ERROR_INVALID) {
		answer_error(a, "api", why);
		return;
	}
	if (!contact_get(r->web->store, id, &c, &found, &err))
		answer_error(a, "api", &err);
	else if (verb == PEOPLE_ADD)
		answer_problem(a, found ? 409 : 422, why->text);
	else
		answer_problem(a, found ? 422 : 404, why->text);
}

static void
carry_out(const struct request *r, enum people_verb verb, const char *id,
    const struct wish *w, struct answer *a)
{
	struct evidence mark = { 0 };
	const struct people_wish p = { .verb = verb,
		.id = id,
		.name = w->name,
		.values = w->values,
		.n = w->n,
		.drop = w->drop,
		.kind = w->kind,
		.source = verb == PEOPLE_BLOCK && w->source == 0 ? SOURCE_API
								 : w->source,
		.stream = w->stream,
		.why = w->why,
		.by = r->actor,
		.force = w->force,
		.evidence = &mark };
	struct change_result *done;
	struct change *changes = NULL;
	struct error err;
	size_t n = 0;
	bool ok;

	repeat_mark(r, &mark);
	ok = people_changes(r->web->store, &p, &changes, &n, &err);
	done = mem_new(n, sizeof(*done));
	ok = ok &&
	     (n == 0 || store_change(r->web->store, changes, n, done, &err));
	if (ok)
		results(&p, changes, n, done, &a->body);
	else
		refuse(r, verb, id, &err, a);
	free(done);
	free(changes);
}

/* The id in the path. */
static bool
path_id(const struct request *r, char id[LIMIT_CONTACT_TEXT], struct answer *a)
{
	struct error err = { 0 };
	bool ok = form_decode(r->rest, false, id, LIMIT_CONTACT_TEXT);

	if (!ok)
		error_set(&err, ERROR_INVALID, "that is no contact's id");
	if (ok && change_contact_id(span_of(id), &err))
		return true;
	answer_problem(a, 422, err.text);
	return false;
}

static void
change(const struct request *r, enum people_verb verb, const char *members,
    struct answer *a)
{
	char id[LIMIT_CONTACT_TEXT];
	struct wish w = { 0 };

	if (path_id(r, id, a) && wish_read(r, members, &w, a) &&
	    wish_may_force(r, &w, a))
		carry_out(r, verb, id, &w, a);
	wish_done(&w);
}

void
handle_contact_add(const struct request *r, struct answer *a)
{
	struct wish w;

	if (wish_read(r, "id name values", &w, a)) {
		if (w.id[0] == '\0')
			answer_problem(a, 422, "id: is missing");
		else
			carry_out(r, PEOPLE_ADD, w.id, &w, a);
	}
	wish_done(&w);
}

void
handle_contact_set(const struct request *r, struct answer *a)
{
	change(r, PEOPLE_SET, "name values drop", a);
}

void
handle_contact_block(const struct request *r, struct answer *a)
{
	change(r, PEOPLE_BLOCK, "source stream why kind values", a);
}

void
handle_contact_unblock(const struct request *r, struct answer *a)
{
	change(r, PEOPLE_UNBLOCK, "source stream why kind values force", a);
}

void
handle_contact_remove(const struct request *r, struct answer *a)
{
	change(r, PEOPLE_REMOVE, "why", a);
}

struct page {
	struct buf *out;
	uint64_t limit;
	uint64_t n;
	bool more;
	char last[LIMIT_CONTACT_TEXT];
};

static void
contact_members(const struct contact *c, struct buf *out)
{
	json_text(out, "contact", span_of(c->id));
	json_text(out, "name", span_of(c->name));
	json_int(out, "values_count", (int64_t)c->values_n);
	api_time(out, "since", c->since);
	json_bool(out, "blocked", c->blocked != 0);
	api_time(out, "blocked_since", c->blocked);
	if (c->blocked == 0)
		return;
	json_text(out, "source",
	    span_of(names_text(source_names, (int)c->source)));
	json_text(out, "stream", span_of(c->stream));
	json_text(out, "by", span_of(c->by));
	json_text(out, "why", span_of(c->why));
}

static bool
contact_row(const struct contact *c, void *arg)
{
	struct page *p = arg;

	p->more = p->n >= p->limit;
	if (p->more)
		return false;
	p->n++;
	memcpy(p->last, c->id, sizeof(p->last));
	json_object_begin(p->out, NULL);
	contact_members(c, p->out);
	json_object_end(p->out);
	return true;
}

void
handle_contacts_list(const struct request *r, struct answer *a)
{
	struct contact_filter f = { 0 };
	struct page p = { .out = &a->body };
	struct error err;
	struct wanted w;
	size_t n;
	bool ok;

	if (!wanted_read(r, "blocked search limit after:contact value", &w, a))
		return;
	f.blocked = w.blocked;
	memcpy(f.search, w.filter.search, sizeof(f.search));
	memcpy(f.after, w.after_contact, sizeof(f.after));
	p.limit = w.filter.limit;
	if (!heavy_begin(heavy_contacts(&f), a))
		return;
	json_begin(p.out);
	json_array_begin(p.out, "contacts");
	ok = w.has_value
		 ? contact_of_value(r->web->store, &w.value, contact_row, &p,
		       &n, &err)
		 : contact_list(r->web->store, &f, contact_row, &p, &err);
	heavy_end(heavy_contacts(&f));
	if (!ok) {
		answer_error(a, "api", &err);
		return;
	}
	json_array_end(p.out);
	if (p.more)
		json_text(p.out, "next", span_of(p.last));
	else
		json_null(p.out, "next");
	json_end(p.out);
}

static bool
value_row(const struct contact_value_row *row, void *arg)
{
	struct buf *out = arg;

	json_object_begin(out, NULL);
	json_text(out, "value", span_of(row->value.text));
	json_text(out, "kind",
	    span_of(names_text(kind_names, (int)row->value.kind)));
	api_time(out, "since", row->since);
	json_bool(out, "may_be_contacted", row->live == 0);
	json_bool(out, "blocked_by_contact", row->put > 0);
	json_int(out, "shared_with", (int64_t)row->shared);
	json_object_end(out);
	return true;
}

void
handle_contact(const struct request *r, struct answer *a)
{
	char id[LIMIT_CONTACT_TEXT];
	struct contact c;
	struct error err;
	bool found;

	if (!path_id(r, id, a))
		return;
	if (!contact_get(r->web->store, id, &c, &found, &err)) {
		answer_error(a, "api", &err);
		return;
	}
	if (!found) {
		answer_problem(a, 404, "There is no contact of this id.");
		return;
	}
	json_begin(&a->body);
	contact_members(&c, &a->body);
	json_array_begin(&a->body, "values");
	if (!contact_values(r->web->store, id, r->now, value_row, &a->body,
		&err)) {
		answer_error(a, "api", &err);
		return;
	}
	json_array_end(&a->body);
	json_end(&a->body);
}

/* One that is gone has it, too. */
void
handle_contact_activity(const struct request *r, struct answer *a)
{
	char id[LIMIT_CONTACT_TEXT];
	struct wanted w;

	if (!path_id(r, id, a) || !wanted_read(r, "limit after:place", &w, a))
		return;
	memcpy(w.filter.contact, id, sizeof(w.filter.contact));
	api_events(r, &w, a);
}
