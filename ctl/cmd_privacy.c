/*
 * privacy: does the store keep text of values? Makes it keep none.
 */
#include "ctl/cmd.h"

#include <string.h>

#include "ctl/progress.h"
#include "db/privacy.h"

static const struct column columns[] = {
	{ "privacy", "PRIVACY", COLUMN_TEXT, false },
	{ "events", "EVENTS CHANGED", COLUMN_INT, false },
	{ "refusals", "REFUSALS", COLUMN_INT, false },
	{ "files", "OTHER FILES", COLUMN_INT, false },
};

static enum exit_status
show(struct ctl *ctl, enum privacy privacy, const struct erasure *done)
{
	struct output *o =
	    output_open(ctl->out, ctl->form, columns, ARRAY_LEN(columns));

	output_row(o, (const struct cell[]){
			  { .text = names_text(privacy_names, (int)privacy) },
			  { .number = (int64_t)done->events },
			  { .number = (int64_t)done->refusals },
			  { .number = (int64_t)done->files },
		      });
	return ctl_close(ctl, o, EXIT_YES);
}

static enum exit_status
show_now(struct ctl *ctl)
{
	const struct erasure nothing = { 0 };
	struct error err = { 0 };
	enum privacy privacy;
	struct store *st = ctl_look(ctl, true, &err);
	bool ok = st != NULL && store_privacy(st, &privacy, &err);

	store_close(st);
	return ok ? show(ctl, privacy, &nothing) : ctl_fail(ctl, &err);
}

enum exit_status
cmd_privacy(struct ctl *ctl)
{
	struct error err = { 0 };
	struct erasure done;
	struct store *st;
	bool ok;

	if (ctl->operands_n == 0)
		return show_now(ctl);
	if (strcmp(ctl->operands[0], "hashed") != 0) {
		error_set(&err, ERROR_INVALID,
		    "'%.60s' is not known: hashed; there is no way back to "
		    "plain, since nobody has the text",
		    ctl->operands[0]);
		return ctl_fail(ctl, &err);
	}
	progress_begin(ctl->command, NULL);
	st = ctl_change(ctl, false, &err);
	ok = st != NULL && store_hash_all(st, progress_tell, NULL, &done, &err);
	progress_end();
	store_close(st);
	return ok ? show(ctl, PRIVACY_HASHED, &done) : ctl_fail(ctl, &err);
}
