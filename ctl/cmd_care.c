/*
 * verify and rebuild.
 */
#include "ctl/cmd.h"

#include "base/log.h"
#include "ctl/progress.h"

static void
tell(const char *line, void *arg)
{
	const struct ctl *ctl = arg;

	progress_end(); /* from now on the lines show that it goes on */
	log_error("%s: %s", ctl->command, line);
}

static const struct column verify_columns[] = {
	{ "events", "EVENTS", COLUMN_INT, false },
	{ "values", "VALUES", COLUMN_INT, false },
	{ "suppressed", "SUPPRESSED", COLUMN_INT, false },
	{ "faults", "FAULTS", COLUMN_INT, false },
};

enum exit_status
cmd_verify(struct ctl *ctl)
{
	struct store_totals totals = { 0 };
	struct error err = { 0 };
	enum exit_status status;
	struct output *o;
	/* verify must see the damage, not mend it. */
	struct store *st = ctl_look(ctl, false, &err);
	bool done;

	if (st == NULL)
		return ctl_fail(ctl, &err);
	progress_begin(ctl->command, NULL);
	done = store_verify(st, tell, ctl, &totals, &err);
	progress_end();
	if (!done) {
		store_close(st);
		return ctl_fail(ctl, &err);
	}
	o = output_open(ctl->out, ctl->form, verify_columns,
	    ARRAY_LEN(verify_columns));
	output_row(o, (const struct cell[]){
			  { .number = (int64_t)totals.events },
			  { .number = (int64_t)totals.values },
			  { .number = (int64_t)totals.suppressed },
			  { .number = (int64_t)totals.faults },
		      });
	status = totals.faults == 0 ? EXIT_YES : EXIT_NO;
	store_close(st);
	return ctl_close(ctl, o, status);
}

static const struct column rebuild_columns[] = {
	{ "events", "EVENTS FOLDED", COLUMN_INT, false },
};

enum exit_status
cmd_rebuild(struct ctl *ctl)
{
	struct error err = { 0 };
	uint64_t events = 0;
	struct output *o;
	struct store *st;
	bool done;

	progress_begin(ctl->command, NULL);
	st = ctl_change(ctl, false, &err);
	done = st != NULL && store_rebuild(st, &events, &err);
	progress_end();
	store_close(st);
	if (!done)
		return ctl_fail(ctl, &err);
	o = output_open(ctl->out, ctl->form, rebuild_columns,
	    ARRAY_LEN(rebuild_columns));
	output_row(o, (const struct cell[]){ { .number = (int64_t)events } });
	return ctl_close(ctl, o, EXIT_YES);
}
