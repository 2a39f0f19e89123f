#include "message/unsubscribe.h"

#include <string.h>

#include "message/fields.h"
#include "message/mime.h"

static void
take_address(struct span value, struct unsubscribe *out)
{
	struct addr a;
	size_t n;

	if (out->to_n < LIMIT_UNSUBSCRIBE_TO && addr_from_header(value, &a, &n))
		addr_copy(&out->to[out->to_n++], &a);
}

/* Whom it was sent to; the last two are of local(8), pipe(8) and others. */
static bool
names_recipient(struct span name)
{
	static const char *const names[] = {
		"To",
		"Cc",
		"Delivered-To",
		"X-Original-To",
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (span_is_nocase(name, names[i]))
			return true;
	return false;
}

/* Of From and Subject the first counts. */
static void
read_header(struct span header, struct unsubscribe *out)
{
	struct span name, value;
	struct fields f;
	struct addr from;
	size_t n;

	fields_open(&f, header);
	while (fields_next(&f, &name, &value)) {
		if (names_recipient(name))
			take_address(value, out);
		else if (span_is_nocase(name, "From") &&
			 out->from.text[0] == '\0' &&
			 addr_from_header(value, &from, &n) && n == 1)
			addr_copy(&out->from, &from);
		else if (span_is_nocase(name, "Subject") &&
			 out->subject[0] == '\0')
			mime_words(value, out->subject, sizeof(out->subject));
	}
	fields_done(&f);
}

void
unsubscribe_read(struct span mail, struct unsubscribe *out)
{
	struct error ignored;
	struct mime m;

	out->from = (struct addr){ 0 };
	out->to_n = 0;
	out->subject[0] = '\0';
	if (!mime_open(&m, mail, &ignored))
		return;
	read_header(m.parts[0].header, out);
	mime_done(&m);
}
