/* What is read as JSON and written again is the same; the rest is refused. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/mem.h"

const char *const fuzz_inputs[] = {
	"tests/fuzz/corpus/json",
	NULL,
};

static bool
is_within(struct span inner, struct span outer)
{
	return inner.len == 0 ||
	       (inner.p >= outer.p &&
		   inner.p + inner.len <= outer.p + outer.len);
}

/* A text that can be had comes back from its written form. */
static void
check_text(const struct json_reader *r, size_t size)
{
	char *text = mem_new(size + 1, 1), *again = mem_new(3 * size + 1, 1);
	struct error err = { 0 };
	struct json_reader back;
	struct buf line;

	buf_init(&line, 100 + 6 * size);
	if (json_get(r, text, size + 1)) {
		json_begin(&line);
		json_text(&line, "a", span_of(text));
		json_end(&line);
		need(!line.full);
		json_open(&back, buf_span(&line));
		need(json_next(&back) && back.type == JSON_TEXT);
		need(json_get(&back, again, 3 * size + 1));
		need(!json_next(&back) && json_close(&back, &err));
	}
	buf_done(&line);
	free(text);
	free(again);
}

static void
check_members(struct json_reader *r, struct span line)
{
	struct error err = { 0 };
	struct json_reader elements;

	while (json_next(r)) {
		need(is_within(r->name, line) && is_within(r->raw, line));
		if (r->type == JSON_TEXT)
			check_text(r, line.len);
		if (r->type != JSON_ARRAY)
			continue;
		json_open_array(&elements, r);
		while (json_next(&elements))
			need(elements.type != JSON_ARRAY);
		need(json_close(&elements, &err));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span line = { (const char *)data, size };
	struct error err = { 0 };
	struct json_reader r;

	json_open(&r, line);
	check_members(&r, line);
	need(json_close(&r, &err) || err.code == ERROR_INVALID);
	return 0;
}
