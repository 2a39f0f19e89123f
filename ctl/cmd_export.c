/*
 * export - the list as import reads it: all words of each reason as CSV or
 * JSON, or the bare values.
 */
#include "ctl/cmd.h"

#include <string.h>

#include "ctl/contact.h"
#include "ctl/rows.h"

struct values {
	struct ctl *ctl;
	char last[LIMIT_VALUE_TEXT];
};

/* The reasons of a value come one after the other. */
static bool
put_value(const struct reason_row *row, void *arg)
{
	struct values *v = arg;

	if (strcmp(v->last, row->value.text) == 0)
		return true;
	memcpy(v->last, row->value.text, sizeof(v->last));
	ctl_put(v->ctl, row->value.text);
	fputc('\n', v->ctl->out);
	return !ctl_deaf(v->ctl);
}

static enum exit_status
put_values(struct ctl *ctl, struct store *st, const struct filter *filter)
{
	struct values v = { .ctl = ctl };
	struct error err = { 0 };

	if (!query_list(st, filter, ctl->now, put_value, &v, &err))
		return ctl_fail(ctl, &err);
	return EXIT_YES;
}

static enum exit_status
put_reasons(struct ctl *ctl, struct store *st, const struct filter *filter)
{
	enum exit_status status = EXIT_YES;
	struct error err = { 0 };
	struct rows rows;

	rows_open(&rows, ctl, ROWS_REASONS);
	if (!query_list(st, filter, ctl->now, rows_reason, &rows, &err))
		status = ctl_fail(ctl, &err);
	return ctl_close(ctl, rows.out, status);
}

enum exit_status
cmd_export(struct ctl *ctl)
{
	const struct filter *filter = &ctl->opt.filter;
	struct error err = { 0 };
	enum exit_status status;
	struct store *st;

	if (filter->contact[0] != '\0')
		return contact_export(ctl);
	st = ctl_look(ctl, true, &err);
	if (st == NULL)
		return ctl_fail(ctl, &err);
	if (ctl->form == OUTPUT_TEXT)
		status = put_values(ctl, st, filter);
	else
		status = put_reasons(ctl, st, filter);
	store_close(st);
	return status;
}
