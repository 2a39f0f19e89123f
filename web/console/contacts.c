/*
 * Contacts: found by id, name or value, and made.
 */
#include "web/console/handlers.h"

#include <stdio.h>
#include <string.h>

#include "web/console/lines.h"
#include "web/console/page.h"
#include "web/console/rows.h"
#include "web/heavy.h"

struct finding {
	struct view *view;
	char last[LIMIT_CONTACT_TEXT];
	size_t n;
	bool more;
};

static bool
add_row(const struct contact *c, void *arg)
{
	struct finding *f = arg;

	f->more = f->n == PAGE_ROWS;
	if (f->more)
		return false;
	f->n++;
	(void)span_copy(span_of(c->id), f->last, sizeof(f->last));
	rows_contact(view_add(f->view, "contacts"), c);
	return true;
}

/* What the query asks for. */
static void
read_query(const struct request *r, struct contact_filter *f)
{
	char blocked[8];

	page_parameter(r, "search", f->search, sizeof(f->search));
	page_parameter(r, "after", f->after, sizeof(f->after));
	page_parameter(r, "blocked", blocked, sizeof(blocked));
	f->blocked = blocked[0] != '\0';
}

/* A value of theirs needs no search. */
static bool
find(const struct request *r, const struct contact_filter *f,
    struct finding *found, struct error *err)
{
	struct store *st = r->web->store;
	struct error ignored;
	struct value v;
	size_t n;

	if (value_parse(span_of(f->search), &v, &ignored))
		return contact_of_value(st, &v, add_row, found, &n, err);
	return contact_list(st, f, add_row, found, err);
}

/* What was written of a new one. */
struct fresh {
	char id[LIMIT_CONTACT_TEXT];
	char name[LIMIT_CONTACT_NAME_TEXT];
	const char *values;
	const char *problem; /* "": none */
};

static void
show(const struct request *r, const struct fresh *fresh, struct answer *a)
{
	struct finding found = { .view = page_new(r, "Contacts", "Contacts") };
	struct contact_filter f = { 0 };
	struct view *v = found.view;
	struct error err;
	bool ok;

	read_query(r, &f);
	if (!heavy_begin(heavy_contacts(&f), a)) {
		view_free(v);
		return;
	}
	ok = find(r, &f, &found, &err);
	heavy_end(heavy_contacts(&f));
	if (!ok) {
		view_free(v);
		answer_error(a, "console", &err);
		return;
	}
	view_text(v, "search", f.search);
	view_yes(v, "only_blocked", f.blocked);
	view_yes(v, "filtered", f.search[0] != '\0' || f.blocked);
	view_yes(v, "continued", f.after[0] != '\0');
	view_yes(v, "rows_there", found.n > 0);
	view_text(v, "next", found.more ? found.last : "");
	view_text(v, "new_id", fresh->id);
	view_text(v, "new_name", fresh->name);
	view_text(v, "new_values", fresh->values);
	view_text(v, "problem", fresh->problem);
	if (fresh->problem[0] != '\0')
		a->status = 422;
	page_give("contacts.html", v, a);
}

void
console_contacts(const struct request *r, struct answer *a)
{
	show(r, &(const struct fresh){ .values = "", .problem = "" }, a);
}

static bool
create(const struct request *r, const struct fresh *fresh,
    const struct lines *lines, struct error *err)
{
	const struct people_wish w = { .verb = PEOPLE_ADD,
		.id = fresh->id,
		.name = fresh->name,
		.values = lines->values,
		.n = lines->n,
		.stream = "",
		.why = "",
		.by = r->actor };
	struct contact_done done;

	return contact_commit(r, &w, &done, err);
}

void
console_contact_new(const struct request *r, struct answer *a)
{
	struct fresh fresh = { .problem = "" };
	char path[64 + LIMIT_CONTACT_TEXT];
	struct lines lines;
	struct error err;

	page_field(r, "id", fresh.id, sizeof(fresh.id));
	page_field(r, "name", fresh.name, sizeof(fresh.name));
	if (lines_read(r, "values", &lines, &err) &&
	    create(r, &fresh, &lines, &err)) {
		page_say(r, "The contact %s was made.", fresh.id);
		snprintf(path, sizeof(path), "/console/contacts/%s", fresh.id);
		page_go(a, path);
	} else if (err.code == ERROR_INVALID || err.code == ERROR_LIMIT) {
		fresh.values = lines.text;
		fresh.problem = err.text;
		show(r, &fresh, a);
	} else {
		answer_error(a, "console", &err);
	}
	lines_done(&lines);
}
