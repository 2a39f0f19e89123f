#include "message/report.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "message/arf.h"
#include "message/dsn.h"
#include "message/fields.h"
#include "message/freeform.h"
#include "message/jmrp.h"
#include "message/mime.h"
#include "message/notice.h"
#include "message/returned.h"
#include "message/sns.h"

const struct name report_type_names[] = {
	{ REPORT_NONE, "none" },
	{ REPORT_BOUNCE, "bounce" },
	{ REPORT_DELAYED, "delayed" },
	{ REPORT_COMPLAINT, "complaint" },
	{ REPORT_COMPLAINT_OTHER, "complaint-other" },
	{ REPORT_UNSUBSCRIBE, "unsubscribe" },
	{ REPORT_AUTO_REPLY, "auto-reply" },
	{ 0, NULL },
};

static void
note(struct report *out, const char *text)
{
	span_copy(span_of(text), out->note, sizeof(out->note));
}

/* Where the fields name nobody, or don't say why, the text for people may. */
static bool
delivery_read(struct mime *m, struct report *out)
{
	if (!dsn_read(m, out))
		return false;
	out->format = "rfc3464";
	if (out->recipients_n == 0)
		(void)freeform_read(m, out);
	else
		freeform_reasons(m, out);
	return true;
}

/* A multipart/report of another type (a read receipt), or half of one. */
static bool
other_read(struct mime *m, struct report *out)
{
	const char *type = m->parts[0].report_type;

	if (strcmp(m->parts[0].type, "multipart/report") != 0)
		return false;
	snprintf(out->note, sizeof(out->note),
	    "a report (%s), but no part of it that we read",
	    type[0] != '\0' ? type : "no type");
	return true;
}

/* RFC 3834 5: anything but "no". */
static bool
auto_reply_read(struct mime *m, struct report *out)
{
	(void)m;
	if (out->auto_submitted[0] == '\0' ||
	    strcmp(out->auto_submitted, "no") == 0)
		return false;
	out->type = REPORT_AUTO_REPLY;
	return true;
}

/*
 * What we recognise, in this order. A recogniser answers true if the mail is
 * of its kind; it then has set the type, and a note where that is
 * REPORT_NONE. They look at the structure of the mail. Auto-Submitted comes
 * last: MTAs write it into bounces and vacation programs into replies
 * (RFC 3834 3.1.7), so that it tells neither from the other.
 */
static bool (*const recognisers[])(struct mime *m, struct report *out) = {
	delivery_read,
	arf_read,
	jmrp_read,
	sns_read,
	freeform_read,
	other_read,
	auto_reply_read,
};

