#include "message/sns.h"

#include <stdlib.h>
#include <string.h>

#include "base/attr.h"
#include "base/limits.h"
#include "base/mem.h"
#include "message/jsonwalk.h"
#include "message/recipients.h"
#include "message/returned.h"
#include "message/typed.h"

#define VALUE_TEXT 1024

struct reader {
	struct report *out;
	struct report_recipient *current;
	struct buf headers;    /* of the message, "Name: value" lines */
	char kind[32];         /* "Bounce", "Complaint", ... */
	struct span *envelope; /* Message, the JSON within the JSON */
};

static void
set_kind(struct reader *r, const char *value)
{
	(void)span_copy(span_of(value), r->kind, sizeof(r->kind));
}

static void
set_address(struct reader *r, const char *value)
{
	typed_address(span_of(value), &r->current->final);
}

static void
set_status(struct reader *r, const char *value)
{
	(void)status_parse(span_of(value), &r->current->status);
}

static void
set_diagnostic(struct reader *r, const char *value)
{
	struct report_recipient *to = r->current;
	struct span type, text;

	typed_cut(span_of(value), &type, &text);
	(void)span_copy(text, to->diagnostic, sizeof(to->diagnostic));
	status_find(text, &to->diagnostic_status, &to->reply_code);
}

static void
set_mta(struct reader *r, const char *value)
{
	typed_name(span_of(value), r->out->reporting_mta,
	    sizeof(r->out->reporting_mta));
}

static void
set_feedback(struct reader *r, const char *value)
{
	(void)span_copy(span_of(value), r->out->feedback.type,
	    sizeof(r->out->feedback.type));
}

static void
add_complainer(struct reader *r, const char *value)
{
	struct claim_address a;

	typed_address(span_of(value), &a);
	if (a.valid)
		(void)recipients_add_complainer(&r->out->feedback, &a.addr);
}

/* A line end in a value would begin a header of its own. */
static void
add_header(struct reader *r, const char *value, const char *end)
{
	for (; *value != '\0'; value++)
		buf_add_char(&r->headers,
		    (unsigned char)*value < ' ' ? ' ' : *value);
	buf_add_text(&r->headers, end);
}

static void
header_name(struct reader *r, const char *value)
{
	add_header(r, value, ": ");
}

static void
header_value(struct reader *r, const char *value)
{
	add_header(r, value, "\n");
}

/* The members that we use; those with "recipient" need one. */
static const struct {
	const char *path;
	void (*set)(struct reader *r, const char *value);
	bool recipient;
} members[] = {
	{ "notificationType", set_kind, false },
	{ "eventType", set_kind, false },
	{ "bounce.bouncedRecipients[].emailAddress", set_address, true },
	{ "bounce.bouncedRecipients[].status", set_status, true },
	{ "bounce.bouncedRecipients[].diagnosticCode", set_diagnostic, true },
	{ "bounce.reportingMTA", set_mta, false },
	{ "deliveryDelay.delayedRecipients[].emailAddress", set_address, true },
	{ "deliveryDelay.delayedRecipients[].status", set_status, true },
	{ "deliveryDelay.delayedRecipients[].diagnosticCode", set_diagnostic,
	    true },
	{ "complaint.complainedRecipients[].emailAddress", add_complainer,
	    false },
	{ "complaint.complaintFeedbackType", set_feedback, false },
	{ "mail.headers[].name", header_name, false },
	{ "mail.headers[].value", header_value, false },
};

static void
add_recipient(struct reader *r, enum dsn_action action)
{
	r->current = recipients_add(r->out);
	if (r->current != NULL)
		r->current->action = action;
}

static void
on_token(void *arg, const char *path, const struct span *raw)
{
	struct reader *r = arg;
	char value[VALUE_TEXT];

	if (raw == NULL) {
		if (strcmp(path, "bounce.bouncedRecipients[]") == 0)
			add_recipient(r, DSN_FAILED);
		if (strcmp(path, "deliveryDelay.delayedRecipients[]") == 0)
			add_recipient(r, DSN_DELAYED);
		return;
	}
	if (strcmp(path, "Message") == 0 && r->envelope != NULL)
		*r->envelope = *raw;
	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		if (strcmp(path, members[i].path) == 0 &&
		    (r->current != NULL || !members[i].recipient) &&
		    jsonwalk_text(*raw, value, sizeof(value)))
			members[i].set(r, value);
}

/* sendmail breaks lines of more than 990 bytes with "!" and a blank. */
static void
join_lines(struct span text, struct buf *out)
{
	struct span line;

	while (span_line(&text, &line)) {
		if (out->len > 0 && line.len > 0 && line.p[0] == ' ' &&
		    out->p[out->len - 1] == '!') {
			out->p[--out->len] = '\0';
			line.p++;
			line.len--;
		}
		buf_add_span(out, line);
	}
}

static bool
is_named(const struct report_recipient *r)
{
	return r->final.valid;
}

/* What its type does not speak of goes. */
static void
conclude(struct reader *r)
{
	struct report *out = r->out;
	bool complaint = strcasecmp(r->kind, "Complaint") == 0;
	bool bounce = strcasecmp(r->kind, "Bounce") == 0 ||
		      strcasecmp(r->kind, "DeliveryDelay") == 0;

	recipients_keep(out, is_named);
	if (!bounce)
		out->recipients_n = 0;
	if (!complaint) {
		out->feedback.type[0] = '\0';
		out->feedback.rcpt_to_n = 0;
		out->type = recipients_type(out);
		return;
	}
	if (out->feedback.type[0] == '\0')
		set_feedback(r, "abuse");
	out->type = strcmp(out->feedback.type, "abuse") == 0
			? REPORT_COMPLAINT
			: REPORT_COMPLAINT_OTHER;
}

bool
sns_read(struct mime *m, struct report *out)
{
	struct span envelope = { NULL, 0 }, content;
	struct reader r = { .out = out, .envelope = &envelope };
	struct buf json;
	char *inner = NULL;
	bool whole, found;

	if (m->parts_n != 1 || strstr(out->from, "@sns.amazonaws.com") == NULL)
		return false;
	content = span_trim(mime_content(m, 0, &whole));
	if (content.len == 0 || content.p[0] != '{')
		return false;
	buf_init(&json, LIMIT_PART_BYTES);
	buf_init(&r.headers, LIMIT_PART_BYTES);
	join_lines(content, &json);
	jsonwalk(buf_span(&json), on_token, &r);
	if (r.kind[0] == '\0' && envelope.p != NULL) {
		inner = mem_new(envelope.len + 1, 1);
		r.envelope = NULL;
		if (jsonwalk_text(envelope, inner, envelope.len + 1))
			jsonwalk(span_of(inner), on_token, &r);
	}
	found = r.kind[0] != '\0';
	conclude(&r);
	if (found) {
		out->format = "amazon-sns";
		returned_message(buf_span(&r.headers), true, &out->returned);
	}
	if (found && out->type == REPORT_NONE)
		recipients_note(out,
		    "a notification of Amazon SES in which nothing failed");
	free(inner);
	buf_done(&json);
	buf_done(&r.headers);
	return found;
}
