/* freeform_text - one notice against the rows. See freeform.h. */
#include "message/freeform.h"

#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "message/dsn.h"
#include "message/notice.h"
#include "message/recipients.h"
#include "message/returned.h"
#include "message/template.h"
#include "message/typed.h"

/*
 * Phrases of a warning: nothing has failed yet. Where one of them stands, so
 * that a notice might be both, nobody failed.
 */
static const char *const warnings[] = {
	"this is a warning message only",
	"this is a warning only",
	"this is just a warning",
	"you do not need to re-send",
	"you do not need to resend",
	"no action is required on your part",
	"not yet been delivered",
	"not been delivered yet",
	"could not be delivered yet",
	"is still awaiting delivery",
	"message is delayed",
	"delivery is delayed",
	"has been delayed",
	"delivery has been postponed",
	"delays in delivering",
	"will be retried for",
	"gmail will retry",
	"we will continue to attempt",
	"will continue trying",
	"will keep trying",
	"delivery attempts will continue",
	"temporary problem delivering",
	"only a temporary failure report",
	"delivery incomplete",
};

/* Phrases of a failure, for a notice that no row knows. */
static const char *const failures[] = {
	"not be delivered",
	"n't be delivered",
	"not delivered",
	"undeliverable",
	"unable to deliver",
	"n't able to deliver",
	"delivery failed",
	"delivery has failed",
	"delivery failure",
	"failed permanently",
	"permanent error",
	"permanent failure",
	"fatal error",
	"user unknown",
	"unknown user",
	"no such user",
};

/* The notice of nobody whom we know: any line that names an address. */
static const struct freeform_row unlisted = { "unlisted", NULL, { NULL },
	{ "<%a>:%d", "<%a>", "%a" }, NULL, 0 };
/* More addresses than this are a list of something else. */
#define UNLISTED_MAX 3

/* While the lines of a notice are read. */
struct reader {
	const struct freeform_row *row;
	struct report *out;
	struct report_recipient *current; /* gets the lines as its reason */
	enum dsn_action action;
	bool known;   /* the addresses are known: only their reasons */
	bool stopped; /* no more addresses */
};

static bool
has_any(const struct notice *n, const char *const *phrases, size_t count)
{
	size_t place;

	for (size_t i = 0; i < count; i++)
		if (notice_has(n, phrases[i], &place))
			return true;
	return false;
}

/* Adds a line to the reason, blanks as one, unless it is a mere rule. */
static void
add_reason(struct report_recipient *r, struct span line)
{
	size_t used = strlen(r->diagnostic), letters = 0, step;
	const size_t room = sizeof(r->diagnostic) - 4;

	for (size_t i = 0; i < line.len; i++)
		letters += strchr("-=*_#<>~. \t\r", line.p[i]) == NULL;
	for (; letters != 0 && line.len > 0 && used < room;
	     line.p += step, line.len -= step) {
		step = notice_white(line);
		if (step == 0) {
			r->diagnostic[used++] = line.p[0];
			step = 1;
		} else if (used != 0 && r->diagnostic[used - 1] != ' ') {
			r->diagnostic[used++] = ' ';
		}
	}
	/* The next line begins behind a blank. */
	if (letters != 0 && used != 0 && r->diagnostic[used - 1] != ' ')
		r->diagnostic[used++] = ' ';
	r->diagnostic[used] = '\0';
}

static void
add_reasons(struct report_recipient *r, struct span lines)
{
	struct span line;

	while (span_line(&lines, &line))
		add_reason(r, line);
}

/*
 * The recipient of an address: a new one, or one that waits for its reason.
 * NULL: it is no address, or one that we have had.
 */
static struct report_recipient *
claim(struct reader *rd, struct span address)
{
	struct report *out = rd->out;
	struct report_recipient *r;
	struct claim_address a;

	typed_address(address, &a);
	if (!a.valid)
		return NULL;
	for (size_t i = 0; i < out->recipients_n; i++) {
		r = &out->recipients[i];
		if (strcmp(r->final.addr.text, a.addr.text) == 0)
			return r->diagnostic[0] == '\0' ? r : NULL;
	}
	r = rd->known ? NULL : recipients_add(out);
	if (r == NULL)
		return NULL;
	typed_address(address, &r->final);
	r->action = rd->action;
	return r;
}

