/*
 * One value: may it get mail, why not, whose is it, what happened to it.
 */
#include "web/console/handlers.h"

#include <string.h>

#include "policy/check.h"
#include "web/console/page.h"
#include "web/console/rows.h"
#include "web/wanted.h"

struct showing {
	const struct value *value;
	struct view *view;
	const struct filter *history;
};

static bool
add_reason(const struct reason_row *row, void *arg)
{
	struct showing *s = arg;

	rows_reason(view_add(s->view, "rows"), row);
	return true;
}

/* What blocks it: itself, or what stands above it. */
static bool
add_blocker(const struct reason_row *row, void *arg)
{
	struct showing *s = arg;

	if (strcmp(row->value.text, s->value->text) != 0)
		view_text(s->view, "blocked_by", row->value.text);
	return true;
}

static bool
add_contact(const struct contact *c, void *arg)
{
	struct showing *s = arg;

	rows_contact(view_add(s->view, "contacts"), c);
	return true;
}

static bool
look(const struct request *r, struct showing *s, struct error *err)
{
	const struct value *v = s->value;
	struct store *st = r->web->store;
	struct check check;
	bool blocked;
	size_t reasons, contacts;

	check_init(r->web->conf, "", &check);
	if (!query_value(st, v, r->now, add_reason, s, &reasons, err) ||
	    !check_value(&check, st, v, r->now, add_blocker, s, &blocked,
		err) ||
	    !contact_of_value(st, v, add_contact, s, &contacts, err) ||
	    !rows_history(st, v, s->history, s->view, err))
		return false;
	view_yes(s->view, "rows_there", reasons > 0);
	view_yes(s->view, "contacts_there", contacts > 0);
	view_yes(s->view, "blocked", blocked);
	return true;
}

void
console_value(const struct request *r, struct answer *a)
{
	struct value v;
	struct wanted w;
	struct showing s = { .value = &v, .history = &w.filter };
	struct error err;

	if (!wanted_value(r, &v, a) || !wanted_read(r, "after:place", &w, a))
		return;
	s.view = page_new(r, v.text, "List");
	view_text(s.view, "the_value", v.text);
	view_text(s.view, "the_kind", names_text(kind_names, (int)v.kind));
	if (look(r, &s, &err)) {
		page_give("value.html", s.view, a);
		return;
	}
	view_free(s.view);
	answer_error(a, "console", &err);
}
