/*
 * list and history.
 */
#include "ctl/cmd.h"

#include "ctl/rows.h"

enum exit_status
cmd_list(struct ctl *ctl)
{
	struct error err = { 0 };
	enum exit_status status = EXIT_YES;
	struct store *st = ctl_look(ctl, true, &err);
	bool more = false;
	struct rows rows;

	if (st == NULL)
		return ctl_fail(ctl, &err);
	rows_open(&rows, ctl, ROWS_REASONS);
	if (!query_page(st, &ctl->opt.filter, ctl->now, rows_reason, &rows,
		&more, &err))
		status = ctl_fail(ctl, &err);
	status = ctl_close(ctl, rows.out, status);
	if (status == EXIT_YES && rows.n == 0 && ctl->form == OUTPUT_TEXT)
		fputs("Nothing on the list matches.\n", ctl->out);
	rows_more(&rows, more);
	store_close(st);
	return status;
}

enum exit_status
cmd_history(struct ctl *ctl)
{
	struct error err = { 0 };
	enum exit_status status = EXIT_YES;
	bool one = ctl->operands_n == 1;
	uint64_t lost = 0;
	struct store *st;
	struct rows rows;
	struct value v;

	if (one && ctl->opt.filter.contact[0] != '\0') {
		error_set(&err, ERROR_INVALID,
		    "name a value or a --contact, not both");
		return ctl_fail(ctl, &err);
	}
	if (one && !value_parse(span_of(ctl->operands[0]), &v, &err))
		return ctl_fail(ctl, &err);
	st = ctl_look(ctl, true, &err);
	if (st == NULL)
		return ctl_fail(ctl, &err);
	rows_open(&rows, ctl, ROWS_EVENTS);
	if (!query_activity(st, one ? &v : NULL, &ctl->opt.filter,
		rows_activity, &rows, &lost, &err))
		status = ctl_fail(ctl, &err);
	rows_lost(ctl, lost);
	/* An empty page behind others is no answer. */
	if (status == EXIT_YES && one && rows.n == 0 &&
	    ctl->opt.filter.after[0] == '\0')
		status = EXIT_NO;
	status = ctl_close(ctl, rows.out, status);
	if (status <= EXIT_NO && rows.n == 0 && ctl->form == OUTPUT_TEXT)
		fputs("No event matches.\n", ctl->out);
	rows_more(&rows, rows.n > 0 && rows.n == ctl->opt.filter.limit);
	store_close(st);
	return status;
}
