/*
 * contact show, list and find, and the contacts of a value.
 */
#include "base/clock.h"
#include "ctl/contact.h"
#include "ctl/rows.h"
#include "policy/review.h"

/* Of a history, if --limit does not say: a person may have been refused every
 * day. */
#define HISTORY_ROWS 100

static const struct column contact_columns[] = {
	{ "type", NULL, COLUMN_TEXT, false },
	{ "contact", "CONTACT", COLUMN_TEXT, false },
	{ "name", "NAME", COLUMN_TEXT, true },
	{ "values", "VALUES", COLUMN_INT, false },
	{ "since", "SINCE", COLUMN_TIME, false },
	{ "blocked", NULL, COLUMN_BOOL, false },
	{ "blocked_since", "DO NOT CONTACT SINCE", COLUMN_TIME, false },
	{ "source", NULL, COLUMN_TEXT, false },
	{ "stream", NULL, COLUMN_TEXT, false },
	{ "by", NULL, COLUMN_TEXT, false },
	{ "why", "WHY", COLUMN_TEXT, true },
};

static const struct column value_columns[] = {
	{ "type", NULL, COLUMN_TEXT, false },
	{ "value", "VALUE", COLUMN_TEXT, true },
	{ "kind", "KIND", COLUMN_TEXT, false },
	{ "since", "SINCE", COLUMN_TIME, false },
	{ "may_be_contacted", NULL, COLUMN_BOOL, false },
	{ "status", "STATUS", COLUMN_TEXT, false },
	{ "shared_with", "ALSO OF", COLUMN_TEXT, true },
};

/* Rows of one table. */
struct table {
	struct ctl *ctl;
	struct store *st;
	const char *id;
	struct output *out;
	size_t n;
	bool ok;
	struct error *err;
};

static bool
contact_row(const struct contact *c, void *arg)
{
	struct table *t = arg;

	t->n++;
	output_row(t->out,
	    (const struct cell[]){
		{ .text = "contact" },
		{ .text = c->id },
		{ .text = c->name },
		{ .number = (int64_t)c->values_n },
		{ .number = c->since },
		{ .number = c->blocked != 0 },
		{ .number = c->blocked },
		{ .text = c->blocked != 0
			      ? names_text(source_names, (int)c->source)
			      : "" },
		{ .text = c->stream },
		{ .text = c->by },
		{ .text = c->why },
	    });
	return !ctl_deaf(t->ctl);
}

static void
open_contacts(struct table *t)
{
	t->out = output_open(t->ctl->out, t->ctl->form, contact_columns,
	    ARRAY_LEN(contact_columns));
}

bool
contact_rows(struct ctl *ctl, struct store *st, const struct value *v,
    size_t *n, struct error *err)
{
	struct table t = { .ctl = ctl };
	bool ok;

	open_contacts(&t);
	ok = contact_of_value(st, v, contact_row, &t, n, err);
	return ctl_close(ctl, t.out, EXIT_YES) == EXIT_YES && ok;
}

/* What two commands print: contacts, or that there are none. */
static enum exit_status
end_contacts(struct table *t, enum exit_status status)
{
	status = ctl_close(t->ctl, t->out, status);
	store_close(t->st);
	if (status == EXIT_YES && t->n == 0) {
		if (t->ctl->form == OUTPUT_TEXT)
			fputs("No contact.\n", t->ctl->out);
		return EXIT_NO;
	}
	return status;
}

static enum exit_status
list(struct ctl *ctl, const struct contact_filter *f, const struct value *v)
{
	struct error err = { 0 };
	struct table t = { .ctl = ctl, .st = ctl_look(ctl, true, &err) };
	size_t n;
	bool ok;

	if (t.st == NULL)
		return ctl_fail(ctl, &err);
	open_contacts(&t);
	ok = v != NULL ? contact_of_value(t.st, v, contact_row, &t, &n, &err)
		       : contact_list(t.st, f, contact_row, &t, &err);
	return end_contacts(&t, ok ? EXIT_YES : ctl_fail(ctl, &err));
}

