#include "policy/check.h"

#include <string.h>

struct finding {
	const struct check *check;
	query_reason_fn *fn;
	void *arg;
	bool blocked;
};

void
check_init(const struct conf *conf, const char *stream, struct check *c)
{
	*c = (struct check){ .name = stream };
	for (size_t i = 0; i < conf->streams_n; i++)
		if (strcmp(conf->streams[i].name, stream) == 0)
			c->stream = &conf->streams[i];
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

bool
check_value(const struct check *c, struct store *st, const struct value *asked,
    int64_t now, query_reason_fn *fn, void *arg, bool *blocked,
    struct error *err)
{
	struct finding f = { .check = c, .fn = fn, .arg = arg };
	struct value_walk walk;
	struct value key;
	struct addr a;
	size_t n;

	*blocked = false;
	if (asked->kind == KIND_EMAIL) {
		if (!addr_parse(span_of(asked->text), &a, err))
			return false;
		value_walk_init(&walk, &a);
		while (!f.blocked && value_walk_next(&walk, &key))
			if (!query_value(st, &key, now, look, &f, &n, err))
				return false;
	} else if (!query_value(st, asked, now, look, &f, &n, err)) {
		return false;
	}
	*blocked = f.blocked;
	return true;
}
