#include "db/wire.h"

#include <string.h>

#include "base/json.h"

const struct name change_op_names[] = {
	{ CHANGE_ADD, "add" },
	{ CHANGE_REMOVE, "remove" },
	{ CHANGE_REPORT, "report" },
	{ CHANGE_EXPIRE, "expire" },
	{ CHANGE_CREATE, "create" },
	{ CHANGE_RENAME, "rename" },
	{ CHANGE_BLOCK, "block" },
	{ CHANGE_UNBLOCK, "unblock" },
	{ CHANGE_FORGET, "forget" },
	{ CHANGE_LINK, "link" },
	{ CHANGE_UNLINK, "unlink" },
	{ 0, NULL },
};

const struct name error_code_names[] = {
	{ ERROR_INVALID, "invalid" },
	{ ERROR_LIMIT, "limit" },
	{ ERROR_REFUSED, "refused" },
	{ ERROR_BUSY, "busy" },
	{ ERROR_CORRUPT, "corrupt" },
	{ ERROR_TEMPORARY, "temporary" },
	{ ERROR_IO, "io" },
	{ 0, NULL },
};

void
wire_change_encode(const struct change *change, struct buf *out)
{
	struct change copy = *change;
	const struct change *c = &copy;
	struct error told_by_the_writer;

	(void)!change_clean(&copy, &told_by_the_writer);
	json_begin(out);
	json_text(out, "op", span_of(names_text(change_op_names, (int)c->op)));
	json_text(out, "kind",
	    span_of(names_text(kind_names, (int)c->value.kind)));
	if (c->source != 0)
		json_text(out, "source",
		    span_of(names_text(source_names, (int)c->source)));
	json_int(out, "expires", c->expires);
	if (c->began != 0)
		json_int(out, "began", c->began);
	if (c->since != 0)
		json_int(out, "since", c->since);
	if (c->count > 0)
		json_int(out, "count", c->count);
	if (c->if_new)
		json_bool(out, "if_new", true);
	if (c->most_a_day > 0)
		json_int(out, "most_a_day", c->most_a_day);
	json_bool(out, "force", c->force);
	if (c->guard.least > 0) {
		json_int(out, "guard_least", c->guard.least);
		json_int(out, "guard_percent", c->guard.percent);
	}
	for (size_t i = 0; i < CHANGE_TEXTS; i++) {
		const char *text = (const char *)c + change_texts[i].offset;

		if (text[0] != '\0')
			json_text(out, change_texts[i].name, span_of(text));
	}
	json_end(out);
	buf_add_char(out, '\n');
}

static bool
take_name(const struct json_reader *r, const struct name *names, int *out)
{
	return r->type == JSON_TEXT && names_number(names, r->raw, out);
}

static bool
take_text(const struct json_reader *r, struct change *c)
{
	for (size_t i = 0; i < CHANGE_TEXTS; i++)
		if (span_is(r->name, change_texts[i].name))
			return json_get(r, (char *)c + change_texts[i].offset,
			    change_texts[i].size);
	return true; /* of a newer version */
}

static bool
take_u32(const struct json_reader *r, uint32_t *out)
{
	if (r->type != JSON_INT || r->number < 0 || r->number > UINT32_MAX)
		return false;
	*out = (uint32_t)r->number;
	return true;
}

bool
wire_change_decode(struct span line, struct change *c, struct error *err)
{
	int op = -1, kind = -1, source = 0;
	struct json_reader r;
	bool ok = true;

	*c = (struct change){ 0 };
	json_open(&r, line);
	while (ok && json_next(&r)) {
		if (span_is(r.name, "op"))
			ok = take_name(&r, change_op_names, &op);
		else if (span_is(r.name, "kind"))
			ok = take_name(&r, kind_names, &kind);
		else if (span_is(r.name, "source"))
			ok = take_name(&r, source_names, &source);
		else if (span_is(r.name, "expires"))
			c->expires = r.number;
		else if (span_is(r.name, "began"))
			c->began = r.number;
		else if (span_is(r.name, "since"))
			c->since = r.number;
		else if (span_is(r.name, "count"))
			ok = take_u32(&r, &c->count);
		else if (span_is(r.name, "if_new"))
			c->if_new = r.number != 0;
		else if (span_is(r.name, "most_a_day"))
			ok = take_u32(&r, &c->most_a_day);
		else if (span_is(r.name, "force"))
			c->force = r.number != 0;
		else if (span_is(r.name, "guard_least"))
			ok = take_u32(&r, &c->guard.least);
		else if (span_is(r.name, "guard_percent"))
			ok = take_u32(&r, &c->guard.percent);
		else
			ok = take_text(&r, c);
	}
	if (ok && !json_close(&r, err))
		return false;
	if (!ok || op < 0 || kind < 0 || c->value.text[0] == '\0') {
		error_set(err, ERROR_INVALID, "no change: %.*s",
		    (int)(line.len < 100 ? line.len : 100), line.p);
		return false;
	}
	c->op = (enum change_op)op;
	c->value.kind = (enum kind)kind;
	c->source = (enum source)source;
	return true;
}

