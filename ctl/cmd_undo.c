/*
 * undo - takes back what was put on the list.
 */
#include "ctl/cmd.h"

#include "ctl/progress.h"
#include "policy/undo.h"

struct account {
	struct ctl *ctl;
	struct output *out;
	uint64_t lifted;
	uint64_t kept;
};

/* "type" tells a reason from the total that follows in JSON. */
static const struct column columns[] = {
	{ "type", NULL, COLUMN_TEXT, false },
	{ "value", "VALUE", COLUMN_TEXT, true },
	{ "kind", NULL, COLUMN_TEXT, false },
	{ "source", "SOURCE", COLUMN_TEXT, false },
	{ "stream", "STREAM", COLUMN_TEXT, false },
	{ "since", "SINCE", COLUMN_TIME, false },
	{ "changed", NULL, COLUMN_BOOL, false },
	{ "result", "RESULT", COLUMN_TEXT, false },
};

static const struct column total_columns[] = {
	{ "type", NULL, COLUMN_TEXT, false },
	{ "lifted", NULL, COLUMN_INT, false },
	{ "kept", NULL, COLUMN_INT, false },
	{ "dry_run", NULL, COLUMN_BOOL, false },
};

static void
tell(const struct change *c, enum undone what, void *arg)
{
	struct account *a = arg;
	bool dry_run = a->ctl->opt.dry_run;

	progress_end(); /* from now on the rows show that it goes on */
	a->lifted += what == UNDO_LIFTED;
	a->kept += what == UNDO_KEPT || what == UNDO_CONTACT;
	output_row(a->out,
	    (const struct cell[]){
		{ .text = "reason" },
		{ .text = c->value.text },
		{ .text = names_text(kind_names, (int)c->value.kind) },
		{ .text = names_text(source_names, (int)c->source) },
		{ .text = c->stream },
		{ .number = c->began },
		{ .number = what == UNDO_LIFTED && !dry_run },
		{ .text = what == UNDO_LIFTED && dry_run
			      ? "would be lifted"
			      : names_text(undone_names, (int)what) },
	    });
}

static enum exit_status
tell_total(struct account *a, enum exit_status status)
{
	struct ctl *ctl = a->ctl;
	struct output *o;

	if (ctl->form == OUTPUT_TEXT) {
		fprintf(ctl->out, "%s %llu reason%s%s.\n",
		    ctl->opt.dry_run ? "Would take back" : "Took back",
		    (unsigned long long)a->lifted, a->lifted == 1 ? "" : "s",
		    a->kept > 0 ? "; some stay" : "");
		return status;
	}
	if (ctl->form != OUTPUT_JSON)
		return status;
	o = output_open(ctl->out, ctl->form, total_columns,
	    ARRAY_LEN(total_columns));
	output_row(o, (const struct cell[]){
			  { .text = "total" },
			  { .number = (int64_t)a->lifted },
			  { .number = (int64_t)a->kept },
			  { .number = ctl->opt.dry_run },
		      });
	return ctl_close(ctl, o, status);
}

static bool
take_batch(struct ctl *ctl, struct error *err)
{
	struct filter *f = &ctl->opt.filter;

	if (ctl->operands_n == 0 ||
	    (ctl->operands[0][0] != '\0' && span_copy(span_of(ctl->operands[0]),
						f->batch, sizeof(f->batch))))
		return true;
	error_set(err, ERROR_INVALID, "'%.40s' is no batch of an import",
	    ctl->operands[0]);
	return false;
}

/* An undo without a condition would empty the list, and one without words
 * would leave nobody able to say why. */
static bool
allowed(const struct options *opt, struct error *err)
{
	const struct filter *f = &opt->filter;

	if (f->batch[0] == '\0' && f->kind == 0 && f->source == 0 &&
	    f->stream[0] == '\0' && f->by[0] == '\0' && f->since == 0 &&
	    f->until == 0 && f->search[0] == '\0') {
		error_set(err, ERROR_INVALID,
		    "say what to take back: the batch of an import, or at "
		    "least one condition, such as --since");
		return false;
	}
	if (opt->why[0] == '\0') {
		error_set(err, ERROR_INVALID,
		    "say --why these may get mail again");
		return false;
	}
	return true;
}

static enum exit_status
take_back(struct account *a, struct store *st)
{
	struct ctl *ctl = a->ctl;
	char by[LIMIT_ACTOR_TEXT];
	const struct undo u = { .filter = ctl->opt.filter,
		.by = by,
		.why = ctl->opt.why,
		.force = ctl->opt.force,
		.rehearsal = ctl->opt.dry_run };
	struct error err = { 0 };
	enum exit_status status;
	bool done;

	ctl_actor(by);
	a->out = output_open(ctl->out, ctl->form, columns, ARRAY_LEN(columns));
	progress_begin(ctl->command, NULL);
	done = undo(st, &u, ctl->now, tell, a, &err);
	progress_end();
	status = done ? EXIT_YES : ctl_fail(ctl, &err);
	if (status == EXIT_YES && (a->lifted == 0 || a->kept > 0))
		status = EXIT_NO;
	status = ctl_close(ctl, a->out, status);
	/* After a failure, too: what was taken back stays so. */
	return tell_total(a, status);
}

enum exit_status
cmd_undo(struct ctl *ctl)
{
	struct account a = { .ctl = ctl };
	struct error err = { 0 };
	enum exit_status status;
	struct store *st = NULL;

	if (take_batch(ctl, &err) && allowed(&ctl->opt, &err))
		st = ctl->opt.dry_run ? ctl_look(ctl, true, &err)
				      : ctl_change(ctl, false, &err);
	if (st == NULL)
		return ctl_fail(ctl, &err);
	ctl_warn_stream(ctl);
	status = take_back(&a, st);
	store_close(st);
	return status;
}
