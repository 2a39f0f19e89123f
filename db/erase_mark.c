/*
 * erase_mark - the lines of `erasing`: the order, with one spelling each.
 */
#include <string.h>

#include "base/json.h"
#include "db/erase_impl.h"

void
erase_mark_line(const struct erase_order *order, const char *text,
    struct buf *out)
{
	json_begin(out);
	json_text(out, "kind",
	    span_of(names_text(kind_names, (int)order->value.kind)));
	json_text(out, "text", span_of(text));
	json_text(out, "by", span_of(order->by));
	json_text(out, "why", span_of(order->why));
	json_end(out);
	buf_add_char(out, '\n');
}

bool
erase_mark_read(struct span line, struct erase_order *out)
{
	struct value *v = &out->value;
	struct json_reader r;
	struct error ignored;
	int kind = 0;
	bool ok = true;

	*out = (struct erase_order){ 0 };
	json_open(&r, line);
	while (ok && json_next(&r)) {
		if (span_is(r.name, "kind"))
			ok = names_number(kind_names, r.raw, &kind);
		else if (span_is(r.name, "text"))
			ok = json_get(&r, v->text, sizeof(v->text));
		else if (span_is(r.name, "by"))
			ok = json_get(&r, out->by, sizeof(out->by));
		else if (span_is(r.name, "why"))
			ok = json_get(&r, out->why, sizeof(out->why));
	}
	v->kind = (enum kind)kind;
	memcpy(v->shown, v->text, sizeof(v->shown));
	return ok && json_close(&r, &ignored) && kind != 0;
}
