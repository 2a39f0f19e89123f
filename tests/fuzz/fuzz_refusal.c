/*
 * A line of the refusals is whole or none; what is read is written again as
 * the same.
 */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "db/line.h"
#include "db/refusals_impl.h"

const char *const fuzz_inputs[] = {
	"tests/fuzz/corpus/refusal",
	NULL,
};

static void
check(struct span line)
{
	struct refusal one, again;
	uint64_t lost;
	struct buf out;

	if (!refusal_decode(line, &one, &lost) || lost > 0)
		return;
	buf_init(&out, LIMIT_JOURNAL_LINE_BYTES);
	refusal_encode(&one, &out);
	need(!out.full && out.p[out.len - 1] == '\n');
	out.len--;
	need(refusal_decode(buf_span(&out), &again, &lost) && lost == 0);
	need(strcmp(one.recipient, again.recipient) == 0);
	need(strcmp(one.sender, again.sender) == 0);
	need(strcmp(one.login, again.login) == 0);
	need(strcmp(one.contact, again.contact) == 0);
	need(one.at == again.at && one.source == again.source);
	buf_done(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span bytes = { (const char *)data, size };
	struct buf line;

	check(bytes);
	/* With the checksum that lets it in. */
	buf_init(&line, size + 100);
	buf_add_span(&line, bytes);
	line_seal(&line, 0);
	line.len--;
	check(buf_span(&line));
	buf_done(&line);
	return 0;
}
