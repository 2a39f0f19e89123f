#include "policy/classify.h"

#include <string.h>

#include "policy/decide.h"

const struct name class_names[] = {
	{ CLASS_BAD_ADDRESS, "bad-address" },
	{ CLASS_BAD_DOMAIN, "bad-domain" },
	{ CLASS_FULL, "full" },
	{ CLASS_TEMPORARY, "temporary" },
	{ CLASS_EXPIRED, "expired" },
	{ CLASS_POLICY, "policy" },
	{ CLASS_CONTENT, "content" },
	{ CLASS_SENDER, "sender" },
	{ CLASS_SIZE, "size" },
	{ CLASS_PROTOCOL, "protocol" },
	{ CLASS_UNDETERMINED, "undetermined" },
	{ 0, NULL },
};

#define ANY (-1)

/*
 * The enhanced status codes of RFC 3463 and the IANA registry (RFC 5248);
 * the first row that fits decides. Only codes that say "this address is bad"
 * have a class that suppresses; where a code is also used for other things,
 * it waits for more evidence.
 */
static const struct {
	int class_digit;
	int subject;
	int detail;
	enum bounce_class class;
	const char *rule;
} rows[] = {
	/* 3463 3.2: bad destination mailbox address */
	{ 5, 1, 1, CLASS_BAD_ADDRESS, "rfc3463-5.1.1" },
	/* bad destination system address */
	{ 5, 1, 2, CLASS_BAD_DOMAIN, "rfc3463-5.1.2" },
	/* bad destination mailbox address syntax */
	{ 5, 1, 3, CLASS_BAD_ADDRESS, "rfc3463-5.1.3" },
	/* mailbox has moved, no forwarding address */
	{ 5, 1, 6, CLASS_BAD_ADDRESS, "rfc3463-5.1.6" },
	/* RFC 7505 4.2: null MX; Exchange Online says so of unknown users */
	{ 5, 1, 10, CLASS_BAD_ADDRESS, "rfc7505-5.1.10" },
	/* RFC 7293 10: the mailbox or domain has another owner now */
	{ 5, 7, 17, CLASS_BAD_ADDRESS, "rfc7293-5.7.17" },
	{ 5, 7, 18, CLASS_BAD_DOMAIN, "rfc7293-5.7.18" },
	/* the sender's address is bad, not the recipient's */
	{ 5, 1, 7, CLASS_SENDER, "rfc3463-5.1.7" },
	{ 5, 1, 8, CLASS_SENDER, "rfc3463-5.1.8" },
	/* RFC 7505 4.1: the sender's domain has a null MX */
	{ 5, 7, 27, CLASS_SENDER, "rfc7505-5.7.27" },
	{ 5, 2, 2, CLASS_FULL, "rfc3463-x.2.2" },
	{ 4, 2, 2, CLASS_FULL, "rfc3463-x.2.2" },
	{ 5, 2, 3, CLASS_SIZE, "rfc3463-5.2.3" },
	{ 5, 3, 4, CLASS_SIZE, "rfc3463-5.3.4" },
	/* mailing list expansion problem: the list's, not the address's */
	{ 5, 2, 4, CLASS_POLICY, "rfc3463-5.2.4" },
	/* delivery time expired */
	{ 5, 4, 7, CLASS_EXPIRED, "rfc3463-x.4.7" },
	{ 4, 4, 7, CLASS_EXPIRED, "rfc3463-x.4.7" },
	/* account disabled (RFC 8187 names 5.7.13): may come back */
	{ 5, 7, 13, CLASS_UNDETERMINED, "iana-5.7.13" },
	/* unable to route: a bad domain, or a broken resolver */
	{ 5, 4, 4, CLASS_UNDETERMINED, "rfc3463-5.4.4" },
	{ 5, 3, ANY, CLASS_TEMPORARY, "rfc3463-5.3" },
	{ 5, 4, ANY, CLASS_TEMPORARY, "rfc3463-5.4" },
	{ 5, 5, 0, CLASS_UNDETERMINED, "rfc3463-5.5.0" },
	{ 5, 5, ANY, CLASS_PROTOCOL, "rfc3463-5.5" },
	{ 5, 6, ANY, CLASS_CONTENT, "rfc3463-5.6" },
	{ 5, 7, ANY, CLASS_POLICY, "rfc3463-5.7" },
	{ 4, ANY, ANY, CLASS_TEMPORARY, "rfc3463-4" },
	{ ANY, ANY, ANY, CLASS_UNDETERMINED, "no-rule" },
};

static bool
fits(int row, int number)
{
	return row == ANY || row == number;
}

static bool suppresses(enum bounce_class class)
{
	return class == CLASS_BAD_ADDRESS || class == CLASS_BAD_DOMAIN;
}

/*
 * The code inside the diagnostic is the finer one, and the remote host's own
 * word. But a 4 in either of them means that the last word is not spoken:
 * the reporter gave up (RFC 3464 2.3.3), the address may be good.
 */
static const struct status *
telling(const struct report_recipient *r)
{
	if (r->status.class_digit == 4 || r->diagnostic_status.class_digit == 0)
		return &r->status;
	return &r->diagnostic_status;
}

void
classify(const struct report_recipient *r, struct classification *out)
{
	size_t i = 0;

	*out = (struct classification){ .status = *telling(r) };
	if (strstr(r->diagnostic, DECIDE_MARK) != NULL) {
		out->class = CLASS_POLICY;
		out->rule = "own-refusal";
		out->own_refusal = true;
		return;
	}
	while (!fits(rows[i].class_digit, out->status.class_digit) ||
	       !fits(rows[i].subject, out->status.subject) ||
	       !fits(rows[i].detail, out->status.detail))
		i++;
	out->class = rows[i].class;
	out->rule = rows[i].rule;
	out->suppresses = r->action == DSN_FAILED && suppresses(out->class);
}
