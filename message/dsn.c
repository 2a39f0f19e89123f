/*
 * A delivery-status part is a group of per-message fields and then a group
 * per recipient, with blank lines between (RFC 3464 2.1). Some systems write
 * no blank lines at all, so fields are known by their names, not by the
 * group they stand in, and a group may hold several recipients. They are
 * told apart where the first field of a recipient occurs again, and only
 * believed if the fields then come in the same order for each: with an
 * optional field in front, the cut would be at the wrong place, and one
 * recipient would get the Action of another.
 */
#include "message/dsn.h"

#include <string.h>

#include "base/limits.h"
#include "message/fields.h"
#include "message/recipients.h"
#include "message/returned.h"
#include "message/typed.h"

const struct name dsn_action_names[] = {
	{ DSN_UNKNOWN, "unknown" },
	{ DSN_FAILED, "failed" },
	{ DSN_DELAYED, "delayed" },
	{ DSN_DELIVERED, "delivered" },
	{ DSN_RELAYED, "relayed" },
	{ DSN_EXPANDED, "expanded" },
	{ 0, NULL },
};

/* The types of a delivery-status part, RFC 3464 2.1 and RFC 6533 4.1. */
static const char *const status_types[] = {
	"message/delivery-status",
	"message/global-delivery-status",
};

static void
read_original(struct span value, struct report_recipient *r)
{
	typed_address(value, &r->original);
}

static void
read_final(struct span value, struct report_recipient *r)
{
	typed_address(value, &r->final);
}

static void
read_actual(struct span value, struct report_recipient *r)
{
	typed_address(value, &r->actual);
}

/* Words of no RFC, and who writes them. */
static const struct name other_actions[] = {
	{ DSN_FAILED, "expired" }, /* SendGrid, after its last attempt */
	{ DSN_FAILED, "failure" }, /* gateways */
	{ 0, NULL },
};

static void
read_action(struct span value, struct report_recipient *r)
{
	static const struct name *const tables[] = { dsn_action_names,
		other_actions };
	struct buf plain;
	struct span word;

	buf_init(&plain, LIMIT_FIELD_BYTES);
	word = fields_uncomment(value, &plain);
	for (size_t i = 0; i < ARRAY_LEN(tables); i++)
		for (const struct name *n = tables[i]; n->text != NULL; n++)
			if (span_is_nocase(word, n->text))
				r->action = (enum dsn_action)n->number;
	buf_done(&plain);
}

/* Only a comment may follow the code (RFC 3464 2.3.4). */
static void
read_status(struct span value, struct report_recipient *r)
{
	status_parse(value, &r->status);
}

/* The text of X-Unix is an exit status, not a reply. */
static void
read_diagnostic(struct span value, struct report_recipient *r)
{
	struct span type, text;

	if (r->diagnostic[0] != '\0')
		return;
	typed_cut(value, &type, &text);
	span_copy(text, r->diagnostic, sizeof(r->diagnostic));
	if (!span_is_nocase(type, "x-unix"))
		status_find(text, &r->diagnostic_status, &r->reply_code);
}

static void
read_remote(struct span value, struct report_recipient *r)
{
	if (r->remote_mta[0] == '\0')
		typed_name(value, r->remote_mta, sizeof(r->remote_mta));
}

static void
read_last_attempt(struct span value, struct report_recipient *r)
{
	span_copy(value, r->last_attempt, sizeof(r->last_attempt));
}

/*
 * The fields of a recipient that we use, RFC 3464 2.3. A letter marks those
 * that tell recipients apart; they stand once for each.
 */
static const struct recipient_field {
	const char *name;
	char letter;
	void (*read)(struct span value, struct report_recipient *r);
} recipient_fields[] = {
	{ "Original-Recipient", 'O', read_original },
	{ "Final-Recipient", 'F', read_final },
	{ "X-Actual-Recipient", 'X', read_actual },
	{ "Action", 'A', read_action },
	{ "Status", 'S', read_status },
	{ "Diagnostic-Code", '\0', read_diagnostic },
	{ "Remote-MTA", '\0', read_remote },
	{ "Last-Attempt-Date", '\0', read_last_attempt },
};
#define LETTERS 5

static const struct recipient_field *
find_field(struct span name)
{
	for (size_t i = 0; i < ARRAY_LEN(recipient_fields); i++)
		if (span_is_nocase(name, recipient_fields[i].name))
			return &recipient_fields[i];
	return NULL;
}

/* The fields of the message, RFC 3464 2.2; the first of each counts. */
static void
message_field(struct span name, struct span value, struct report *out)
{
	struct claim_address sender;

	if (span_is_nocase(name, "Reporting-MTA") &&
	    out->reporting_mta[0] == '\0') {
		typed_name(value, out->reporting_mta,
		    sizeof(out->reporting_mta));
	} else if (span_is_nocase(name, "Original-Envelope-Id") &&
		   out->envelope_id[0] == '\0') {
		span_copy(value, out->envelope_id, sizeof(out->envelope_id));
	} else if (span_is_nocase(name, "Arrival-Date") &&
		   out->arrival[0] == '\0') {
		span_copy(value, out->arrival, sizeof(out->arrival));
	} else if (span_is_nocase(name, "X-Postfix-Sender") &&
		   out->postfix_sender[0] == '\0') {
		typed_address(value, &sender);
		memcpy(out->postfix_sender, sender.text, sizeof(sender.text));
	}
}

