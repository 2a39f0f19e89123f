#include "web/console/rows.h"

#include <stdio.h>
#include <string.h>

void
rows_pick(enum source source, const char *stream, const char *value,
    char out[ROWS_PICK_TEXT])
{
	snprintf(out, ROWS_PICK_TEXT, "%s\t%s\t%s",
	    names_text(source_names, (int)source), stream, value);
}

bool
rows_picked(const char *text, enum source *source,
    char stream[LIMIT_STREAM_TEXT], struct value *v)
{
	struct span rest = span_of(text), word;
	struct error ignored;
	int number;

	if (!span_cut(&rest, '\t', &word) ||
	    !names_number(source_names, word, &number) ||
	    !span_cut(&rest, '\t', &word) || word.len == 0 ||
	    !span_copy(word, stream, LIMIT_STREAM_TEXT))
		return false;
	*source = (enum source)number;
	return value_parse(rest, v, &ignored);
}

/* A stream's name where it is not all of them. */
static void
stream(struct view *row, const char *name)
{
	view_text(row, "stream", strcmp(name, "*") != 0 ? name : "");
}

void
rows_reason(struct view *row, const struct reason_row *reason)
{
	const struct reason *r = reason->reason;
	char pick[ROWS_PICK_TEXT];

	rows_pick(r->source, reason->last->stream, reason->value.text, pick);
	view_text(row, "pick", pick);
	view_text(row, "value", reason->value.text);
	view_text(row, "kind", names_text(kind_names, (int)reason->value.kind));
	view_text(row, "source", names_text(source_names, (int)r->source));
	view_yes(row, "is_wish", source_is_wish(r->source));
	stream(row, reason->last->stream);
	view_text(row, "contact", reason->last->contact);
	view_time(row, "since", "since_iso", r->since);
	view_time(row, "expires", "expires_iso", r->expires);
	view_time(row, "last_seen", "last_seen_iso",
	    r->count > 1 ? r->last_seen : 0);
	view_int(row, "count", r->count);
	view_yes(row, "again", r->count > 1);
	view_text(row, "by", reason->first->by);
	view_text(row, "why", reason->first->why);
	view_text(row, "status", reason->last->evidence.status);
	view_text(row, "class", reason->last->evidence.class);
	view_text(row, "proof", reason->last->evidence.proof);
}

void
rows_contact(struct view *row, const struct contact *c)
{
	view_text(row, "id", c->id);
	view_text(row, "name", c->name);
	view_int(row, "values_n", (int64_t)c->values_n);
	view_time(row, "since", "since_iso", c->since);
	view_text(row, "blocked", "");
	if (c->blocked == 0)
		return;
	view_time(row, "blocked", "blocked_iso", c->blocked);
	view_text(row, "source", names_text(source_names, (int)c->source));
	stream(row, c->stream);
	view_text(row, "by", c->by);
	view_text(row, "why", c->why);
}

/* What happened, in a word or two. */
static const struct name op_texts[] = {
	{ EVENT_ADD, "added" },
	{ EVENT_REMOVE, "removed" },
	{ EVENT_REPORT, "report kept" },
	{ EVENT_NAME, "named" },
	{ EVENT_LINK, "linked" },
	{ EVENT_UNLINK, "unlinked" },
	{ EVENT_BLOCK, "do not contact" },
	{ EVENT_UNBLOCK, "may be contacted" },
	{ EVENT_FORGET, "contact removed" },
	{ EVENT_ERASE, "text erased" },
	{ 0, NULL },
};

/* A link is of a value and a contact, whose end it is. A contact itself has
 * no value. */
static const char *
value_text(const struct event *ev)
{
	if (ev->value.kind != KIND_CONTACT)
		return ev->value.text;
	return ev->other_kind != 0 ? ev->other : "";
}

static void
event(struct view *row, const struct event *ev)
{
	const struct evidence *e = &ev->evidence;

	view_time(row, "at", "at_iso", ev->at);
	view_text(row, "op", names_text(op_texts, (int)ev->op));
	view_text(row, "value", value_text(ev));
	view_text(row, "source",
	    ev->source != 0 ? names_text(source_names, (int)ev->source) : "");
	stream(row, ev->stream);
	view_text(row, "contact", ev->contact);
	view_text(row, "by", ev->by);
	view_text(row, "why", ev->why);
	view_text(row, "report", e->report);
	view_text(row, "class", e->class);
	view_text(row, "status", e->status);
	view_text(row, "rule", e->rule);
	view_text(row, "trust", e->trust);
	view_text(row, "proof", e->proof);
	view_yes(row, "proven",
	    e->proof[0] != '\0' && strcmp(e->proof, "none") != 0);
	view_text(row, "ref", e->ref);
	view_text(row, "happened", e->happened);
	view_int(row, "number", (int64_t)ev->lsn);
	view_time(row, "expires", "expires_iso", ev->expires);
}

static void
refusal(struct view *row, const struct refusal *one)
{
	char why[2 * LIMIT_VALUE_TEXT];

	snprintf(why, sizeof(why), "mail from <%s>%s%s", one->sender,
	    one->queue_id[0] != '\0' ? ", queue id " : "", one->queue_id);
	view_time(row, "at", "at_iso", one->at);
	view_text(row, "op", one->action);
	view_yes(row, "is_refusal", true);
	view_text(row, "value", one->recipient);
	view_text(row, "source", names_text(source_names, (int)one->source));
	stream(row, one->stream);
	view_text(row, "contact", "");
	view_text(row, "by", one->login[0] != '\0' ? one->login : one->client);
	view_text(row, "why", why);
}

void
rows_activity(struct view *row, const struct activity *one)
{
	if (one->event != NULL)
		event(row, one->event);
	else
		refusal(row, one->refusal);
}

/* A page of a history that is being made. */
struct history {
	struct view *view;
	size_t n;
	bool more;
	char place[QUERY_PLACE_TEXT]; /* behind the row before */
};

static bool
add_activity(const struct activity *one, void *arg)
{
	struct history *h = arg;

	h->more = h->n == ROWS_HISTORY;
	if (h->more)
		return false;
	h->n++;
	query_history_place(&one->next, h->place);
	rows_activity(view_add(h->view, "events"), one);
	return true;
}

bool
rows_history(struct store *st, const struct value *value,
    const struct filter *filter, struct view *v, struct error *err)
{
	struct history h = { .view = v };
	struct filter all = *filter;
	uint64_t lost;

	all.limit = 0; /* one more tells whether there is a next page */
	if (!query_activity(st, value, &all, add_activity, &h, &lost, err))
		return false;
	view_yes(v, "events_there", h.n > 0);
	view_yes(v, "later", filter->after[0] != '\0');
	view_text(v, "older", h.more ? h.place : "");
	return true;
}
