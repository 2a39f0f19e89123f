#include "ctl/rows.h"

#include "base/clock.h"
#include "base/log.h"

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
	{ "blocked_by", NULL, COLUMN_TEXT, false },
	{ "sender", NULL, COLUMN_TEXT, false },
	{ "login", NULL, COLUMN_TEXT, false },
	{ "client", NULL, COLUMN_TEXT, false },
	{ "queue_id", NULL, COLUMN_TEXT, false },
	{ "place", NULL, COLUMN_TEXT, false },
};

static const struct column review_columns[] = {
	{ "type", NULL, COLUMN_TEXT, false },
	{ "number", "NUMBER", COLUMN_INT, false },
	{ "at", "WHEN", COLUMN_TIME, false },
	{ "state", "STATE", COLUMN_TEXT, false },
	{ "value", "VALUE", COLUMN_TEXT, true },
	{ "kind", NULL, COLUMN_TEXT, false },
	{ "source", "SOURCE", COLUMN_TEXT, false },
	{ "stream", NULL, COLUMN_TEXT, false },
	{ "expires", NULL, COLUMN_TIME, false },
	{ "report", NULL, COLUMN_TEXT, false },
	{ "class", "CLASS", COLUMN_TEXT, false },
	{ "status", NULL, COLUMN_TEXT, false },
	{ "rule", NULL, COLUMN_TEXT, false },
	{ "proof", NULL, COLUMN_TEXT, false },
	{ "why", "WHY", COLUMN_TEXT, true },
};

void
rows_lost(const struct ctl *ctl, uint64_t lost)
{
	if (lost > 0)
		log_warning("%s: %llu refusals of that time were not kept",
		    ctl->command, (unsigned long long)lost);
}

void
rows_open(struct rows *r, const struct ctl *ctl, enum rows_of what)
{
	static const struct {
		const struct column *columns;
		size_t n;
	} of[] = {
		[ROWS_REASONS] = { reason_columns, ARRAY_LEN(reason_columns) },
		[ROWS_EVENTS] = { event_columns, ARRAY_LEN(event_columns) },
		[ROWS_REVIEW] = { review_columns, ARRAY_LEN(review_columns) },
	};

	r->ctl = ctl;
	r->n = 0;
	r->out = output_open(ctl->out, ctl->form, of[what].columns, of[what].n);
}

void
rows_more(const struct rows *r, bool more)
{
	if (!more || r->ctl->form != OUTPUT_TEXT)
		return;
	fputs("Go on with: --after '", r->ctl->out);
	ctl_put(r->ctl, r->place);
	fputs("'\n", r->ctl->out);
}

bool
rows_reason(const struct reason_row *row, void *arg)
{
	struct rows *r = arg;
	char proof[256];

	query_place(&r->ctl->opt.filter, row, r->place);
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

static void
event_row(struct rows *r, const struct event *ev, const char *place)
{
	const struct evidence *e = &ev->evidence;
	bool link = ev->other_kind != 0 && ev->value.kind == KIND_CONTACT;

	output_row(r->out,
	    (const struct cell[]){
		{ .text = "event" },
		{ .number = ev->at },
		{ .text = names_text(event_op_names, (int)ev->op) },
		/* A link is of a value and a contact, whose end it is. */
		{ .text = link ? ev->other : ev->value.text },
		{ .text = names_text(kind_names,
		      (int)(link ? ev->other_kind : ev->value.kind)) },
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
		{ .text = "" },
		{ .text = "" },
		{ .text = "" },
		{ .text = "" },
		{ .text = "" },
		{ .text = place },
	    });
}

/* In a table, who wanted to send is who did it; the rest of it is in words. */
static void
refusal_row(struct rows *r, const struct refusal *one, const char *place)
{
	char since[CLOCK_TEXT], why[3 * LIMIT_VALUE_TEXT];

	clock_format(one->since, since);
	snprintf(why, sizeof(why), "%s is on the list since %s; from <%s> %s",
	    one->value, since, one->sender, one->queue_id);
	output_row(r->out,
	    (const struct cell[]){
		{ .text = "refusal" },
		{ .number = one->at },
		{ .text = one->action },
		{ .text = one->recipient },
		{ .text = "email" },
		{ .text = names_text(source_names, (int)one->source) },
		{ .text = one->stream },
		{ .text = one->contact },
		{ 0 },
		{ .text = one->login[0] != '\0' ? one->login : one->client },
		{ .text = "" },
		{ .text = "" },
		{ .text = "" },
		{ .text = "" },
		{ .text = "" },
		{ .text = "" },
		{ .text = "" },
		{ .text = "" },
		{ .text = why },
		{ 0 },
		{ .text = one->value },
		{ .text = one->sender },
		{ .text = one->login },
		{ .text = one->client },
		{ .text = one->queue_id },
		{ .text = place },
	    });
}

bool
rows_activity(const struct activity *one, void *arg)
{
	struct rows *r = arg;

	r->n++;
	query_history_place(&one->next, r->place);
	if (one->event != NULL)
		event_row(r, one->event, r->place);
	else
		refusal_row(r, one->refusal, r->place);
	return !ctl_deaf(r->ctl);
}

bool
rows_review(const struct event *ev, void *arg)
{
	struct rows *r = arg;
	const struct evidence *e = &ev->evidence;

	r->n++;
	output_row(r->out,
	    (const struct cell[]){
		{ .text = "review" },
		{ .number = (int64_t)ev->lsn },
		{ .number = ev->at },
		{ .text = e->trust },
		{ .text = ev->value.text },
		{ .text = names_text(kind_names, (int)ev->value.kind) },
		{ .text = names_text(source_names, (int)ev->source) },
		{ .text = ev->stream },
		{ .number = ev->expires },
		{ .text = e->report },
		{ .text = e->class },
		{ .text = e->status },
		{ .text = e->rule },
		{ .text = e->proof },
		{ .text = ev->why },
	    });
	return !ctl_deaf(r->ctl);
}
