/* signs - what the header of a mail says of who speaks. See notice.h. */
#include "message/notice.h"

#include <ctype.h>
#include <string.h>

#include "message/fields.h"

/*
 * Names of mail systems in From and Return-Path. The first may be a person; a
 * row of freeform always needs more than this.
 */
static const char *const systems[] = {
	"postmaster", "mailer-daemon", "mailer daemon", "mailerdaemon",
	"post_master", "mdaemon", "mail delivery", "mail deliver system",
	"mail.delivery", "maildelivery", "mail system", "mail administrator",
	"mailadmin", "system administrator", "microsoft exchange", "interscan",
	"imss@", "vzwpix", /* Verizon */
	"auone-net.jp",    /* KDDI */
};

/* Words of a subject that says that something was not delivered. */
static const char *const failures[] = {
	"undeliver",
	"non-deliver",
	"nondeliver",
	"not delivered",
	"not be delivered",
	"delivery fail",
	"delivery failure",
	"delivery error",
	"delivery problem",
	"delivery status",
	"delivery notification",
	"failure notice",
	"failed delivery",
	"failed mail",
	"mail failure",
	"mail error",
	"mail system error",
	"returned mail",
	"returned to sender",
	"return to sender",
	"returning message",
	"permanent failure",
	"has failed",
	"error sending your mail",
	"unzustellbar",
	"nicht zugestellt",
	"non remis",
	"no entregado",
	"non recapitabile",
	"onbestelbaar",
};

/* Phrases of a subject of a warning. The subject of the message may follow
 * that of the notice, so that single words prove nothing. */
static const char *const delays[] = {
	"(delay)",
	"warning: message",
	"warning: could not send",
	"warning: delayed mail",
	"message delayed",
	"delivery delayed",
};

static const char *const forwards[] = {
	"fwd:",
	"fw:",
	"wg:",
	"tr:",
	"rv:",
	"enc:",
	"i:",
	"doorst:",
	"vs:",
};

static bool
contains_one_of(struct span text, const char *const *words, size_t n)
{
	char lower[1024];
	size_t len;

	(void)span_copy(text, lower, sizeof(lower));
	len = strlen(lower);
	for (size_t i = 0; i < len; i++)
		lower[i] = (char)tolower((unsigned char)lower[i]);
	for (size_t i = 0; i < n; i++)
		if (memmem(lower, len, words[i], strlen(words[i])) != NULL)
			return true;
	return false;
}

bool
notice_is_system(struct span text)
{
	text = span_trim(text);
	return text.len == 0 || span_is(text, "<>") ||
	       contains_one_of(text, systems, ARRAY_LEN(systems));
}

/* KDDI's robot stands beside its customers in that domain. */
static bool
is_kddi(struct span from)
{
	static const char *const robot[] = { "no-reply@" };
	static const char *const domain[] = { ".dion.ne.jp" };

	return contains_one_of(from, robot, 1) &&
	       contains_one_of(from, domain, 1);
}

static unsigned
from_sign(struct span from)
{
	if (is_kddi(from) ||
	    contains_one_of(from, systems + 1, ARRAY_LEN(systems) - 1))
		return NOTICE_SYSTEM | NOTICE_ROBOT;
	return notice_is_system(from) ? NOTICE_SYSTEM : 0;
}

/* One field of the header: what it adds to the signs. */
static unsigned
field_sign(struct span name, struct span value)
{
	if (span_is_nocase(name, "Return-Path"))
		return span_is(value, "<>") || contains_one_of(value, systems,
						   ARRAY_LEN(systems))
			   ? NOTICE_NULL
			   : 0;
	if (span_is_nocase(name, "From"))
		return from_sign(value);
	if (span_is_nocase(name, "In-Reply-To"))
		return NOTICE_REPLY;
	if (span_is_nocase(name, "X-Failed-Recipients"))
		return NOTICE_FAILED;
	if (span_is_nocase(name, "List-Id") ||
	    span_is_nocase(name, "List-Post") ||
	    span_is_nocase(name, "Mailing-List"))
		return NOTICE_LIST;
	if (span_is_nocase(name, "Precedence") && span_is_nocase(value, "list"))
		return NOTICE_LIST;
	return 0;
}

unsigned
notice_signs(const struct mime *m, const struct report *r)
{
	const struct mime_part *mail = &m->parts[0];
	struct span subject = span_of(r->subject), name, value;
	struct fields f;
	unsigned signs = r->from[0] == '\0' ? NOTICE_SYSTEM : 0;

	fields_open(&f, mail->header);
	while (fields_next(&f, &name, &value))
		signs |= field_sign(name, value);
	fields_done(&f);
	if (contains_one_of(subject, failures, ARRAY_LEN(failures)))
		signs |= NOTICE_SUBJECT;
	if (!span_starts_nocase(subject, "Re:") || signs & NOTICE_ROBOT)
		signs &= ~(unsigned)NOTICE_REPLY;
	if (contains_one_of(subject, delays, ARRAY_LEN(delays)))
		signs |= NOTICE_DELAY;
	for (size_t i = 0; i < ARRAY_LEN(forwards); i++)
		if (span_starts_nocase(subject, forwards[i]))
			signs |= NOTICE_FORWARD;
	if (strcmp(mail->type, "multipart/report") == 0 &&
	    (mail->report_type[0] == '\0' ||
		strcmp(mail->report_type, "delivery-status") == 0))
		signs |= NOTICE_REPORT;
	if (strcmp(r->auto_submitted, "auto-replied") == 0)
		signs |= NOTICE_AUTO;
	return signs;
}
