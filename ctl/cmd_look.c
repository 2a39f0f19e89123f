/*
 * check and show.
 */
#include "ctl/cmd.h"

#include "ctl/contact.h"
#include "ctl/input.h"
#include "ctl/rows.h"
#include "policy/check.h"

/* What is printed of one value. */
struct finding {
	const struct ctl *ctl;
	struct output *out;
	const struct value *asked;
};

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

static bool
check_row(const struct reason_row *row, void *arg)
{
	const struct finding *f = arg;

	output_row(f->out,
	    (const struct cell[]){
		{ .text = f->asked->text },
		{ .number = false },
		{ .text = row->value.text },
		{ .text = names_text(source_names, (int)row->reason->source) },
		{ .text = row->last->stream },
		{ .number = row->reason->since },
		{ .number = row->reason->expires },
		{ .text = row->first->by },
		{ .text = row->first->why },
		{ .text = row->last->contact },
	    });
	return true;
}

static void
check_passed(const struct finding *f)
{
	/* A table for people names only who may not be contacted. */
	if (f->ctl->form == OUTPUT_TEXT)
		return;
	output_row(f->out,
	    (const struct cell[]){ { .text = f->asked->text },
		{ .number = true }, { .text = "" }, { .text = "" },
		{ .text = "" }, { 0 }, { 0 }, { .text = "" }, { .text = "" },
		{ .text = "" } });
}

static enum exit_status
check_all(struct ctl *ctl, struct store *st, const struct input *in)
{
	struct finding f = { .ctl = ctl };
	struct check check;
	enum exit_status status = EXIT_YES;
	struct error err = { 0 };

	check_init(ctl->conf, ctl->opt.filter.stream, &check);
	f.out = output_open(ctl->out, ctl->form, check_columns,
	    ARRAY_LEN(check_columns));
	for (size_t i = 0; i < in->n && status != EXIT_FAILED && !ctl_deaf(ctl);
	     i++) {
		bool blocked;

		f.asked = &in->values[i];
		if (!check_value(&check, st, f.asked, ctl->now, check_row, &f,
			&blocked, &err)) {
			error_prefix(&err, "not known, so don't send: %.80s",
			    f.asked->text);
			ctl_fail(ctl, &err);
			status = EXIT_FAILED;
		} else if (blocked) {
			status = EXIT_NO;
		} else {
			check_passed(&f);
		}
	}
	return ctl_close(ctl, f.out, status);
}

enum exit_status
cmd_check(struct ctl *ctl)
{
	struct error err = { 0 };
	enum exit_status status;
	struct store *st;
	struct input in;

	if (!input_read(ctl, &in, &err))
		return ctl_fail(ctl, &err);
	ctl_warn_stream(ctl);
	st = ctl_look(ctl, true, &err);
	if (st == NULL) {
		error_prefix(&err, "not known, so don't send");
		ctl_fail(ctl, &err);
		input_done(&in);
		return EXIT_FAILED;
	}
	status = check_all(ctl, st, &in);
	if (in.bad > 0 && status != EXIT_FAILED)
		status = EXIT_USAGE;
	store_close(st);
	input_done(&in);
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
