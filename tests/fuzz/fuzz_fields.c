/*
 * Any block of fields is walked to its end, and what is cut of it lies in
 * it: fields, groups, comments, and the values of a report's fields.
 */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "base/limits.h"
#include "message/fields.h"
#include "message/mime.h"
#include "message/typed.h"

const char *const fuzz_inputs[] = {
	"tests/fuzz/corpus/fields",
	"tests/data",
	NULL,
};

static bool
is_inside(struct span part, struct span whole)
{
	return part.len == 0 ||
	       (part.p >= whole.p && part.p + part.len <= whole.p + whole.len);
}

/* Without comments it has none, whatever stands in quotes. */
static void
check_comments(struct span value)
{
	struct buf once, twice;
	struct span plain, again;

	buf_init(&once, LIMIT_FIELD_BYTES);
	buf_init(&twice, LIMIT_FIELD_BYTES);
	plain = fields_uncomment(value, &once);
	need(plain.len <= value.len);
	again = fields_uncomment(plain, &twice);
	need(again.len == plain.len);
	need(plain.len == 0 || memcmp(again.p, plain.p, plain.len) == 0);
	buf_done(&once);
	buf_done(&twice);
}

static void
check_value(struct span value)
{
	struct claim_address a;
	struct span type, text;
	char name[64];
	int64_t at;

	check_comments(value);
	typed_cut(value, &type, &text);
	need(is_inside(type, value) && is_inside(text, value));
	typed_address(value, &a);
	need(a.present || !a.valid);
	need(!a.valid || strchr(a.addr.text, '@') != NULL);
	typed_name(value, name, sizeof(name));
	need(strlen(name) < sizeof(name));
	(void)mime_date(value, &at);
}

static void
check_fields(struct span block)
{
	struct span name, value;
	struct fields f;
	struct buf found;

	fields_open(&f, block);
	for (int n = 0; n < 100 && fields_next(&f, &name, &value); n++) {
		need(name.len > 0 && is_inside(name, block));
		need(value.len <= LIMIT_FIELD_BYTES);
		need(span_find(value, '\n') == value.len);
		need(span_find(value, '\0') == value.len);
		check_value(value);
	}
	fields_done(&f);
	if (fields_find(block, "To", 0, &found))
		need(found.len <= LIMIT_FIELD_BYTES);
	buf_done(&found);
}

static void
check_groups(struct span block)
{
	struct span rest = block, group, line, lines;
	bool ended;

	while (fields_group(&rest, &group, &ended)) {
		need(group.len > 0 && is_inside(group, block));
		lines = group;
		while (span_line(&lines, &line))
			need(span_trim(line).len > 0);
	}
	need(rest.len == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span block = { (const char *)data, size }, less;

	check_fields(block);
	check_groups(block);
	less = fields_without_last(block);
	need(less.p == block.p && less.len <= block.len);
	need(less.len == 0 || less.p[less.len - 1] == '\n');
	return 0;
}
