/*
 * One contact: whether to leave them alone, what they are reached at, what
 * happened.
 */
#include "web/console/handlers.h"

#include <string.h>

#include "web/console/page.h"
#include "web/console/rows.h"
#include "web/form.h"
#include "web/wanted.h"

struct showing {
	const struct request *request;
	const char *id;
	struct view *view;
	struct view *row; /* of the value that is being shown */
	size_t values;
	bool ok;
	struct error *err;
};

static bool
add_other(const struct contact *c, void *arg)
{
	struct showing *s = arg;
	struct view *other;

	if (strcmp(c->id, s->id) == 0)
		return true;
	other = view_add(s->row, "others");
	view_text(other, "id", c->id);
	view_text(other, "name", c->name);
	return true;
}

static bool
add_value(const struct contact_value_row *row, void *arg)
{
	struct showing *s = arg;
	size_t n;

	s->values++;
	s->row = view_add(s->view, "values");
	view_text(s->row, "value", row->value.text);
	view_text(s->row, "kind", names_text(kind_names, (int)row->value.kind));
	view_time(s->row, "since", "since_iso", row->since);
	view_yes(s->row, "put", row->put > 0);
	view_yes(s->row, "listed", row->live > 0 && row->put == 0);
	view_yes(s->row, "free", row->live == 0);
	s->ok = row->shared == 0 || contact_of_value(s->request->web->store,
					&row->value, add_other, s, &n, s->err);
	return s->ok;
}

static bool
look(struct showing *s, const struct filter *history)
{
	struct store *st = s->request->web->store;

	s->ok = true;
	return contact_values(st, s->id, s->request->now, add_value, s,
		   s->err) &&
	       s->ok && rows_history(st, NULL, history, s->view, s->err);
}

static void
show(const struct request *r, const struct contact *c, struct answer *a)
{
	struct error err;
	struct showing s = { .request = r, .id = c->id, .err = &err };
	struct wanted w;

	if (!wanted_read(r, "after:place", &w, a))
		return;
	memcpy(w.filter.contact, c->id, sizeof(w.filter.contact));
	s.view = page_new(r, c->name, "Contacts");
	if (!look(&s, &w.filter)) {
		view_free(s.view);
		answer_error(a, "console", &err);
		return;
	}
	rows_contact(s.view, c);
	page_view_streams(r, s.view, "");
	view_choices(s.view, "sources", source_names, SOURCE_USER);
	view_yes(s.view, "values_there", s.values > 0);
	view_yes(s.view, "several", true);
	page_give("contact.html", s.view, a);
}

bool
contact_find(const struct request *r, struct contact *c, struct answer *a)
{
	char id[LIMIT_CONTACT_TEXT];
	struct error err = { 0 };
	bool found = false;

	if (form_decode(r->rest, false, id, sizeof(id)) &&
	    change_contact_id(span_of(id), &err) &&
	    !contact_get(r->web->store, id, c, &found, &err)) {
		answer_error(a, "console", &err);
		return false;
	}
	if (!found)
		answer_problem(a, 404, "There is no such contact.");
	return found;
}

void
console_contact(const struct request *r, struct answer *a)
{
	struct contact c;

	if (contact_find(r, &c, a))
		show(r, &c, a);
}
