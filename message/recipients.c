#include "message/recipients.h"

#include <string.h>

#include "base/limits.h"
#include "base/mem.h"

struct report_recipient *
recipients_add(struct report *out)
{
	size_t n = out->recipients_n;

	if (n == LIMIT_REPORT_RECIPIENTS) {
		recipients_note(out, "more recipients than we read");
		return NULL;
	}
	/* All at once: an addr points into itself and can't be moved. Pages
	 * that nobody writes to cost nothing. */
	if (out->recipients == NULL)
		out->recipients = mem_new(LIMIT_REPORT_RECIPIENTS,
		    sizeof(out->recipients[0]));
	memset(&out->recipients[n], 0, sizeof(out->recipients[n]));
	out->recipients_n++;
	return &out->recipients[n];
}

bool
recipients_have(const struct report *r, const struct addr *a)
{
	for (size_t i = 0; i < r->recipients_n; i++)
		if (r->recipients[i].final.valid &&
		    strcmp(r->recipients[i].final.addr.text, a->text) == 0)
			return true;
	return false;
}

enum report_type
recipients_type(const struct report *r)
{
	enum report_type type = REPORT_NONE;

	for (size_t i = 0; i < r->recipients_n; i++) {
		if (r->recipients[i].action == DSN_FAILED)
			return REPORT_BOUNCE;
		if (r->recipients[i].action == DSN_DELAYED)
			type = REPORT_DELAYED;
	}
	return type;
}

void
recipients_note(struct report *out, const char *text)
{
	if (out->note[0] == '\0')
		(void)span_copy(span_of(text), out->note, sizeof(out->note));
}
