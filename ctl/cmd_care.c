/*
 * verify and rebuild.
 */
#include "ctl/cmd.h"

#include "base/log.h"

static void
tell(const char *line, void *arg)
{
	const struct ctl *ctl = arg;

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
	const struct store_options look = { .mode = STORE_READ };
	struct store_totals totals = { 0 };
	struct error err = { 0 };
	enum exit_status status;
	struct output *o;
	/* Never ctl_look(): verify must see the damage, not mend it. */
	struct store *st = store_open(ctl->store_dir, &look, &err);

	if (st == NULL)
		return ctl_fail(ctl, &err);
	if (!store_verify(st, tell, ctl, &totals, &err)) {
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
	struct store *st = ctl_change(ctl, false, &err);

	if (st == NULL)
		return ctl_fail(ctl, &err);
	if (!store_rebuild(st, &events, &err)) {
		store_close(st);
		return ctl_fail(ctl, &err);
	}
	store_close(st);
	o = output_open(ctl->out, ctl->form, rebuild_columns,
	    ARRAY_LEN(rebuild_columns));
	output_row(o, (const struct cell[]){ { .number = (int64_t)events } });
	return ctl_close(ctl, o, EXIT_YES);
}