/* A line with an address; false if it has none in the row's form. */
static bool
address_line(struct reader *rd, struct span line)
{
	const struct freeform_row *row = rd->row;
	struct template_found found;
	size_t i = 0;

	while (i < FREEFORM_LINES && row->lines[i] != NULL &&
	       !template_match(row->lines[i], line, &found))
		i++;
	if (i == FREEFORM_LINES || row->lines[i] == NULL)
		return false;
	if (found.address.len == 0 && found.origin.len == 0) {
		rd->current = NULL;
		return true;
	}
	if (found.address.len == 0) {
		/* What it was forwarded from; the target may be secret. */
		if (rd->current != NULL)
			typed_address(found.origin, &rd->current->original);
		else
			rd->current = claim(rd, found.origin);
		return true;
	}
	rd->current = claim(rd, found.address);
	if (rd->current == NULL)
		return true;
	if (found.origin.len != 0)
		typed_address(found.origin, &rd->current->original);
	add_reason(rd->current,
	    row->flags & ROW_WHOLE_LINE ? line : found.rest);
	return true;
}

static void
one_line(struct reader *rd, struct span line)
{
	const char *stop = rd->row->stop;

	if (line.len > LIMIT_NOTICE_LINE_BYTES)
		line.len = LIMIT_NOTICE_LINE_BYTES;
	if (stop != NULL && rd->out->recipients_n != 0 &&
	    span_starts_nocase(span_trim(line), stop))
		rd->stopped = true;
	if (!rd->stopped && address_line(rd, line))
		return;
	if (rd->current != NULL)
		add_reason(rd->current, line);
}

/* Without the blank at its end, and without half a character. */
static void
end_reason(struct report_recipient *r)
{
	char text[sizeof(r->diagnostic)];

	memcpy(text, r->diagnostic, sizeof(text));
	(void)span_copy(span_trim(span_of(text)), r->diagnostic,
	    sizeof(r->diagnostic) - 4);
}

/* Reads the codes; a reason that stands for several is given to each. */
static void
finish_reasons(struct report *out, struct span otherwise)
{
	const char *next = NULL;

	for (size_t i = out->recipients_n; i-- > 0;) {
		struct report_recipient *r = &out->recipients[i];

		if (r->diagnostic[0] == '\0' && next != NULL)
			(void)span_copy(span_of(next), r->diagnostic,
			    sizeof(r->diagnostic));
		if (r->diagnostic[0] == '\0')
			add_reasons(r, otherwise);
		end_reason(r);
		next = r->diagnostic;
		status_find(span_of(r->diagnostic), &r->diagnostic_status,
		    &r->reply_code);
	}
}

/* The reason is the text between the phrase and the first address. */
static void
reason_first(struct report *out, struct span before)
{
	for (size_t i = 0; i < out->recipients_n; i++) {
		out->recipients[i].diagnostic[0] = '\0';
		add_reasons(&out->recipients[i], before);
	}
}

/* Reads the notice from a place in its text on, as the row says. */
static bool
read_lines(const struct freeform_row *row, const struct notice *n, size_t from,
    enum dsn_action action, struct report *out)
{
	struct reader rd = { .row = row, .out = out, .action = action };
	struct span rest = n->body, line, first = { NULL, 0 };
	size_t had = out->recipients_n;

	rd.known = row->flags & ROW_HEADER;
	if (row->flags & (ROW_ABOVE | ROW_HEADER))
		from = 0;
	/* From the beginning of the line. */
	while (from > 0 && n->text.p[from - 1] != '\n')
		from--;
	rest.p += from;
	rest.len = from < rest.len ? rest.len - from : 0;
	while (span_line(&rest, &line)) {
		one_line(&rd, line);
		if (first.p == NULL && out->recipients_n > had)
			first = line;
	}
	if (out->recipients_n == 0)
		return false;
	if (row->flags & ROW_REASON_FIRST && first.p != NULL)
		reason_first(out, (struct span){ n->text.p + from,
				      (size_t)(first.p - n->text.p) - from });
	finish_reasons(out, n->body);
	out->format = row->name;
	return true;
}

/* The notice names nobody but returns the message. */
static bool
read_to(const struct freeform_row *row, const struct notice *n,
    enum dsn_action action, struct report *out)
{
	struct reader rd = { .row = row, .out = out, .action = action };
	struct returned back = { 0 };

	returned_message(n->returned, false, &back);
	if (back.to_n == 1)
		(void)claim(&rd, span_of(back.to.text));
	returned_done(&back);
	if (out->recipients_n == 0)
		return false;
	finish_reasons(out, n->body);
	out->format = row->name;
	return true;
}

