#include "message/jmrp.h"

#include <string.h>
#include <strings.h>

#include "message/recipients.h"
#include "message/returned.h"
#include "message/typed.h"

/*
 * The field of the message is one sign and whoever forwards the message would
 * send it along; who speaks, or what the subject says, is the other.
 */
static bool
speaks_jmrp(const struct report *out)
{
	return strcasestr(out->subject, "complaint about message from") !=
		   NULL ||
	       strcmp(out->from, "staff@hotmail.com") == 0;
}

bool
jmrp_read(struct mime *m, struct report *out)
{
	struct feedback *fb = &out->feedback;
	struct claim_address a;
	struct span value;

	if (m->parts_n < 2 || !speaks_jmrp(out))
		return false;
	returned_read(m, 0, &out->returned);
	if (!report_returned_header(out, "X-HmXmrOriginalRecipient", 0,
		&value)) {
		returned_done(&out->returned);
		out->returned = (struct returned){ 0 };
		return false;
	}
	typed_address(value, &a);
	if (a.valid)
		(void)recipients_add_complainer(fb, &a.addr);
	(void)span_copy(span_of("abuse"), fb->type, sizeof(fb->type));
	out->format = "jmrp";
	out->type = REPORT_COMPLAINT;
	return true;
}
