#include "policy/import_format.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"

const struct import_format import_plain = { .name = "plain" };

/* AWS CLI, sesv2 list-suppressed-destinations: SuppressionListReason. */
static const struct import_word ses_words[] = {
	{ "BOUNCE", SOURCE_BOUNCED },
	{ "COMPLAINT", SOURCE_ABUSE },
	{ NULL, 0 },
};

/* Postmark's Suppressions API: a ManualSuppression is the recipient's own
 * wish where the Origin says so, else that of the customer. */
static const struct import_word postmark_words[] = {
	{ "HardBounce", SOURCE_BOUNCED },
	{ "SpamComplaint", SOURCE_ABUSE },
	{ "Recipient", SOURCE_LEAD },
	{ "Customer", SOURCE_USER },
	{ "Admin", SOURCE_USER },
	{ NULL, 0 },
};

/* The first row of which all needed names are there. A row that needs more
 * stands before one that needs less. */
static const struct import_format formats[] = {
	/* list and export of suppressctl(1), with --csv and --json */
	{ .name = "suppressd",
	    .names = { { "value", COL_VALUE, true },
		{ "source", COL_SOURCE, true }, { "stream", COL_STREAM, true },
		{ "type", COL_TYPE, false }, { "since", COL_SINCE, false },
		{ "expires", COL_EXPIRES, false },
		{ "count", COL_COUNT, false }, { "by", COL_BY, false },
		{ "why", COL_WHY, false }, { "shown", COL_SHOWN, false } },
	    .ours = true },
	/* Amazon SES: members of list-suppressed-destinations
	 * (SuppressedDestinationSummary in the API reference of sesv2) */
	{ .name = "ses",
	    .names = { { "EmailAddress", COL_VALUE, true },
		{ "Reason", COL_SOURCE, true },
		{ "LastUpdateTime", COL_SINCE, false } },
	    .source = SOURCE_BOUNCED,
	    .words = ses_words },
	/* Postmark: members of the Suppressions API's dump */
	{ .name = "postmark",
	    .names = { { "EmailAddress", COL_VALUE, true },
		{ "SuppressionReason", COL_SOURCE, true },
		{ "Origin", COL_ORIGIN, false },
		{ "CreatedAt", COL_SINCE, false } },
	    .source = SOURCE_USER,
	    .words = postmark_words },
	/* Twilio SendGrid, Suppressions, Export to CSV: bounces (and blocks,
	 * which look the same), invalid addresses, spam reports, and
	 * unsubscribes; the same members as in its v3 API */
	{ .name = "sendgrid-bounces",
	    .names = { { "email", COL_VALUE, true },
		{ "status", COL_NONE, true }, { "reason", COL_WHY, true },
		{ "created", COL_SINCE, true } },
	    .source = SOURCE_BOUNCED },
	{ .name = "sendgrid-invalid",
	    .names = { { "email", COL_VALUE, true },
		{ "reason", COL_WHY, true }, { "created", COL_SINCE, true } },
	    .source = SOURCE_BOUNCED },
	{ .name = "sendgrid-spam-reports",
	    .names = { { "email", COL_VALUE, true }, { "ip", COL_NONE, true },
		{ "created", COL_SINCE, true } },
	    .source = SOURCE_ABUSE },
	{ .name = "sendgrid-unsubscribes",
	    .names = { { "email", COL_VALUE, true },
		{ "created", COL_SINCE, true } },
	    .source = SOURCE_LEAD },
	/* Mailgun, Suppressions API: the columns of its CSV files of bounces,
	 * unsubscribes and complaints */
	{ .name = "mailgun-bounces",
	    .names = { { "address", COL_VALUE, true },
		{ "code", COL_NONE, true }, { "error", COL_WHY, true },
		{ "created_at", COL_SINCE, false } },
	    .source = SOURCE_BOUNCED },
	{ .name = "mailgun-unsubscribes",
	    .names = { { "address", COL_VALUE, true },
		{ "tags", COL_NONE, true },
		{ "created_at", COL_SINCE, false } },
	    .source = SOURCE_LEAD },
	{ .name = "mailgun-unsubscribes",
	    .names = { { "address", COL_VALUE, true },
		{ "tag", COL_NONE, true }, { "created_at", COL_SINCE, false } },
	    .source = SOURCE_LEAD },
	{ .name = "mailgun-complaints",
	    .names = { { "address", COL_VALUE, true },
		{ "created_at", COL_SINCE, true } },
	    .source = SOURCE_ABUSE },
	/* Mailchimp, Export Audience: a ZIP with unsubscribed_, cleaned_ and
	 * subscribed_ files; only the first two are suppressions */
	{ .name = "mailchimp-unsubscribed",
	    .names = { { "Email Address", COL_VALUE, true },
		{ "UNSUB_TIME", COL_SINCE, true },
		{ "UNSUB_REASON", COL_WHY, false } },
	    .source = SOURCE_LEAD },
	{ .name = "mailchimp-cleaned",
	    .names = { { "Email Address", COL_VALUE, true },
		{ "CLEAN_TIME", COL_SINCE, true } },
	    .source = SOURCE_BOUNCED },
	{ .name = "mailchimp-subscribed",
	    .names = { { "Email Address", COL_VALUE, true },
		{ "MEMBER_RATING", COL_NONE, true } },
	    .refuse = "these are Mailchimp's subscribers, who want mail: "
		      "import the files unsubscribed_ and cleaned_" },
#define REST                                                                   \
	{ "source", COL_SOURCE, false }, { "stream", COL_STREAM, false },      \
	    { "since", COL_SINCE, false }, { "expires", COL_EXPIRES, false },  \
	    { "why", COL_WHY, false },                                         \
	{                                                                      \
		"reason", COL_WHY, false                                       \
	}
	/* Anybody's list: lemlist and many others write a column "email". */
	{ .name = "csv", .names = { { "value", COL_VALUE, true }, REST } },
	{ .name = "csv", .names = { { "email", COL_VALUE, true }, REST } },
	{ .name = "csv",
	    .names = { { "Email Address", COL_VALUE, true }, REST } },
	{ .name = "csv",
	    .names = { { "EmailAddress", COL_VALUE, true }, REST } },
	{ .name = "csv",
	    .names = { { "email_address", COL_VALUE, true }, REST } },
	{ .name = "csv", .names = { { "e-mail", COL_VALUE, true }, REST } },
	{ .name = "csv", .names = { { "address", COL_VALUE, true }, REST } },
	{ .name = "csv", .names = { { "domain", COL_VALUE, true }, REST } },
	{ .name = "csv", .names = { { "phone", COL_VALUE, true }, REST } },
	{ .name = "csv", .names = { { "linkedin", COL_VALUE, true }, REST } },
	{ .name = "csv",
	    .names = { { "linkedinUrl", COL_VALUE, true }, REST } },
#undef REST
};

