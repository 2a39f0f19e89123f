#include "policy/check.h"

#include <string.h>

#include "policy/gateway.h"

struct finding {
	const struct check *check;
	query_reason_fn *fn;
	void *arg;
	bool blocked;
};

void
check_init(const struct conf *conf, const char *stream, struct check *c)
{
	*c = (struct check){ .conf = conf,
		.name = stream,
		.stream = conf_stream_named(conf, stream) };
}

static bool
blocks(const struct check *c, const struct reason_row *row)
{
	const char *stream = row->last->stream;

	if (c->name[0] == '\0')
		return true;
	if (c->stream != NULL &&
	    (c->stream->blocks & 1U << row->reason->source) == 0)
		return false;
	return strcmp(stream, "*") == 0 || strcmp(stream, c->name) == 0;
}

/* Rows come oldest first; the first that blocks speaks. */
static bool
look(const struct reason_row *row, void *arg)
{
	struct finding *f = arg;

	if (f->blocked || !blocks(f->check, row))
		return true;
	f->blocked = true;
	return f->fn(row, f->arg);
}

/* An address: itself, what stands above it, the phones that it may reach. */
static bool
look_around(struct store *st, const struct addr *a, int64_t now,
    struct finding *f, struct error *err)
{
	struct reach reach;
	struct value key;
	size_t n;

	reach_init(&reach, f->check->conf, a);
	while (!f->blocked && reach_next(&reach, &key))
		if (!query_value(st, &key, now, look, f, &n, err))
			return false;
	return true;
}

bool
check_value(const struct check *c, struct store *st, const struct value *asked,
    int64_t now, query_reason_fn *fn, void *arg, bool *blocked,
    struct error *err)
{
	struct finding f = { .check = c, .fn = fn, .arg = arg };
	struct addr a;
	size_t n;
	bool ok;

	/* Of a hash nobody knows the domain. */
	if (asked->kind == KIND_EMAIL && !value_is_hidden(asked, NULL))
		ok = addr_parse(span_of(asked->text), &a, err) &&
		     look_around(st, &a, now, &f, err);
	else
		ok = query_value(st, asked, now, look, &f, &n, err);
	*blocked = f.blocked;
	return ok;
}
