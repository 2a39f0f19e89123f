/*
 * A line of `erasing` is an order or none, and is written again as the same.
 */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "base/utf8.h"
#include "db/erase_impl.h"

const char *const fuzz_inputs[] = {
	"tests/fuzz/corpus/mark",
	NULL,
};

/* What else there is becomes another text, perhaps a longer one. */
static bool
is_utf8(const char *text)
{
	struct span rest = span_of(text);
	uint32_t c = 0;

	while (rest.len > 0 && c != UTF8_BAD) {
		size_t n = utf8_next(rest, &c);

		rest.p += n;
		rest.len -= n;
	}
	return c != UTF8_BAD;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct erase_order one, again;
	struct buf out;

	if (!erase_mark_read((struct span){ (const char *)data, size }, &one))
		return 0;
	if (!is_utf8(one.value.text) || !is_utf8(one.by) || !is_utf8(one.why))
		return 0;
	buf_init(&out, LIMIT_JOURNAL_LINE_BYTES);
	erase_mark_line(&one, one.value.text, &out);
	need(!out.full && out.p[out.len - 1] == '\n');
	out.len--;
	need(erase_mark_read(buf_span(&out), &again));
	need(one.value.kind == again.value.kind);
	need(strcmp(one.value.text, again.value.text) == 0);
	need(strcmp(one.value.text, one.value.shown) == 0);
	need(strcmp(one.by, again.by) == 0);
	need(strcmp(one.why, again.why) == 0);
	buf_done(&out);
	return 0;
}