enum exit_status
contact_list_all(struct ctl *ctl)
{
	const struct options *opt = &ctl->opt;
	struct contact_filter f = { .blocked = opt->blocked,
		.limit = opt->filter.limit };

	(void)span_copy(span_of(opt->filter.search), f.search,
	    sizeof(f.search));
	(void)span_copy(span_of(opt->after_contact), f.after, sizeof(f.after));
	return list(ctl, &f, NULL);
}

/* By a value of theirs, which needs no search; else by id or name. */
enum exit_status
contact_find(struct ctl *ctl)
{
	const char *what = ctl->operands[1];
	struct contact_filter f = { .limit = ctl->opt.filter.limit };
	struct error ignored;
	struct value v;

	if (value_parse(span_of(what), &v, &ignored))
		return list(ctl, NULL, &v);
	(void)span_copy(span_of(what), f.search, sizeof(f.search));
	return list(ctl, &f, NULL);
}

/* The other contacts of a value, as "c2, c3". */
struct others {
	const char *id;
	struct buf text;
};

static bool
add_other(const struct contact *c, void *arg)
{
	struct others *o = arg;

	if (!span_is(span_of(c->id), o->id))
		buf_addf(&o->text, "%s%s", o->text.len > 0 ? ", " : "", c->id);
	return true;
}

static const char *
status_of(const struct contact_value_row *row)
{
	if (row->put > 0)
		return "do not contact";
	return row->live > 0 ? "on the list" : "may be contacted";
}

static bool
value_row(const struct contact_value_row *row, void *arg)
{
	struct table *t = arg;
	struct others others = { .id = t->id };
	size_t n;

	buf_init(&others.text,
	    LIMIT_VALUE_CONTACTS * (size_t)(LIMIT_CONTACT_TEXT + 2));
	t->n++;
	t->ok = row->shared == 0 || contact_of_value(t->st, &row->value,
					add_other, &others, &n, t->err);
	if (t->ok)
		output_row(t->out, (const struct cell[]){
				       { .text = "value" },
				       { .text = row->value.text },
				       { .text = names_text(kind_names,
					     (int)row->value.kind) },
				       { .number = row->since },
				       { .number = row->live == 0 },
				       { .text = status_of(row) },
				       { .text = buf_text(&others.text) },
				   });
	buf_done(&others.text);
	return t->ok && !ctl_deaf(t->ctl);
}

/* For people: first of all, whether to leave him alone. */
static void
banner(struct ctl *ctl, const struct contact *c)
{
	char since[CLOCK_TEXT];

	if (c->blocked != 0) {
		clock_format(c->blocked, since);
		fprintf(ctl->out, "*** DO NOT CONTACT *** since %s, by ",
		    since);
		ctl_put(ctl, c->by);
		fprintf(ctl->out, " (%s)%s",
		    names_text(source_names, (int)c->source),
		    c->why[0] != '\0' ? ": " : "");
		ctl_put(ctl, c->why);
		if (!span_is(span_of(c->stream), "*")) {
			fputs("\n    in the stream ", ctl->out);
			ctl_put(ctl, c->stream);
		}
		fputs("\n", ctl->out);
	}
	fprintf(ctl->out, "%s: ", c->id);
	ctl_put(ctl, c->name);
	fputs("\n\n", ctl->out);
}

static enum exit_status
show_values(struct table *t)
{
	enum exit_status status = EXIT_YES;

	t->ok = true;
	t->out = output_open(t->ctl->out, t->ctl->form, value_columns,
	    ARRAY_LEN(value_columns));
	if (!contact_values(t->st, t->id, t->ctl->now, value_row, t, t->err) ||
	    !t->ok)
		status = ctl_fail(t->ctl, t->err);
	return ctl_close(t->ctl, t->out, status);
}

static enum exit_status
show_history(struct table *t)
{
	enum exit_status status = EXIT_YES;
	uint64_t limit = t->ctl->opt.filter.limit, lost = 0;
	struct filter f = { .limit = limit != 0 ? limit : HISTORY_ROWS };
	struct rows rows;

	(void)span_copy(span_of(t->id), f.contact, sizeof(f.contact));
	if (t->ctl->form == OUTPUT_TEXT)
		fputs("\n", t->ctl->out);
	rows_open(&rows, t->ctl, ROWS_EVENTS);
	if (!query_activity(t->st, NULL, &f, rows_activity, &rows, &lost,
		t->err))
		status = ctl_fail(t->ctl, t->err);
	rows_lost(t->ctl, lost);
	status = ctl_close(t->ctl, rows.out, status);
	if (rows.n == f.limit && t->ctl->form == OUTPUT_TEXT)
		fprintf(t->ctl->out,
		    "Older ones: suppressctl history --contact %s --after %s\n",
		    t->id, rows.place);
	return status;
}

