/*
 * erase: what is kept of one person's value is its hash.
 */
#include "ctl/cmd.h"

#include <string.h>

#include "ctl/progress.h"
#include "db/erase.h"

static const struct column columns[] = {
	{ "value", "KEPT AS", COLUMN_TEXT, false },
	{ "events", "EVENTS", COLUMN_INT, false },
	{ "refusals", "REFUSALS", COLUMN_INT, false },
	{ "files", "OTHER FILES", COLUMN_INT, false },
};

static void
tell_done(struct output *o, struct store *st, const struct value *v,
    const struct erasure *done)
{
	uint8_t hash[VALUE_HASH_BYTES];
	struct value hidden = *v;

	store_hash(st, v, hash);
	value_hide(&hidden, hash);
	output_row(o, (const struct cell[]){
			  { .text = hidden.text },
			  { .number = (int64_t)done->events },
			  { .number = (int64_t)done->refusals },
			  { .number = (int64_t)done->files },
		      });
}

enum exit_status
cmd_erase(struct ctl *ctl)
{
	struct erase_order order = { 0 };
	struct error err = { 0 };
	struct erasure done;
	struct output *o;
	struct store *st;
	bool ok;

	if (!value_parse(span_of(ctl->operands[0]), &order.value, &err))
		return ctl_fail(ctl, &err);
	ctl_actor(order.by);
	memcpy(order.why, ctl->opt.why, sizeof(order.why));
	progress_begin(ctl->command, NULL);
	st = ctl_change(ctl, false, &err);
	ok = st != NULL &&
	     store_erase(st, &order, progress_tell, NULL, &done, &err);
	progress_end();
	if (!ok) {
		store_close(st);
		return ctl_fail(ctl, &err);
	}
	o = output_open(ctl->out, ctl->form, columns, ARRAY_LEN(columns));
	tell_done(o, st, &order.value, &done);
	store_close(st);
	return ctl_close(ctl, o, EXIT_YES);
}
