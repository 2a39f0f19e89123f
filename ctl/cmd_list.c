/*
 * list and history.
 */
#include "ctl/cmd.h"

#include "ctl/rows.h"

struct listing {
	struct rows rows;
	char place[QUERY_PLACE_TEXT]; /* of the last row */
};

static bool
list_row(const struct reason_row *row, void *arg)
{
	struct listing *l = arg;
	const struct filter *f = &l->rows.ctl->opt.filter;

	if (f->limit != 0)
		query_place(f, row, l->place);
	return rows_reason(row, &l->rows);
}

/* For people; a script has the last row. */
static void
tell_more(const struct ctl *ctl, bool more, const char *place)
{
	if (!more || ctl->form != OUTPUT_TEXT)
		return;
	fputs("There are more: --after '", ctl->out);
	ctl_put(ctl, place);
	fputs("'\n", ctl->out);
}

enum exit_status
cmd_list(struct ctl *ctl)
{
	struct error err = { 0 };
	enum exit_status status = EXIT_YES;
	struct listing l = { .place = "" };
	struct store *st = ctl_look(ctl, true, &err);
	bool more = false;

	if (st == NULL)
		return ctl_fail(ctl, &err);
	rows_open(&l.rows, ctl, ROWS_REASONS);
	if (!query_page(st, &ctl->opt.filter, ctl->now, list_row, &l, &more,
		&err))
		status = ctl_fail(ctl, &err);
	status = ctl_close(ctl, l.rows.out, status);
	if (status == EXIT_YES && l.rows.n == 0 && ctl->form == OUTPUT_TEXT)
		fputs("Nothing on the list matches.\n", ctl->out);
	tell_more(ctl, more, l.place);
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