void
wire_result_encode(const struct change_result *r, struct buf *out)
{
	json_begin(out);
	json_bool(out, "changed", r->changed);
	json_bool(out, "again", r->again);
	json_bool(out, "kept", r->kept);
	json_bool(out, "held", r->held);
	json_bool(out, "dropped", r->dropped);
	json_bool(out, "contact", r->contact);
	json_int(out, "lifted", r->lifted);
	json_int(out, "put", r->put);
	json_end(out);
	buf_add_char(out, '\n');
}

bool
wire_result_decode(struct span line, struct change_result *result,
    struct error *err)
{
	struct json_reader r;

	*result = (struct change_result){ 0 };
	json_open(&r, line);
	while (json_next(&r)) {
		if (span_is(r.name, "changed"))
			result->changed = r.number != 0;
		else if (span_is(r.name, "again"))
			result->again = r.number != 0;
		else if (span_is(r.name, "kept"))
			result->kept = r.number != 0;
		else if (span_is(r.name, "held"))
			result->held = r.number != 0;
		else if (span_is(r.name, "dropped"))
			result->dropped = r.number != 0;
		else if (span_is(r.name, "lifted"))
			result->lifted = (uint32_t)r.number;
		else if (span_is(r.name, "contact"))
			result->contact = r.number != 0;
		else if (span_is(r.name, "put"))
			result->put = (uint32_t)r.number;
	}
	return json_close(&r, err);
}

void
wire_request_encode(const struct wire_request *q, struct buf *out)
{
	json_begin(out);
	json_int(out, "v", 1);
	json_text(out, "do", span_of(q->what));
	json_int(out, "n", (int64_t)q->n);
	if (q->bytes > 0) {
		json_int(out, "bytes", (int64_t)q->bytes);
		json_int(out, "expected", (int64_t)q->expected);
	}
	json_end(out);
	buf_add_char(out, '\n');
}

bool
wire_request_decode(struct span line, struct wire_request *q, struct error *err)
{
	struct json_reader r;
	int64_t version = 0, n = 0, bytes = 0, expected = 0;
	bool ok = true;

	*q = (struct wire_request){ 0 };
	json_open(&r, line);
	while (ok && json_next(&r)) {
		if (span_is(r.name, "v"))
			version = r.number;
		else if (span_is(r.name, "do"))
			ok = json_get(&r, q->what, sizeof(q->what));
		else if (span_is(r.name, "n"))
			n = r.number;
		else if (span_is(r.name, "bytes"))
			bytes = r.number;
		else if (span_is(r.name, "expected"))
			expected = r.number;
	}
	if (ok && !json_close(&r, err))
		return false;
	if (!ok || version != 1 || n < 0 || n > WIRE_CHANGES_MAX || bytes < 0 ||
	    bytes > LIMIT_SLICE_BYTES || expected < 0 ||
	    expected > WIRE_EXPECTED_MAX) {
		error_set(err, ERROR_INVALID,
		    "no request of version 1, or "
		    "more than %d changes",
		    WIRE_CHANGES_MAX);
		return false;
	}
	q->n = (size_t)n;
	q->bytes = (size_t)bytes;
	q->expected = (uint64_t)expected;
	return true;
}

void
wire_answer_encode(bool ok, uint64_t n, const struct error *why,
    struct buf *out)
{
	json_begin(out);
	json_int(out, "v", 1);
	json_bool(out, "ok", ok);
	if (ok) {
		json_int(out, "n", (int64_t)n);
	} else {
		json_text(out, "code",
		    span_of(names_text(error_code_names, (int)why->code)));
		json_text(out, "text", span_of(why->text));
	}
	json_end(out);
	buf_add_char(out, '\n');
}

bool
wire_answer_decode(struct span line, uint64_t *n, struct error *err)
{
	char text[sizeof(err->text)] = "no reason given";
	int code = ERROR_IO;
	struct json_reader r;
	int64_t version = 0;
	bool ok = false;

	json_open(&r, line);
	while (json_next(&r)) {
		if (span_is(r.name, "v"))
			version = r.number;
		else if (span_is(r.name, "ok"))
			ok = r.number != 0;
		else if (span_is(r.name, "n"))
			*n = (uint64_t)r.number;
		else if (span_is(r.name, "code"))
			(void)take_name(&r, error_code_names, &code);
		else if (span_is(r.name, "text"))
			(void)!json_get(&r, text, sizeof(text));
	}
	if (!json_close(&r, err))
		return false;
	if (version != 1) {
		error_set(err, ERROR_IO, "no answer of version 1");
		return false;
	}
	if (!ok)
		error_set(err, (enum error_code)code, "%s", text);
	return ok;
}
