#include "message/arf.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "message/fields.h"
#include "message/recipients.h"
#include "message/returned.h"
#include "message/typed.h"

/* AOL names what it put in place of addresses: "redacted" and "redacted@". */
#define REDACTED_MAX 4
/* Comcast puts a hash, hexadecimal; MD5 has the fewest digits. */
#define HASH_DIGITS 32

/* What is known while the fields are read. */
struct reader {
	struct report *out;
	const char *malformed; /* why; NULL: it isn't */
	bool unreadable;       /* an Original-Rcpt-To that is no address */
	bool removals;         /* two, different: neither is taken */
	char redacted[REDACTED_MAX][64]; /* Redacted-Address, lower case */
	size_t redacted_n;
};

static void
lower(char *text)
{
	for (; *text != '\0'; text++)
		*text = (char)tolower((unsigned char)*text);
}

static void
read_type(struct reader *r, struct span value)
{
	struct feedback *fb = &r->out->feedback;
	char type[sizeof(fb->type)];

	span_copy(value, type, sizeof(type));
	lower(type);
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

static void
read_redacted(struct reader *r, struct span value)
{
	char *text = r->redacted[r->redacted_n % REDACTED_MAX];

	span_copy((struct span){ value.p, span_find(value, '@') }, text,
	    sizeof(r->redacted[0]));
	lower(text);
	r->redacted_n += r->redacted_n < REDACTED_MAX;
}

static bool
is_hash(struct span local)
{
	size_t i = 0;

	while (i < local.len && isxdigit((unsigned char)local.p[i]))
		i++;
	return i == local.len && i >= HASH_DIGITS;
}

/* An address whose place something else took (RFC 6590): nobody's. */
static bool
is_redacted(const struct reader *r, const struct addr *a)
{
	struct span local;

	if (a->text[0] == '\0')
		return false;
	local = addr_local(a);
	for (size_t i = 0; i < r->redacted_n; i++)
		if (span_is(local, r->redacted[i]))
			return true;
	return span_is(local, "redacted") || is_hash(local);
}

static void
read_rcpt_to(struct reader *r, struct span value)
{
	struct claim_address a;

	typed_address(value, &a);
	if (!a.valid || !recipients_add_complainer(&r->out->feedback, &a.addr))
		r->unreadable = true;
}

static void
read_removal(struct reader *r, struct span value)
{
	struct addr *removal = &r->out->feedback.removal;
	struct claim_address a;

	typed_address(value, &a);
	if (!a.valid)
		return;
	r->removals = r->removals || (removal->text[0] != '\0' &&
					 strcmp(removal->text, a.addr.text));
	addr_copy(removal, &a.addr);
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

/* Some write both dates (RFC 5965 3.2 has one): the first counts. */
static void
read_date(struct reader *r, struct span value)
{
	if (r->out->arrival[0] == '\0')
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
	{ "Redacted-Address", read_redacted, true },
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
	buf_init(&plain, LIMIT_FIELD_BYTES);
	if (report_fields[i].comments)
		value = fields_uncomment(value, &plain);
	report_fields[i].read(r, value);
	buf_done(&plain);
}

/* Placeholders are no addresses: not what they stand for either. */
static void
forget_redacted(struct reader *r)
{
	struct returned *back = &r->out->returned;
	struct feedback *fb = &r->out->feedback;

	for (size_t i = 0; i < fb->rcpt_to_n; i++)
		r->unreadable =
		    r->unreadable || is_redacted(r, &fb->rcpt_to[i]);
	if (back->to_n == 1 && is_redacted(r, &back->to))
		back->to_n = 0;
	if (r->removals || is_redacted(r, &fb->removal))
		fb->removal = (struct addr){ 0 };
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
	forget_redacted(&r);
	/* Several recipients don't name the complainer (RFC 5965 3.3). If
	 * one of them can't be read, the others must not look like all. */
	if (r.unreadable)
		out->feedback.rcpt_to_n = 0;
	if (r.malformed == NULL && out->feedback.type[0] == '\0')
		r.malformed = "a feedback report without a type";
	if (r.malformed != NULL)
		span_copy(span_of(r.malformed), out->note, sizeof(out->note));
	else if (r.unreadable)
		span_copy(
		    span_of("an Original-Rcpt-To is no address, or redacted"),
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
