/*
 * list and history.
 */
#include "ctl/cmd.h"

#include <string.h>

#include "ctl/rows.h"

struct listing {
	struct rows rows;
	uint64_t limit;
	char last[LIMIT_VALUE_TEXT]; /* the value of the row before */
};

/* --after goes on behind a value: a page must not end between two reasons
 * of one. */
static bool
list_row(const struct reason_row *row, void *arg)
{
	struct listing *l = arg;

	if (l->limit != 0 && l->rows.n >= l->limit &&
	    strcmp(l->last, row->value.text) != 0)
		return false;
	memcpy(l->last, row->value.text, sizeof(l->last));
	return rows_reason(row, &l->rows);
}

enum exit_status
cmd_list(struct ctl *ctl)
{
	struct error err = { 0 };
	enum exit_status status = EXIT_YES;
	struct filter filter = ctl->opt.filter;
	struct listing l = { .limit = filter.limit };
	struct store *st = ctl_look(ctl, true, &err);

	if (st == NULL)
		return ctl_fail(ctl, &err);
	filter.limit = 0;
	rows_open(&l.rows, ctl, ROWS_REASONS);
	if (!query_list(st, &filter, ctl->now, list_row, &l, &err))
		status = ctl_fail(ctl, &err);
	status = ctl_close(ctl, l.rows.out, status);
	if (status == EXIT_YES && l.rows.n == 0 && ctl->form == OUTPUT_TEXT)
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
	uint64_t lost = 0;
	struct store *st;
	struct rows rows;
	struct value v;

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
	if (status == EXIT_YES && one && rows.n == 0)
		status = EXIT_NO;
	status = ctl_close(ctl, rows.out, status);
	if (status != EXIT_FAILED && rows.n == 0 && ctl->form == OUTPUT_TEXT)
		fputs("No event matches.\n", ctl->out);
	store_close(st);
	return status;
}
