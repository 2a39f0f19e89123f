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
	struct store *st = ctl_look(ctl, &err);
	struct rows rows;

	if (st == NULL)
		return ctl_fail(ctl, &err);
	rows_open(&rows, ctl, ROWS_REASONS);
	if (!query_list(st, &ctl->opt.filter, ctl->now, rows_reason, &rows,
		&err))
		status = ctl_fail(ctl, &err);
	status = ctl_close(ctl, rows.out, status);
	if (status == EXIT_YES && rows.n == 0 && ctl->form == OUTPUT_TEXT)
		fputs("Nothing on the list matches.\n", ctl->out);
	store_close(st);
	return status;
}

enum exit_status
cmd_history(struct ctl *ctl)
{
	struct error err = { 0 };
	enum exit_status status = EXIT_YES;
	bool one = ctl->operands_n == 1;
	struct store *st;
	struct rows rows;
	struct value v;

	if (one && !value_parse(span_of(ctl->operands[0]), &v, &err))
		return ctl_fail(ctl, &err);
	st = ctl_look(ctl, &err);
	if (st == NULL)
		return ctl_fail(ctl, &err);
	rows_open(&rows, ctl, ROWS_EVENTS);
	if (!query_history(st, one ? &v : NULL, &ctl->opt.filter, rows_event,
		&rows, &err))
		status = ctl_fail(ctl, &err);
	if (status == EXIT_YES && one && rows.n == 0)
		status = EXIT_NO;
	status = ctl_close(ctl, rows.out, status);
	store_close(st);
	return status;
}