static enum exit_status
show_found(struct table *t, const struct contact *c)
{
	enum exit_status status = EXIT_YES;

	if (t->ctl->form == OUTPUT_TEXT) {
		banner(t->ctl, c);
	} else if (t->ctl->form == OUTPUT_JSON) {
		open_contacts(t);
		(void)contact_row(c, t);
		status = ctl_close(t->ctl, t->out, EXIT_YES);
	}
	if (status == EXIT_YES)
		status = show_values(t);
	if (status == EXIT_YES && t->ctl->form != OUTPUT_CSV)
		status = show_history(t);
	return status;
}

enum exit_status
contact_show(struct ctl *ctl)
{
	struct error err = { 0 };
	struct table t = { .ctl = ctl, .id = ctl->operands[1], .err = &err };
	enum exit_status status = EXIT_NO;
	struct contact c;
	bool found;

	if (!change_contact_id(span_of(t.id), &err))
		return ctl_fail(ctl, &err);
	t.st = ctl_look(ctl, true, &err);
	if (t.st == NULL)
		return ctl_fail(ctl, &err);
	if (!contact_get(t.st, t.id, &c, &found, &err))
		status = ctl_fail(ctl, &err);
	else if (found)
		status = show_found(&t, &c);
	else if (ctl->form == OUTPUT_TEXT)
		fprintf(ctl->out, "There is no contact %s.\n", t.id);
	store_close(t.st);
	return status;
}

/* Behind the contact and its values: what the list, the history and the review
 * have. *any: there was something. */
static bool
export_rest(struct table *t, bool *any)
{
	struct ctl *ctl = t->ctl;
	const struct filter *f = &ctl->opt.filter;
	const struct review which = { .filter = *f };
	uint64_t lost = 0;
	struct rows rows[3];
	bool ok;

	rows_open(&rows[0], ctl, ROWS_REASONS);
	rows_open(&rows[1], ctl, ROWS_EVENTS);
	rows_open(&rows[2], ctl, ROWS_REVIEW);
	ok = query_list(t->st, f, ctl->now, rows_reason, &rows[0], t->err) &&
	     query_activity(t->st, NULL, f, rows_activity, &rows[1], &lost,
		 t->err) &&
	     review_walk(ctl->conf, t->st, &which, ctl->now, rows_review,
		 &rows[2], t->err);
	rows_lost(ctl, lost);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		*any = *any || rows[i].n > 0;
		if (ctl_close(ctl, rows[i].out, EXIT_YES) != EXIT_YES)
			return false;
	}
	return ok;
}

enum exit_status
contact_export(struct ctl *ctl)
{
	struct error err = { 0 };
	struct table t = { .ctl = ctl,
		.id = ctl->opt.filter.contact,
		.err = &err };
	enum exit_status status = EXIT_YES;
	struct contact c;
	bool found;

	if (ctl->form == OUTPUT_CSV) {
		error_set(&err, ERROR_INVALID,
		    "what is known of a contact is written as JSON alone");
		return ctl_fail(ctl, &err);
	}
	ctl->form = OUTPUT_JSON;
	t.st = ctl_look(ctl, true, &err);
	if (t.st == NULL || !contact_get(t.st, t.id, &c, &found, &err)) {
		store_close(t.st);
		return ctl_fail(ctl, &err);
	}
	if (found) {
		open_contacts(&t);
		(void)contact_row(&c, &t);
		status = ctl_close(ctl, t.out, EXIT_YES);
	}
	if (found && status == EXIT_YES)
		status = show_values(&t);
	/* One that was removed has a history. */
	if (status == EXIT_YES && !export_rest(&t, &found))
		status = ctl_fail(ctl, &err);
	store_close(t.st);
	return status == EXIT_YES && !found ? EXIT_NO : status;
}
