/*
 * add and remove.
 */
#include "ctl/cmd.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "ctl/input.h"
#include "ctl/progress.h"

/* With --partial each batch of this many is all or none. */
#define PARTIAL_BATCH 5000

static const struct column columns[] = {
	{ "value", "VALUE", COLUMN_TEXT, true },
	{ "kind", "KIND", COLUMN_TEXT, false },
	{ "changed", NULL, COLUMN_BOOL, false },
	{ "result", "RESULT", COLUMN_TEXT, false },
};

static const char *
result_text(enum change_op op, const struct change_result *r)
{
	if (op == CHANGE_ADD)
		return "added";
	if (r->kept)
		return r->changed ? "lifted, but not its abuse or lead reasons"
				  : "kept: abuse or lead, needs --force";
	if (r->contact)
		return r->changed ? "lifted, but not what a contact's block put"
				  : "kept: a contact is blocked, unblock that";
	return r->changed ? "lifted" : "was not on the list";
}

/* What the options say, without the value. */
static void
change_init(const struct ctl *ctl, enum change_op op, struct change *c)
{
	const struct options *opt = &ctl->opt;

	*c = (struct change){ .op = op,
		.source = opt->filter.source,
		.force = opt->force };
	(void)span_copy(span_of(opt->filter.stream), c->stream,
	    sizeof(c->stream));
	(void)span_copy(span_of(opt->why), c->why, sizeof(c->why));
	ctl_actor(c->by);
	if (op != CHANGE_ADD)
		return;
	if (c->source == 0)
		c->source = SOURCE_USER;
	if (c->stream[0] == '\0')
		(void)span_copy(span_of("*"), c->stream, sizeof(c->stream));
	if (opt->expires_s != 0)
		c->expires = ctl->now + opt->expires_s;
}

/* Commits values[0..n) at once. */
static bool
commit(struct store *st, const struct change *like, const struct value *values,
    size_t n, struct change_result *results, struct error *err)
{
	struct change *changes = mem_new(n, sizeof(*changes));
	bool ok;

	for (size_t i = 0; i < n; i++) {
		changes[i] = *like;
		changes[i].value = values[i];
	}
	ok = store_change(st, changes, n, results, err);
	free(changes);
	return ok;
}

static enum exit_status
print(struct ctl *ctl, const struct input *in, enum change_op op,
    const struct change_result *results)
{
	struct output *o;
	bool kept = false;

	if (in->n == 0 && ctl->form == OUTPUT_TEXT)
		fputs("No values: nothing to do.\n", ctl->out);
	o = output_open(ctl->out, ctl->form, columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < in->n && !ctl_deaf(ctl); i++) {
		const struct cell row[] = {
			{ .text = in->values[i].text },
			{ .text = names_text(kind_names,
			      (int)in->values[i].kind) },
			{ .number = results[i].changed },
			{ .text = result_text(op, &results[i]) },
		};

		output_row(o, row);
		kept = kept || results[i].kept || results[i].contact;
	}
	return ctl_close(ctl, o, kept ? EXIT_NO : EXIT_YES);
}

static bool
commit_all(struct ctl *ctl, struct store *st, const struct input *in,
    enum change_op op, struct change_result *results, struct error *err)
{
	size_t step = ctl->opt.partial ? PARTIAL_BATCH : in->n;
	struct change like;

	change_init(ctl, op, &like);
	for (size_t at = 0; at < in->n; at += step) {
		size_t n = in->n - at < step ? in->n - at : step;

		if (commit(st, &like, in->values + at, n, results + at, err)) {
			progress_add(n);
			continue;
		}
		if (at > 0)
			error_prefix(err,
			    "the first %zu are done, the rest "
			    "is not",
			    at);
		return false;
	}
	return true;
}

/* A removal without words leaves nobody able to say why. */
static bool
allowed(const struct ctl *ctl, enum change_op op, struct error *err)
{
	if (op == CHANGE_REMOVE && ctl->opt.force && ctl->opt.why[0] == '\0') {
		error_set(err, ERROR_INVALID,
		    "--force wants --why: say why the person may get mail "
		    "again");
		return false;
	}
	return true;
}

static enum exit_status
change(struct ctl *ctl, enum change_op op)
{
	struct error err = { 0 };
	struct change_result *results;
	enum exit_status status;
	struct store *st;
	struct input in;
	bool done;

	if (!allowed(ctl, op, &err) || !input_read(ctl, &in, &err))
		return ctl_fail(ctl, &err);
	if (in.bad > 0 && !ctl->opt.partial) {
		log_error("%s: nothing was changed: %zu bad value%s; mend "
			  "them, or take the good ones with --partial",
		    ctl->command, in.bad, in.bad == 1 ? "" : "s");
		input_done(&in);
		return EXIT_USAGE;
	}
	ctl_warn_stream(ctl);
	progress_begin(ctl->command, ctl->opt.partial ? "values" : NULL);
	st = ctl_change(ctl, op == CHANGE_ADD, &err);
	if (st == NULL) {
		progress_end();
		input_done(&in);
		return ctl_fail(ctl, &err);
	}
	results = mem_new(in.n, sizeof(*results));
	done = commit_all(ctl, st, &in, op, results, &err);
	progress_end();
	status = done ? print(ctl, &in, op, results) : ctl_fail(ctl, &err);
	if (status == EXIT_YES && in.bad > 0)
		status = EXIT_USAGE;
	free(results);
	store_close(st);
	input_done(&in);
	return status;
}

enum exit_status
cmd_add(struct ctl *ctl)
{
	return change(ctl, CHANGE_ADD);
}

enum exit_status
cmd_remove(struct ctl *ctl)
{
	return change(ctl, CHANGE_REMOVE);
}
