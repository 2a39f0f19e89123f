/*
 * check and show.
 */
#include "ctl/cmd.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "ctl/contact.h"
#include "ctl/input.h"
#include "ctl/progress.h"
#include "ctl/rows.h"
#include "policy/screen.h"

static const struct column check_columns[] = {
	{ "value", "VALUE", COLUMN_TEXT, true },
	{ "may_be_contacted", NULL, COLUMN_BOOL, false },
	{ "blocked_by", "BLOCKED BY", COLUMN_TEXT, true },
	{ "source", "SOURCE", COLUMN_TEXT, false },
	{ "stream", "STREAM", COLUMN_TEXT, false },
	{ "since", "SINCE", COLUMN_TIME, false },
	{ "expires", NULL, COLUMN_TIME, false },
	{ "by", "BY", COLUMN_TEXT, false },
	{ "why", "WHY", COLUMN_TEXT, true },
	{ "contact", NULL, COLUMN_TEXT, false },
};

struct checking {
	struct ctl *ctl;
	struct output *out;
	bool blocked; /* one of them, at least */
};

static bool
check_row(const struct value *asked, const struct reason_row *row, void *arg)
{
	char why[LIMIT_WHY_TEXT + LIMIT_CONTACT_TEXT + 16];
	struct checking *c = arg;
	const char *contact;

	/* A table for people names only who may not be contacted. */
	if (row == NULL && c->ctl->form == OUTPUT_TEXT)
		return true;
	if (row == NULL) {
		output_row(c->out,
		    (const struct cell[]){ { .text = asked->text },
			{ .number = true }, { .text = "" }, { .text = "" },
			{ .text = "" }, { 0 }, { 0 }, { .text = "" },
			{ .text = "" }, { .text = "" } });
		return !ctl_deaf(c->ctl);
	}
	c->blocked = true;
	contact = row->last->contact;
	/* A table has no column for it. */
	snprintf(why, sizeof(why), "%s%s%s%s", row->first->why,
	    contact[0] != '\0' ? " (contact " : "", contact,
	    contact[0] != '\0' ? ")" : "");
	output_row(c->out,
	    (const struct cell[]){
		{ .text = asked->text },
		{ .number = false },
		{ .text = row->value.text },
		{ .text = names_text(source_names, (int)row->reason->source) },
		{ .text = row->last->stream },
		{ .number = row->reason->since },
		{ .number = row->reason->expires },
		{ .text = row->first->by },
		{ .text = c->ctl->form == OUTPUT_TEXT ? why : row->first->why },
		{ .text = contact },
	    });
	return !ctl_deaf(c->ctl);
}

/* Batch by batch, to the end of the values or until nobody reads. */
static bool
check_all(struct checking *c, struct screen *screen, struct input_reader *in,
    struct error *err)
{
	struct value *batch = mem_new(SCREEN_BATCH, sizeof(*batch));
	bool ok = true, more = true;

	while (ok && more && !ctl_deaf(c->ctl)) {
		size_t n = 0;

		do
			more = input_next(in, &batch[n], err);
		while (more && ++n < SCREEN_BATCH);
		ok = more || err->code == ERROR_NONE;
		ok = ok && (n == 0 || screen_values(screen, batch, n, check_row,
					  c, err));
		progress_add(n);
	}
	free(batch);
	return ok;
}

static enum exit_status
check_with(struct ctl *ctl, struct store *st, struct input_reader *in)
{
	struct checking c = { .ctl = ctl };
	struct screen *screen =
	    screen_new(ctl->conf, st, ctl->opt.filter.stream, ctl->now);
	struct error err = { 0 };
	enum exit_status status;
	bool ok;

	c.out = output_open(ctl->out, ctl->form, check_columns,
	    ARRAY_LEN(check_columns));
	ok = check_all(&c, screen, in, &err);
	screen_free(screen);
	if (!ok)
		status = ctl_fail(ctl, &err);
	else if (input_bad(in) > 0)
		status = EXIT_USAGE;
	else
		status = c.blocked ? EXIT_NO : EXIT_YES;
	return ctl_close(ctl, c.out, status);
}

enum exit_status
cmd_check(struct ctl *ctl)
{
	struct error err = { 0 };
	enum exit_status status;
	struct input_reader *in;
	struct store *st;

	progress_begin(ctl->command, "values");
	in = input_open(ctl, &err);
	if (in == NULL) {
		progress_end();
		return ctl_fail(ctl, &err);
	}
	ctl_warn_stream(ctl);
	st = ctl_look(ctl, true, &err);
	if (st != NULL) {
		status = check_with(ctl, st, in);
	} else {
		error_prefix(&err, "not known, so don't send");
		ctl_fail(ctl, &err);
		status = EXIT_FAILED;
	}
	store_close(st);
	input_close(in);
	progress_end();
	return status;
}

enum exit_status
cmd_show(struct ctl *ctl)
{
	struct error err = { 0 };
	enum exit_status status = EXIT_YES;
	const struct filter all = { 0 };
	struct store *st;
	struct rows rows;
	struct value v;
	uint64_t lost = 0;
	size_t live = 0, contacts = 0;

	if (!value_parse(span_of(ctl->operands[0]), &v, &err))
		return ctl_fail(ctl, &err);
	st = ctl_look(ctl, true, &err);
	if (st == NULL)
		return ctl_fail(ctl, &err);
	rows_open(&rows, ctl, ROWS_REASONS);
	if (!query_value(st, &v, ctl->now, rows_reason, &rows, &live, &err))
		status = ctl_fail(ctl, &err);
	status = ctl_close(ctl, rows.out, status);
	if (status == EXIT_YES && ctl->form == OUTPUT_TEXT && live == 0) {
		ctl_put(ctl, v.text);
		fputs(" is not on the list.\n", ctl->out);
	}
	if (status == EXIT_YES && ctl->form != OUTPUT_CSV &&
	    !contact_rows(ctl, st, &v, &contacts, &err))
		status = ctl_fail(ctl, &err);
	rows_open(&rows, ctl, ROWS_EVENTS);
	if (status == EXIT_YES && ctl->form != OUTPUT_CSV &&
	    !query_activity(st, &v, &all, rows_activity, &rows, &lost, &err))
		status = ctl_fail(ctl, &err);
	rows_lost(ctl, lost);
	if (status == EXIT_YES && live == 0 && contacts == 0 && rows.n == 0)
		status = EXIT_NO;
	status = ctl_close(ctl, rows.out, status);
	store_close(st);
	return status;
}
