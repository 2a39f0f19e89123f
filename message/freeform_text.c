/* freeform_text - one notice against the rows. See freeform.h. */
#include "message/freeform.h"

#include <string.h>
#include <strings.h>

#include "message/dsn.h"
#include "message/notice.h"
#include "message/recipients.h"

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

/* Phrases of those who hold a message until its sender answers, or somebody
 * has looked at it: challenges and moderation. */
static const char *const pending[] = {
	"confirm your message",
	"confirm that you are",
	"confirm that you sent",
	"verify that you are",
	"prove that you are",
	"awaiting your confirmation",
	"waiting for your confirmation",
	"challenge/response",
	"awaits moderator approval",
	"is being held until",
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

static bool
has_any(const struct notice *n, const char *const *phrases, size_t count)
{
	size_t place;

	for (size_t i = 0; i < count; i++)
		if (notice_has(n, phrases[i], &place))
			return true;
	return false;
}

static bool
from_sender(const struct freeform_row *row, const struct report *out)
{
	return row->sender == NULL ||
	       strcasestr(out->from, row->sender) != NULL;
}

static bool
read_row(const struct freeform_row *row, const struct notice *n,
    const struct freeform_head *head, bool delayed, struct report *out)
{
	enum dsn_action action =
	    delayed || row->flags & ROW_DELAYED ? DSN_DELAYED : DSN_FAILED;
	size_t place;

	if (!from_sender(row, out) ||
	    (row->flags & ROW_SUBJECT && !(head->signs & NOTICE_SUBJECT)))
		return false;
	if (row->flags & ROW_HEADER)
		return head->signs & NOTICE_FAILED &&
		       head->signs & NOTICE_SYSTEM &&
		       freeform_header(row, n, head->failed, action, out);
	for (size_t i = 0; i < FREEFORM_PHRASES && row->phrases[i] != NULL; i++)
		if (notice_has(n, row->phrases[i], &place))
			return row->flags & ROW_TO
				   ? freeform_to(row, n, action, out)
				   : freeform_lines(row, n, place, action, out);
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
	if (!freeform_lines(&unlisted, n, 0, DSN_FAILED, out))
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

	if (n->flat.len == 0 || has_any(n, pending, ARRAY_LEN(pending)))
		return false;
	if (read_fields(n, out))
		return true;
	delayed = head->signs & NOTICE_DELAY ||
		  has_any(n, warnings, ARRAY_LEN(warnings));
	return read_table(freeform_mtas, n, head, delayed, out) ||
	       read_table(freeform_providers, n, head, delayed, out) ||
	       (!delayed && read_unlisted(n, head, out));
}