/* Auto-Submitted: the keyword, without parameters (RFC 3834 5). */
static void
read_auto_submitted(struct span value, struct report *out)
{
	struct buf plain;
	struct span rest, word;

	buf_init(&plain, LIMIT_FIELD_BYTES);
	rest = fields_uncomment(value, &plain);
	if (span_cut(&rest, ';', &word))
		span_copy(span_trim(word), out->auto_submitted,
		    sizeof(out->auto_submitted));
	buf_done(&plain);
	for (char *c = out->auto_submitted; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
}

/* The address, or where there is none, what stands there instead. */
static void
read_from(struct span value, struct report *out)
{
	struct addr from;
	size_t n;

	if (addr_from_header(value, &from, &n))
		memcpy(out->from, from.text, sizeof(out->from));
	else
		mime_words(value, out->from, sizeof(out->from));
}

/* The first of each field counts. */
static void
read_header(struct span header, struct report *out)
{
	struct fields f;
	struct span name, value;

	fields_open(&f, header);
	while (fields_next(&f, &name, &value)) {
		if (span_is_nocase(name, "From") && out->from[0] == '\0')
			read_from(value, out);
		else if (span_is_nocase(name, "Subject") &&
			 out->subject[0] == '\0')
			mime_words(value, out->subject, sizeof(out->subject));
		else if (span_is_nocase(name, "Message-Id") &&
			 out->message_id[0] == '\0')
			span_copy(value, out->message_id,
			    sizeof(out->message_id));
		else if (span_is_nocase(name, "Date") && out->date[0] == '\0')
			span_copy(value, out->date, sizeof(out->date));
		else if (span_is_nocase(name, "Auto-Submitted") &&
			 out->auto_submitted[0] == '\0')
			read_auto_submitted(value, out);
	}
	fields_done(&f);
}

static bool
recognise(struct mime *m, struct report *out)
{
	size_t i = 0;

	read_header(m->parts[0].header, out);
	while (i < ARRAY_LEN(recognisers) && !recognisers[i](m, out))
		i++;
	return i < ARRAY_LEN(recognisers);
}

/* One address's domain is the other's, or stands above or below it. */
static bool
same_house(const char *a, const char *b)
{
	const char *of_a = strrchr(a, '@'), *of_b = strrchr(b, '@');
	size_t a_len, b_len, len;

	if (of_a == NULL || of_b == NULL)
		return false;
	a_len = strlen(of_a + 1);
	b_len = strlen(of_b + 1);
	len = a_len < b_len ? a_len : b_len;
	if (len == 0 || strcmp(of_a + 1 + a_len - len, of_b + 1 + b_len - len))
		return false;
	/* Of the longer one a whole label is left. */
	of_a = of_a + 1 + a_len - len;
	of_b = of_b + 1 + b_len - len;
	return (of_a[-1] == '@' || of_a[-1] == '.') &&
	       (of_b[-1] == '@' || of_b[-1] == '.');
}

/*
 * May the message within be the report, rather than what the report returns?
 * Yes if a person forwards it, or if the gateway that wraps it stands in the
 * same house as the MTA that made it. A bounce of a bounce of ours is neither.
 */
static bool
is_wrapped(const struct mime *m, const struct report *outer,
    const struct report *inner)
{
	unsigned signs = notice_signs(m, outer);

	if (inner->type != REPORT_BOUNCE && inner->type != REPORT_DELAYED)
		return false;
	if (signs & NOTICE_SYSTEM)
		return same_house(outer->from, inner->from);
	return signs & NOTICE_FORWARD && !(signs & NOTICE_LIST);
}

/* What is claimed moves from the message within; who speaks stays. */
static void
move_claims(struct report *inner, struct report *out)
{
	free(out->recipients);
	out->wrapped = true;
	out->type = inner->type;
	out->format = inner->format;
	out->recipients = inner->recipients;
	out->recipients_n = inner->recipients_n;
	out->recipients_room = inner->recipients_room;
	inner->recipients = NULL;
	returned_done(&out->returned);
	out->returned = inner->returned;
	/* An addr points into itself. */
	if (inner->returned.to_n == 1)
		addr_copy(&out->returned.to, &inner->returned.to);
	inner->returned.headers = NULL;
	memcpy(out->reporting_mta, inner->reporting_mta,
	    sizeof(out->reporting_mta));
	memcpy(out->envelope_id, inner->envelope_id, sizeof(out->envelope_id));
	memcpy(out->arrival, inner->arrival, sizeof(out->arrival));
	memcpy(out->date, inner->date, sizeof(out->date));
	memcpy(out->note, inner->note, sizeof(out->note));
}

static void
start(struct report *out)
{
	memset(out, 0, sizeof(*out));
	out->format = "";
}

/* No report, or a delivery report that names nobody. */
static bool
says_nothing(const struct report *r)
{
	return r->type == REPORT_NONE && r->recipients_n == 0 &&
	       (r->format[0] == '\0' || strcmp(r->format, "rfc3464") == 0);
}

/* A report within the mail, as an attached message; one level deep. */
static bool
wrapped_read(struct mime *m, struct report *out)
{
	struct report inner;
	struct mime within;
	struct error err;
	size_t part = 0;
	bool whole, found = false;

	while (part < m->parts_n &&
	       strcmp(m->parts[part].type, "message/rfc822") != 0)
		part++;
	if (part == 0 || part == m->parts_n ||
	    !(notice_signs(m, out) & (NOTICE_SYSTEM | NOTICE_FORWARD)))
		return false;
	if (!mime_open(&within, mime_content(m, part, &whole), &err))
		return false;
	start(&inner);
	if (recognise(&within, &inner) && is_wrapped(m, out, &inner)) {
		move_claims(&inner, out);
		found = true;
	}
	report_done(&inner);
	mime_done(&within);
	return found;
}

void
report_read(struct span mail, struct report *out)
{
	struct mime m;
	struct error err;
	bool known;

	start(out);
	if (!mime_open(&m, mail, &err)) {
		note(out, err.text);
		return;
	}
	known = recognise(&m, out);
	if (says_nothing(out))
		known = wrapped_read(&m, out) || known;
	if (!known)
		note(out, "no part that reports a delivery or a complaint");
	mime_done(&m);
}

void
report_done(struct report *r)
{
	free(r->recipients);
	free(r->feedback.rcpt_to);
	returned_done(&r->returned);
	memset(r, 0, sizeof(*r));
}

bool
report_date(const struct report *r, const struct report_recipient *rcpt,
    int64_t *at)
{
	return mime_date(span_of(rcpt->last_attempt), at) ||
	       mime_date(span_of(r->date), at) ||
	       mime_date(span_of(r->arrival), at);
}

bool
report_returned_header(const struct report *r, const char *name, size_t n,
    struct span *value)
{
	struct span rest, line, this_name;

	if (r->returned.headers == NULL)
		return false;
	rest = span_of(r->returned.headers);
	while (span_line(&rest, &line)) {
		if (!span_cut(&line, ':', &this_name) ||
		    !span_is_nocase(this_name, name) || n-- != 0)
			continue;
		*value = span_trim(line);
		return true;
	}
	return false;
}
