/*
 * contact add, set, block, unblock and remove: each one batch.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "ctl/contact.h"
#include "ctl/input.h"
#include "policy/choose.h"

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

/* Without value and contact. */
static void
change_init(const struct ctl *ctl, enum change_op op, struct change *c)
{
	const struct options *opt = &ctl->opt;
	bool puts = op == CHANGE_BLOCK || op == CHANGE_ADD;

	*c = (struct change){ .op = op,
		.source = opt->filter.source,
		.force = opt->force };
	if (puts && c->source == 0)
		c->source = SOURCE_USER;
	(void)span_copy(span_of(puts && opt->filter.stream[0] == '\0'
				    ? "*"
				    : opt->filter.stream),
	    c->stream, sizeof(c->stream));
	(void)span_copy(span_of(opt->why), c->why, sizeof(c->why));
	ctl_actor(c->by);
}

/* A change of the contact itself. */
static void
of_contact(const struct ctl *ctl, enum change_op op, struct change *c)
{
	const char *name = ctl->opt.name;

	change_init(ctl, op, c);
	change_contact(&c->value, ctl->operands[1],
	    name[0] != '\0' ? name : NULL);
}

/* add and set: its name, then its values. */
static size_t
set_changes(const struct ctl *ctl, enum contact_verb verb,
    const struct input *in, struct change *out)
{
	enum change_op op = ctl->opt.drop ? CHANGE_UNLINK : CHANGE_LINK;
	size_t n = 0;

	if (verb == CONTACT_ADD)
		of_contact(ctl, CHANGE_CREATE, &out[n++]);
	else if (ctl->opt.name[0] != '\0')
		of_contact(ctl, CHANGE_RENAME, &out[n++]);
	for (size_t i = 0; i < in->n; i++, n++) {
		change_init(ctl, op, &out[n]);
		out[n].value = in->values[i];
		(void)span_copy(span_of(ctl->operands[1]), out[n].contact,
		    sizeof(out[n].contact));
	}
	return n;
}

static bool
make_changes(const struct ctl *ctl, enum contact_verb verb, struct store *st,
    const struct input *in, struct change **out, size_t *n, struct error *err)
{
	const struct choice some = { .id = ctl->operands[1],
		.kind = ctl->opt.filter.kind,
		.named = in->values,
		.named_n = in->n };
	bool whole = some.kind == 0 && some.named_n == 0;
	struct change like;

	if ((verb == CONTACT_BLOCK || verb == CONTACT_UNBLOCK) && !whole) {
		change_init(ctl,
		    verb == CONTACT_BLOCK ? CHANGE_ADD : CHANGE_REMOVE, &like);
		return choose(st, &some, &like, out, n, err);
	}
	*out = mem_new(in->n + 1, sizeof(**out));
	*n = 1;
	if (verb == CONTACT_BLOCK)
		of_contact(ctl, CHANGE_BLOCK, *out);
	else if (verb == CONTACT_UNBLOCK)
		of_contact(ctl, CHANGE_UNBLOCK, *out);
	else if (verb == CONTACT_REMOVE)
		of_contact(ctl, CHANGE_FORGET, *out);
	else
		*n = set_changes(ctl, verb, in, *out);
	return true;
}

static enum exit_status
carry_out(struct ctl *ctl, enum contact_verb verb, const struct input *in)
{
	struct change_result *results = NULL;
	struct change *changes = NULL;
	enum exit_status status;
	struct error err = { 0 };
	struct store *st = ctl_change(ctl, verb == CONTACT_ADD, &err);
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

static bool
allowed(const struct ctl *ctl, enum contact_verb verb, const struct input *in,
    struct error *err)
{
	const struct options *opt = &ctl->opt;
	const char *fault = NULL;

	if (!change_contact_id(span_of(ctl->operands[1]), err))
		return false;
	if (verb == CONTACT_ADD && opt->name[0] == '\0')
		fault = "say the --name of the new contact";
	else if (opt->drop && (verb != CONTACT_SET || in->n == 0))
		fault = "--drop goes with set and values";
	else if (verb == CONTACT_SET && opt->name[0] == '\0' && in->n == 0)
		fault = "say what to set: --name or values";
	else if (opt->force && opt->why[0] == '\0')
		fault = "--force wants --why: what makes it right to write "
			"to somebody who complained?";
	else if (in->bad > 0)
		fault = "nothing was done";
	if (fault != NULL)
		error_set(err, ERROR_INVALID, "%s", fault);
	return fault == NULL;
}

enum exit_status
contact_change(struct ctl *ctl, enum contact_verb verb)
{
	struct ctl values = *ctl;
	struct input in = { 0 };
	enum exit_status status;
	struct error err = { 0 };

	values.operands += 2;
	values.operands_n -= 2;
	if (values.operands_n > 0 && !input_read(&values, &in, &err))
		return ctl_fail(ctl, &err);
	status = allowed(ctl, verb, &in, &err) ? carry_out(ctl, verb, &in)
					       : ctl_fail(ctl, &err);
	input_done(&in);
	return status;
}
