/* Any mail is read without harm, and what is claimed holds together. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "base/limits.h"
#include "message/report.h"

const char *const fuzz_inputs[] = {
	"tests/fuzz/corpus/report",
	"tests/data",
	NULL,
};

static void
check_address(const struct claim_address *a)
{
	need(a->present || !a->valid);
	need(strlen(a->text) < sizeof(a->text));
	if (a->valid)
		need(strchr(a->addr.text, '@') != NULL &&
		     a->addr.domain > a->addr.text &&
		     a->addr.domain[-1] == '@');
}

static void
check_recipients(const struct report *r)
{
	bool failed = false, delayed = false;

	need(r->recipients_n <= LIMIT_REPORT_RECIPIENTS);
	for (size_t i = 0; i < r->recipients_n; i++) {
		const struct report_recipient *one = &r->recipients[i];

		check_address(&one->original);
		check_address(&one->final);
		check_address(&one->actual);
		need(one->original.present || one->final.present ||
		     one->actual.present);
		failed = failed || one->action == DSN_FAILED;
		delayed = delayed || one->action == DSN_DELAYED;
	}
	need((r->type == REPORT_BOUNCE) == failed);
	need((r->type == REPORT_DELAYED) == (delayed && !failed));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct report r;
	struct span value;

	report_read((struct span){ (const char *)data, size }, &r);
	check_recipients(&r);
	need((r.type == REPORT_COMPLAINT) ==
	     (r.type != REPORT_NONE && strcmp(r.feedback.type, "abuse") == 0));
	need(r.type != REPORT_NONE || r.note[0] != '\0');
	need(r.returned.present == (r.returned.headers != NULL));
	for (size_t i = 0; report_returned_header(&r, "Received", i, &value);
	     i++)
		need(value.len <= LIMIT_FIELD_BYTES);
	report_done(&r);
	return 0;
}
