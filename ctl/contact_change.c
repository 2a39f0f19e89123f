/*
 * contact add, set, block, unblock and remove: each one batch.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "ctl/contact.h"
#include "ctl/input.h"
#include "policy/people.h"

static const struct column columns[] = {
	{ "contact", "CONTACT", COLUMN_TEXT, false },
	{ "value", "VALUE", COLUMN_TEXT, true },
	{ "kind", NULL, COLUMN_TEXT, false },
	{ "changed", NULL, COLUMN_BOOL, false },
	{ "put", NULL, COLUMN_INT, false },
	{ "lifted", NULL, COLUMN_INT, false },
	{ "result", "RESULT", COLUMN_TEXT, false },
};

static const char *
blocked_text(const struct change_result *r)
{
	return r->changed ? "not to be contacted" : "was so already";
}

static const char *
unblocked_text(const struct change_result *r)
{
	if (r->kept)
		return "kept: abuse or lead, needs --force";
	return r->changed ? "unblocked" : "this contact's block is not on it";
}

static const char *
result_text(enum change_op op, const struct change_result *r)
{
	switch (op) {
	case CHANGE_CREATE:
		return "made";
	case CHANGE_RENAME:
		return r->changed ? "renamed" : "has this name already";
	case CHANGE_LINK:
		if (r->put > 0)
			return "linked; blocked as its contact is";
		return r->changed ? "linked" : "was linked already";
	case CHANGE_UNLINK:
		if (r->contact)
			return "taken out; stays blocked: contact unblock";
		return r->changed ? "taken out" : "was none of its values";
	case CHANGE_FORGET:
		return "removed";
	case CHANGE_BLOCK:
	case CHANGE_ADD:
		return blocked_text(r);
	default:
		return unblocked_text(r);
	}
}

static enum exit_status
print(struct ctl *ctl, const struct change *changes, size_t n,
    const struct change_result *results)
{
	struct output *o =
	    output_open(ctl->out, ctl->form, columns, ARRAY_LEN(columns));
	bool kept = false;

	for (size_t i = 0; i < n && !ctl_deaf(ctl); i++) {
		const struct change *c = &changes[i];
		bool whole = c->value.kind == KIND_CONTACT;
		const struct cell row[] = {
			{ .text = ctl->operands[1] },
			{ .text = whole ? "" : c->value.text },
			{ .text = names_text(kind_names, (int)c->value.kind) },
			{ .number = results[i].changed },
			{ .number = results[i].put },
			{ .number = results[i].lifted },
			{ .text = result_text(c->op, &results[i]) },
		};

		output_row(o, row);
		kept = kept || results[i].kept;
	}
	return ctl_close(ctl, o, kept ? EXIT_NO : EXIT_YES);
}

static bool
make_changes(const struct ctl *ctl, enum people_verb verb, struct store *st,
    const struct input *in, struct change **out, size_t *n, struct error *err)
{
	const struct options *opt = &ctl->opt;
	char by[LIMIT_ACTOR_TEXT];
	const struct people_wish w = { .verb = verb,
		.id = ctl->operands[1],
		.name = opt->name,
		.values = in->values,
		.n = in->n,
		.drop = opt->drop,
		.kind = opt->filter.kind,
		.source = opt->filter.source,
		.stream = opt->filter.stream,
		.why = opt->why,
		.by = by,
		.force = opt->force };

	ctl_actor(by);
	return people_changes(st, &w, out, n, err);
}

static enum exit_status
carry_out(struct ctl *ctl, enum people_verb verb, const struct input *in)
{
	struct change_result *results = NULL;
	struct change *changes = NULL;
	enum exit_status status;
	struct error err = { 0 };
	struct store *st = ctl_change(ctl, verb == PEOPLE_ADD, &err);
	size_t n = 0;
	bool ok =
	    st != NULL && make_changes(ctl, verb, st, in, &changes, &n, &err);

	results = mem_new(n, sizeof(*results));
	ok = ok && (n == 0 || store_change(st, changes, n, results, &err));
	store_close(st);
	status = ok ? print(ctl, changes, n, results) : ctl_fail(ctl, &err);
	if (ok && n == 0) {
		log_error("contact: '%s' has no such value", ctl->operands[1]);
		status = EXIT_NO;
	}
	free(results);
	free(changes);
	return status;
}

enum exit_status
contact_change(struct ctl *ctl, enum people_verb verb)
{
	struct ctl values = *ctl;
	struct input in = { 0 };
	enum exit_status status;
	struct error err = { 0 };

	values.operands += 2;
	values.operands_n -= 2;
	if (values.operands_n > 0 && !input_read(&values, &in, &err))
		return ctl_fail(ctl, &err);
	if (in.bad > 0)
		error_set(&err, ERROR_INVALID, "nothing was done");
	status = in.bad > 0 ? ctl_fail(ctl, &err) : carry_out(ctl, verb, &in);
	input_done(&in);
	return status;
}
