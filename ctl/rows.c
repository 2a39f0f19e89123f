#include "ctl/rows.h"

/* "type" tells a reason from an event where both stand in one stream. */
static const struct column reason_columns[] = {
	{ "type", NULL, COLUMN_TEXT, false },
	{ "value", "VALUE", COLUMN_TEXT, true },
	{ "kind", NULL, COLUMN_TEXT, false },
	{ "source", "SOURCE", COLUMN_TEXT, false },
	{ "stream", "STREAM", COLUMN_TEXT, false },
	{ "contact", NULL, COLUMN_TEXT, false },
	{ "since", "SINCE", COLUMN_TIME, false },
	{ "expires", "EXPIRES", COLUMN_TIME, false },
	{ "count", "COUNT", COLUMN_INT, false },
	{ "last_seen", NULL, COLUMN_TIME, false },
	{ "by", "BY", COLUMN_TEXT, false },
	{ "why", "WHY", COLUMN_TEXT, true },
	{ "shown", NULL, COLUMN_TEXT, false },
	{ "evidence", NULL, COLUMN_TEXT, false },
};

static const struct column event_columns[] = {
	{ "type", NULL, COLUMN_TEXT, false },
	{ "at", "WHEN", COLUMN_TIME, false },
	{ "op", "WHAT", COLUMN_TEXT, false },
	{ "value", "VALUE", COLUMN_TEXT, true },
	{ "kind", NULL, COLUMN_TEXT, false },
	{ "source", "SOURCE", COLUMN_TEXT, false },
	{ "stream", "STREAM", COLUMN_TEXT, false },
	{ "contact", NULL, COLUMN_TEXT, false },
	{ "expires", NULL, COLUMN_TIME, false },
	{ "by", "BY", COLUMN_TEXT, false },
	{ "report", NULL, COLUMN_TEXT, false },
	{ "class", "CLASS", COLUMN_TEXT, false },
	{ "status", NULL, COLUMN_TEXT, false },
	{ "rule", NULL, COLUMN_TEXT, false },
	{ "trust", "TRUST", COLUMN_TEXT, false },
	{ "proof", NULL, COLUMN_TEXT, false },
	{ "ref", NULL, COLUMN_TEXT, false },
	{ "happened", NULL, COLUMN_TEXT, false },
	{ "why", "WHY", COLUMN_TEXT, true },
	{ "lsn", NULL, COLUMN_INT, false },
};

void
rows_open(struct rows *r, const struct ctl *ctl, enum rows_of what)
{
	r->ctl = ctl;
	r->n = 0;
	if (what == ROWS_REASONS)
		r->out = output_open(ctl->out, ctl->form, reason_columns,
		    ARRAY_LEN(reason_columns));
	else
		r->out = output_open(ctl->out, ctl->form, event_columns,
		    ARRAY_LEN(event_columns));
}

bool
rows_reason(const struct reason_row *row, void *arg)
{
	struct rows *r = arg;
	char proof[256];

	snprintf(proof, sizeof(proof), "%s%s%s", row->last->evidence.status,
	    row->last->evidence.status[0] != '\0' ? " " : "",
	    row->last->evidence.proof);
	r->n++;
	output_row(r->out,
	    (const struct cell[]){
		{ .text = "reason" },
		{ .text = row->value.text },
		{ .text = names_text(kind_names, (int)row->value.kind) },
		{ .text = names_text(source_names, (int)row->reason->source) },
		{ .text = row->last->stream },
		{ .text = row->last->contact },
		{ .number = row->reason->since },
		{ .number = row->reason->expires },
		{ .number = row->reason->count },
		{ .number = row->reason->last_seen },
		{ .text = row->first->by },
		{ .text = row->first->why },
		{ .text = row->first->value.shown },
		{ .text = proof },
	    });
	return !ctl_deaf(r->ctl);
}

bool
rows_event(const struct event *ev, void *arg)
{
	struct rows *r = arg;
	const struct evidence *e = &ev->evidence;

	r->n++;
	output_row(r->out,
	    (const struct cell[]){
		{ .text = "event" },
		{ .number = ev->at },
		{ .text = names_text(event_op_names, (int)ev->op) },
		{ .text = ev->value.text },
		{ .text = names_text(kind_names, (int)ev->value.kind) },
		{ .text = ev->source != 0
			      ? names_text(source_names, (int)ev->source)
			      : "" },
		{ .text = ev->stream },
		{ .text = ev->contact },
		{ .number = ev->expires },
		{ .text = ev->by },
		{ .text = e->report },
		{ .text = e->class },
		{ .text = e->status },
		{ .text = e->rule },
		{ .text = e->trust },
		{ .text = e->proof },
		{ .text = e->ref },
		{ .text = e->happened },
		{ .text = ev->why },
		{ .number = (int64_t)ev->lsn },
	    });
	return !ctl_deaf(r->ctl);
}
