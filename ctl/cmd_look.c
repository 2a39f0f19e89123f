/*
 * check and show.
 */
#include "ctl/cmd.h"

#include "ctl/input.h"
#include "ctl/rows.h"

/* What check has found out about one value. */
struct finding {
	const struct ctl *ctl;
	const struct conf_stream *stream; /* NULL: any */
	struct output *out;
	const struct value *asked;
	size_t blocking;
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
};

static bool
blocks(const struct finding *f, const struct reason_row *row)
{
	const char *stream = row->last->stream;

	if (f->ctl->opt.filter.stream[0] == '\0')
		return true;
	if (f->stream != NULL &&
	    (f->stream->blocks & 1U << row->reason->source) == 0)
		return false;
	return span_is(span_of(stream), "*") ||
	       span_is(span_of(stream), f->ctl->opt.filter.stream);
}

/* One row for the first reason that blocks: rows come oldest first. */
static bool
check_row(const struct reason_row *row, void *arg)
{
	struct finding *f = arg;

	if (!blocks(f, row) || f->blocking++ > 0)
		return true;
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
	    });
	return true;
}

/* Looks at the value and at all that stands above it. */
static bool
check_one(struct store *st, struct finding *f, struct error *err)
{
	struct value_walk walk;
	struct value key;
	struct addr a;
	size_t n;

	if (f->asked->kind != KIND_EMAIL)
		return query_value(st, f->asked, f->ctl->now, check_row, f, &n,
		    err);
	if (!addr_parse(span_of(f->asked->text), &a, err))
		return false;
	value_walk_init(&walk, &a);
	while (f->blocking == 0 && value_walk_next(&walk, &key))
		if (!query_value(st, &key, f->ctl->now, check_row, f, &n, err))
			return false;
	return true;
}

static void
check_passed(struct finding *f)
{
	/* A table for people names only who may not be contacted. */
	if (f->ctl->form == OUTPUT_TEXT)
		return;
	output_row(f->out,
	    (const struct cell[]){ { .text = f->asked->text },
		{ .number = true }, { .text = "" }, { .text = "" },
		{ .text = "" }, { 0 }, { 0 }, { .text = "" }, { .text = "" } });
}

static const struct conf_stream *
find_stream(const struct conf *conf, const char *name)
{
	for (size_t i = 0; i < conf->streams_n; i++)
		if (span_is(span_of(conf->streams[i].name), name))
			return &conf->streams[i];
	return NULL;
}

static enum exit_status
check_all(struct ctl *ctl, struct store *st, const struct input *in)
{
	struct finding f = { .ctl = ctl,
		.stream = find_stream(ctl->conf, ctl->opt.filter.stream) };
	enum exit_status status = EXIT_YES;
	struct error err = { 0 };

	f.out = output_open(ctl->out, ctl->form, check_columns,
	    ARRAY_LEN(check_columns));
	for (size_t i = 0; i < in->n && status != EXIT_FAILED && !ctl_deaf(ctl);
	     i++) {
		f.asked = &in->values[i];
		f.blocking = 0;
		if (!check_one(st, &f, &err)) {
			error_prefix(&err, "not known, so don't send: %.80s",
			    f.asked->text);
			ctl_fail(ctl, &err);
			status = EXIT_FAILED;
		} else if (f.blocking > 0) {
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
	size_t live = 0;

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
	rows_open(&rows, ctl, ROWS_EVENTS);
	if (status == EXIT_YES && ctl->form != OUTPUT_CSV &&
	    !query_activity(st, &v, &all, rows_activity, &rows, &lost, &err))
		status = ctl_fail(ctl, &err);
	rows_lost(ctl, lost);
	if (status == EXIT_YES && live == 0 && rows.n == 0)
		status = EXIT_NO;
	status = ctl_close(ctl, rows.out, status);
	store_close(st);
	return status;
}