static bool
has(const struct span *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (span_is_nocase(span_trim(names[i]), name))
			return true;
	return false;
}

static bool
fits(const struct import_format *f, const struct span *names, size_t n)
{
	for (const struct import_name *i = f->names; i->name != NULL; i++)
		if (i->needed && !has(names, n, i->name))
			return false;
	return true;
}

const struct import_format *
import_format_of(const struct span *names, size_t n)
{
	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		if (fits(&formats[i], names, n))
			return &formats[i];
	return NULL;
}

enum import_column
import_column_of(const struct import_format *f, struct span name)
{
	name = span_trim(name);
	for (const struct import_name *i = f->names; i->name != NULL; i++)
		if (span_is_nocase(name, i->name))
			return i->column;
	return COL_NONE;
}

enum source
import_source_of(const struct import_format *f, struct span word)
{
	int ours;

	for (const struct import_word *w = f->words;
	     w != NULL && w->word != NULL; w++)
		if (span_is_nocase(word, w->word))
			return w->source;
	if (f->words == NULL && names_number(source_names, word, &ours))
		return (enum source)ours;
	return f->source;
}

/* "+02:00", "-0700", "Z", "UTC", "GMT" or nothing: seconds east. */
static bool
zone(const char *text, long *east)
{
	static const char *const utc[] = { "", "Z", "UTC", "GMT" };
	unsigned hours, minutes;
	int used = 0;

	*east = 0;
	while (*text == ' ')
		text++;
	for (size_t i = 0; i < ARRAY_LEN(utc); i++)
		if (strcmp(text, utc[i]) == 0)
			return true;
	if ((text[0] != '+' && text[0] != '-') ||
	    (sscanf(text + 1, "%2u:%2u%n", &hours, &minutes, &used) != 2 &&
		sscanf(text + 1, "%2u%2u%n", &hours, &minutes, &used) != 2) ||
	    text[1 + used] != '\0' || hours > 23 || minutes > 59)
		return false;
	*east = (long)(hours * 3600 + minutes * 60) * (text[0] == '-' ? -1 : 1);
	return true;
}

bool
import_time(struct span s, int64_t *at)
{
	static const char *const forms[] = { "%Y-%m-%dT%H:%M:%S",
		"%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d",
		"%a, %d %b %Y %H:%M:%S" };
	unsigned long long number;
	char text[64];
	long east;

	s = span_trim(s);
	if (s.len == 0 || !span_copy(s, text, sizeof(text)))
		return false;
	if (span_number(span_of(text), CLOCK_MAX_S * 1000, &number) &&
	    number > 100000000) {
		/* What would be past the year 9999 is milliseconds. */
		*at = (int64_t)(number > CLOCK_MAX_S ? number / 1000 : number);
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		struct tm tm = { 0 };
		const char *end = strptime(text, forms[i], &tm);

		if (end != NULL && *end == '.')
			end += 1 + strspn(end + 1, "0123456789");
		if (end == NULL || !zone(end, &east))
			continue;
		*at = timegm(&tm) - east;
		return *at > 0 && *at <= CLOCK_MAX_S;
	}
	return false;
}
