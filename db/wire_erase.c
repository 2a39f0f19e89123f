/* wire_erase - what is said of an erasure. */
#include "db/wire.h"

#include "base/json.h"

void
wire_erasure_encode(const struct erasure *e, struct buf *out)
{
	json_begin(out);
	json_int(out, "events", (int64_t)e->events);
	json_int(out, "refusals", (int64_t)e->refusals);
	json_int(out, "files", (int64_t)e->files);
	json_end(out);
	buf_add_char(out, '\n');
}

bool
wire_erasure_decode(struct span line, struct erasure *e, struct error *err)
{
	struct json_reader r;

	*e = (struct erasure){ 0 };
	json_open(&r, line);
	while (json_next(&r)) {
		if (span_is(r.name, "events"))
			e->events = (uint64_t)r.number;
		else if (span_is(r.name, "refusals"))
			e->refusals = (uint64_t)r.number;
		else if (span_is(r.name, "files"))
			e->files = (uint64_t)r.number;
	}
	return json_close(&r, err);
}

void
wire_progress_encode(uint64_t done, uint64_t total, struct buf *out)
{
	json_begin(out);
	json_int(out, "v", 1);
	json_int(out, "done", (int64_t)done);
	json_int(out, "total", (int64_t)total);
	json_end(out);
	buf_add_char(out, '\n');
}

bool
wire_progress_decode(struct span line, uint64_t *done, uint64_t *total)
{
	struct json_reader r;
	struct error ignored;
	bool is = false;

	json_open(&r, line);
	while (json_next(&r)) {
		if (span_is(r.name, "done")) {
			*done = (uint64_t)r.number;
			is = true;
		} else if (span_is(r.name, "total")) {
			*total = (uint64_t)r.number;
		}
	}
	return json_close(&r, &ignored) && is;
}
