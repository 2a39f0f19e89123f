#include "web/api_rows.h"

#include "base/clock.h"

static void
text(struct buf *out, const char *name, const char *words)
{
	json_text(out, name, span_of(words));
}

void
api_time(struct buf *out, const char *name, int64_t at)
{
	char words[CLOCK_TEXT];

	if (at == 0) {
		json_null(out, name);
		return;
	}
	clock_format(at, words);
	text(out, name, words);
}

void
api_reason(const struct reason_row *row, struct buf *out)
{
	const struct reason *r = row->reason;

	text(out, "value", row->value.text);
	text(out, "kind", names_text(kind_names, (int)row->value.kind));
	text(out, "source", names_text(source_names, (int)r->source));
	text(out, "stream", row->last->stream);
	api_time(out, "since", r->since);
	api_time(out, "expires", r->expires);
	json_int(out, "count", r->count);
	api_time(out, "last_seen", r->last_seen);
	text(out, "by", row->first->by);
	text(out, "why", row->first->why);
}

void
api_event(const struct event *ev, struct buf *out)
{
	const struct evidence *e = &ev->evidence;

	json_int(out, "number", (int64_t)ev->lsn);
	api_time(out, "at", ev->at);
	text(out, "op", names_text(event_op_names, (int)ev->op));
	text(out, "value", ev->value.text);
	text(out, "kind", names_text(kind_names, (int)ev->value.kind));
	if (ev->source != 0)
		text(out, "source", names_text(source_names, (int)ev->source));
	else
		json_null(out, "source");
	text(out, "stream", ev->stream);
	api_time(out, "expires", ev->expires);
	text(out, "by", ev->by);
	text(out, "why", ev->why);
	text(out, "report", e->report);
	text(out, "class", e->class);
	text(out, "status", e->status);
	text(out, "rule", e->rule);
	text(out, "trust", e->trust);
	text(out, "proof", e->proof);
	text(out, "contact", ev->contact);
}
