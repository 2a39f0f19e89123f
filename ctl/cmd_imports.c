/*
 * imports - the batches that were imported.
 */
#include "ctl/cmd.h"

#include "db/imported.h"

static const struct column columns[] = {
	{ "batch", "BATCH", COLUMN_TEXT, false },
	{ "at", "AT", COLUMN_TIME, false },
	{ "by", "BY", COLUMN_TEXT, false },
	{ "added", "ADDED", COLUMN_INT, false },
	{ "lifted", "LIFTED", COLUMN_INT, false },
};

struct listing {
	struct output *out;
	uint64_t n, limit; /* 0: none */
};

static bool
print(const struct imported_batch *b, void *arg)
{
	struct listing *l = arg;

	output_row(l->out,
	    (const struct cell[]){ { .text = b->name }, { .number = b->at },
		{ .text = b->by }, { .number = (int64_t)b->added },
		{ .number = (int64_t)b->lifted } });
	return ++l->n != l->limit;
}

enum exit_status
cmd_imports(struct ctl *ctl)
{
	struct listing l = { .limit = ctl->opt.filter.limit };
	struct imported *im;
	struct error err = { 0 };
	struct store *st = ctl_look(ctl, true, &err);
	bool ok, whole;

	if (st == NULL)
		return ctl_fail(ctl, &err);
	im = imported_new();
	ok = imported_read(im, st, 0, &whole, &err);
	store_close(st);
	if (!ok) {
		imported_free(im);
		return ctl_fail(ctl, &err);
	}
	l.out = output_open(ctl->out, ctl->form, columns, ARRAY_LEN(columns));
	imported_list(im, print, &l);
	imported_free(im);
	return ctl_close(ctl, l.out, EXIT_YES);
}