/* One group while it is read. */
struct group {
	struct report *out;
	size_t first;              /* its first recipient in out->recipients */
	char order[LETTERS + 1];   /* of the fields of the first recipient */
	char current[LETTERS + 1]; /* of those of the last, so far */
	bool early;   /* a field without a letter before any with one */
	bool unclear; /* the recipients can't be told apart */
};

static size_t
recipients_in(const struct group *g)
{
	return g->out->recipients_n - g->first;
}

/*
 * The last recipient has all of its fields: is it like the first? Where there
 * is no Action, a Status that is permanent says the same (RFC 3463 2).
 */
static void
end_recipient(struct group *g)
{
	struct report_recipient *last =
	    &g->out->recipients[g->out->recipients_n - 1];

	if (strchr(g->current, 'A') == NULL && last->status.class_digit == 5)
		last->action = DSN_FAILED;
	if (recipients_in(g) == 1)
		memcpy(g->order, g->current, sizeof(g->order));
	else if (g->early || strcmp(g->order, g->current) != 0)
		g->unclear = true;
	g->current[0] = '\0';
}

static void
add_recipient(struct group *g)
{
	if (recipients_add(g->out) == NULL)
		g->unclear = true;
}

/* Notes the field's place, and begins a recipient where it is the first. */
static void
place_field(struct group *g, char letter)
{
	size_t len = strlen(g->current);

	if (recipients_in(g) == 0)
		add_recipient(g);
	if (letter == '\0') {
		g->early = g->early || len == 0;
		return;
	}
	if (letter == g->current[0]) {
		end_recipient(g);
		add_recipient(g);
		len = 0;
	}
	if (len != 0 && strchr(g->current, letter) != NULL) {
		g->unclear = true;
		return;
	}
	g->current[len] = letter;
	g->current[len + 1] = '\0';
}

static bool
has_address(const struct report_recipient *r)
{
	return r->original.present || r->final.present || r->actual.present;
}

/* Takes back what the group added, if it can't be told for certain. */
static void
end_group(struct group *g)
{
	struct report *out = g->out;

	if (recipients_in(g) == 0)
		return;
	end_recipient(g);
	for (size_t i = g->first; i < out->recipients_n; i++)
		if (!has_address(&out->recipients[i]))
			g->unclear = true;
	if (g->unclear) {
		out->recipients_n = g->first;
		recipients_note(out,
		    "recipient fields that can't be told apart");
	}
}

static void
read_group(struct span text, struct report *out)
{
	struct group g = { .out = out, .first = out->recipients_n };
	const struct recipient_field *field;
	struct span name, value;
	struct fields f;

	fields_open(&f, text);
	while (!g.unclear && fields_next(&f, &name, &value)) {
		field = find_field(name);
		if (field == NULL) {
			message_field(name, value, out);
			continue;
		}
		place_field(&g, field->letter);
		if (!g.unclear)
			field->read(value,
			    &out->recipients[out->recipients_n - 1]);
	}
	fields_done(&f);
	end_group(&g);
}

void
dsn_content(struct span content, bool whole, struct report *out)
{
	struct span group;
	bool ended;

	while (fields_group(&content, &group, &ended)) {
		if (ended || whole)
			read_group(group, out);
		else
			recipients_note(out, "the delivery status is cut off");
	}
}

static bool
is_status(const struct mime_part *p)
{
	for (size_t i = 0; i < ARRAY_LEN(status_types); i++)
		if (strcmp(p->type, status_types[i]) == 0)
			return true;
	return false;
}

bool
dsn_read(struct mime *m, struct report *out)
{
	size_t i = 0, parent;
	struct span content;
	bool whole;

	while (i < m->parts_n && (!is_status(&m->parts[i]) ||
				     m->parts[i].parent == MIME_NO_PARENT))
		i++;
	if (i == m->parts_n)
		return false;
	parent = m->parts[i].parent;
	for (; i < m->parts_n; i++) {
		if (m->parts[i].parent != parent)
			continue;
		/* Who has guessed the boundary can end what is returned, and
		 * go on in the name of the reporter. */
		if (returned_is(&m->parts[i]))
			break;
		if (!is_status(&m->parts[i]))
			continue;
		content = mime_content(m, i, &whole);
		dsn_content(content, whole, out);
	}
	returned_read(m, parent, &out->returned);
	out->type = recipients_type(out);
	if (out->type == REPORT_NONE)
		recipients_note(out,
		    out->recipients_n == 0
			? "a delivery report without a recipient"
			: "a delivery report in which nothing failed");
	return true;
}