static bool
from_sender(const struct freeform_row *row, const struct report *out)
{
	return row->sender == NULL ||
	       strcasestr(out->from, row->sender) != NULL;
}

/* Addresses from the header, reasons from the text (Exim, Google). */
static bool
read_header(const struct freeform_row *row, const struct notice *n,
    struct span failed, enum dsn_action action, struct report *out)
{
	struct reader rd = { .row = row, .out = out, .action = action };
	struct span address;

	while (span_cut(&failed, ',', &address))
		(void)claim(&rd, span_trim(address));
	return out->recipients_n != 0 && read_lines(row, n, 0, action, out);
}

static bool
read_row(const struct freeform_row *row, const struct notice *n,
    const struct freeform_head *head, bool delayed, struct report *out)
{
	enum dsn_action action =
	    delayed || row->flags & ROW_DELAYED ? DSN_DELAYED : DSN_FAILED;
	size_t place;

	if (!from_sender(row, out))
		return false;
	if (row->flags & ROW_HEADER)
		return head->signs & NOTICE_FAILED &&
		       head->signs & NOTICE_SYSTEM &&
		       read_header(row, n, head->failed, action, out);
	for (size_t i = 0; i < FREEFORM_PHRASES && row->phrases[i] != NULL; i++)
		if (notice_has(n, row->phrases[i], &place))
			return row->flags & ROW_TO
				   ? read_to(row, n, action, out)
				   : read_lines(row, n, place, action, out);
	return false;
}

static bool
read_table(const struct freeform_row *row, const struct notice *n,
    const struct freeform_head *head, bool delayed, struct report *out)
{
	for (; row->name != NULL; row++)
		if (read_row(row, n, head, delayed, out))
			return true;
	return false;
}

/* RFC 3464 fields in a text: of Amazon WorkMail, of forwards, and where a
 * gateway broke the boundaries. */
static bool
read_fields(const struct notice *n, struct report *out)
{
	static const char *const names[] = { "Reporting-MTA:",
		"Original-Recipient:", "Final-Recipient:", "Action:" };
	struct span rest = n->body, line;
	size_t place;

	if (!notice_has(n, " final-recipient:", &place))
		return false;
	while (span_line(&rest, &line))
		for (size_t i = 0; i < ARRAY_LEN(names); i++) {
			struct span fields = { line.p,
				(size_t)(rest.p + rest.len - line.p) };

			if (!span_starts_nocase(line, names[i]))
				continue;
			dsn_content(fields, n->whole, out);
			out->format = "rfc3464-in-text";
			return out->recipients_n != 0;
		}
	return false;
}

/* Whether To, the sender of the message, is among those that are claimed. */
static bool
names_sender(const struct report *out, struct span to)
{
	struct addr a;
	size_t n;

	if (!addr_from_header(to, &a, &n))
		return false;
	for (size_t i = 0; i < out->recipients_n; i++)
		if (strcmp(out->recipients[i].final.addr.text, a.text) == 0)
			return true;
	return false;
}

/* Two signs, a phrase of failure, few addresses, and not the sender's. */
static bool
read_unlisted(const struct notice *n, const struct freeform_head *head,
    struct report *out)
{
	unsigned signs = head->signs;
	bool human = signs & NOTICE_AUTO && !(signs & NOTICE_SUBJECT);

	if (!(signs & NOTICE_SYSTEM) || human ||
	    !(signs & (NOTICE_SUBJECT | NOTICE_REPORT | NOTICE_NULL)) ||
	    !has_any(n, failures, ARRAY_LEN(failures)))
		return false;
	if (!read_lines(&unlisted, n, 0, DSN_FAILED, out))
		return false;
	if (out->recipients_n <= UNLISTED_MAX && !names_sender(out, head->to))
		return true;
	out->recipients_n = 0;
	return false;
}

bool
freeform_notice(const struct notice *n, const struct freeform_head *head,
    struct report *out)
{
	bool delayed;

	if (n->flat.len == 0)
		return false;
	if (read_fields(n, out))
		return true;
	delayed = head->signs & NOTICE_DELAY ||
		  has_any(n, warnings, ARRAY_LEN(warnings));
	return read_table(freeform_mtas, n, head, delayed, out) ||
	       read_table(freeform_providers, n, head, delayed, out) ||
	       (!delayed && read_unlisted(n, head, out));
}
