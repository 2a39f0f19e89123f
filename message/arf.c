#include "message/arf.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "message/fields.h"
#include "message/returned.h"
#include "message/typed.h"

/* What is known while the fields are read. */
struct reader {
	struct report *out;
	const char *malformed; /* why; NULL: it isn't */
	bool unreadable;       /* an Original-Rcpt-To that is no address */
	const char *date;      /* the name of the date field that was there */
};

static void
read_type(struct reader *r, struct span value)
{
	struct feedback *fb = &r->out->feedback;
	char type[sizeof(fb->type)];

	span_copy(value, type, sizeof(type));
	for (char *c = type; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	if (fb->type[0] != '\0' && strcmp(fb->type, type) != 0)
		r->malformed = "a feedback report of two types";
	memcpy(fb->type, type, sizeof(type));
}

static void
read_user_agent(struct reader *r, struct span value)
{
	struct feedback *fb = &r->out->feedback;

	span_copy(value, fb->user_agent, sizeof(fb->user_agent));
}

static void
read_source_ip(struct reader *r, struct span value)
{
	struct feedback *fb = &r->out->feedback;

	span_copy(value, fb->source_ip, sizeof(fb->source_ip));
}

/* The same address again is the same recipient. */
static void
read_rcpt_to(struct reader *r, struct span value)
{
	struct feedback *fb = &r->out->feedback;
	struct claim_address a;
	size_t n = fb->rcpt_to_n;

	typed_address(value, &a);
	if (!a.valid || n == LIMIT_REPORT_RECIPIENTS) {
		r->unreadable = true;
		return;
	}
	for (size_t i = 0; i < n; i++)
		if (strcmp(fb->rcpt_to[i].text, a.addr.text) == 0)
			return;
	/* All at once: an addr points into itself and can't be moved. */
	if (fb->rcpt_to == NULL)
		fb->rcpt_to =
		    mem_new(LIMIT_REPORT_RECIPIENTS, sizeof(fb->rcpt_to[0]));
	addr_copy(&fb->rcpt_to[n], &a.addr);
	fb->rcpt_to_n++;
}

static void
read_removal(struct reader *r, struct span value)
{
	struct claim_address a;

	typed_address(value, &a);
	if (a.valid)
		addr_copy(&r->out->feedback.removal, &a.addr);
}

static void
read_reporting_mta(struct reader *r, struct span value)
{
	typed_name(value, r->out->reporting_mta, sizeof(r->out->reporting_mta));
}

static void
read_envelope_id(struct reader *r, struct span value)
{
	span_copy(value, r->out->envelope_id, sizeof(r->out->envelope_id));
}

static void
read_date(struct reader *r, struct span value)
{
	span_copy(value, r->out->arrival, sizeof(r->out->arrival));
}

/*
 * The fields that we use, RFC 5965 3.1 to 3.3, and the unregistered
 * Removal-Recipient of its example B.2. Comments go where the grammar has
 * CFWS.
 */
static const struct {
	const char *name;
	void (*read)(struct reader *r, struct span value);
	bool comments;
} report_fields[] = {
	{ "Arrival-Date", read_date, false },
	{ "Feedback-Type", read_type, true },
	{ "Original-Envelope-Id", read_envelope_id, false },
	{ "Original-Rcpt-To", read_rcpt_to, false },
	{ "Received-Date", read_date, false },
	{ "Removal-Recipient", read_removal, false },
	{ "Reporting-MTA", read_reporting_mta, false },
	{ "Source-IP", read_source_ip, true },
	{ "User-Agent", read_user_agent, false },
};

static void
read_field(struct reader *r, struct span name, struct span value)
{
	struct buf plain;
	size_t i = 0;

	while (i < ARRAY_LEN(report_fields) &&
	       !span_is_nocase(name, report_fields[i].name))
		i++;
	if (i == ARRAY_LEN(report_fields))
		return;
	/* RFC 5965 3.2: both dates in one report are malformed. */
	if (report_fields[i].read == read_date) {
		if (r->date != NULL && r->date != report_fields[i].name)
			r->malformed = "a feedback report of two dates";
		r->date = report_fields[i].name;
	}
	buf_init(&plain, LIMIT_FIELD_BYTES);
	if (report_fields[i].comments)
		value = fields_uncomment(value, &plain);
	report_fields[i].read(r, value);
	buf_done(&plain);
}

bool
arf_content(struct span content, bool whole, struct report *out)
{
	struct reader r = { .out = out };
	struct span name, value;
	struct fields f;

	fields_open(&f, whole ? content : fields_without_last(content));
	while (fields_next(&f, &name, &value))
		read_field(&r, name, value);
	fields_done(&f);
	/* Several recipients don't name the complainer (RFC 5965 3.3). If
	 * one of them can't be read, the others must not look like all. */
	if (r.unreadable)
		out->feedback.rcpt_to_n = 0;
	if (r.malformed == NULL && out->feedback.type[0] == '\0')
		r.malformed = "a feedback report without a type";
	if (r.malformed != NULL)
		span_copy(span_of(r.malformed), out->note, sizeof(out->note));
	else if (r.unreadable)
		span_copy(span_of("an Original-Rcpt-To is no address"),
		    out->note, sizeof(out->note));
	return r.malformed == NULL;
}

bool
arf_read(struct mime *m, struct report *out)
{
	static const char type[] = "message/feedback-report";
	size_t i = 0, parent;
	struct span content;
	bool whole;

	while (i < m->parts_n && (strcmp(m->parts[i].type, type) != 0 ||
				     m->parts[i].parent == MIME_NO_PARENT))
		i++;
	if (i == m->parts_n)
		return false;
	out->format = "arf";
	parent = m->parts[i].parent;
	content = mime_content(m, i, &whole);
	returned_read(m, parent, &out->returned);
	if (!arf_content(content, whole, out))
		return true;
	out->type = strcmp(out->feedback.type, "abuse") == 0
			? REPORT_COMPLAINT
			: REPORT_COMPLAINT_OTHER;
	return true;
}
