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
#include "message/mime.h"
#include "message/returned.h"

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

/* Where the fields name nobody, the text for people may. */
static bool
delivery_read(struct mime *m, struct report *out)
{
	if (!dsn_read(m, out))
		return false;
	out->format = "rfc3464";
	if (out->recipients_n == 0)
		(void)freeform_read(m, out);
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
		else if (span_is_nocase(name, "Auto-Submitted") &&
			 out->auto_submitted[0] == '\0')
			read_auto_submitted(value, out);
	}
	fields_done(&f);
}

void
report_read(struct span mail, struct report *out)
{
	struct mime m;
	struct error err;
	size_t i = 0;

	memset(out, 0, sizeof(*out));
	out->format = "";
	if (!mime_open(&m, mail, &err)) {
		note(out, err.text);
		return;
	}
	read_header(m.parts[0].header, out);
	while (i < ARRAY_LEN(recognisers) && !recognisers[i](&m, out))
		i++;
	if (i == ARRAY_LEN(recognisers))
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
