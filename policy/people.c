#include "policy/people.h"

#include "base/mem.h"
#include "policy/choose.h"

/* Without value and contact. */
static void
change_init(const struct people_wish *w, enum change_op op, struct change *c)
{
	bool puts = op == CHANGE_BLOCK || op == CHANGE_ADD;

	*c =
	    (struct change){ .op = op, .source = w->source, .force = w->force };
	if (puts && c->source == 0)
		c->source = SOURCE_USER;
	(void)span_copy(span_of(puts && w->stream[0] == '\0' ? "*" : w->stream),
	    c->stream, sizeof(c->stream));
	(void)span_copy(span_of(w->why), c->why, sizeof(c->why));
	(void)span_copy(span_of(w->by), c->by, sizeof(c->by));
	if (w->evidence != NULL)
		c->evidence = *w->evidence;
}

/* A change of the contact itself. */
static void
of_contact(const struct people_wish *w, enum change_op op, struct change *c)
{
	change_init(w, op, c);
	change_contact(&c->value, w->id, w->name[0] != '\0' ? w->name : NULL);
}

/* PEOPLE_ADD and PEOPLE_SET: its name, then its values. */
static size_t
set_changes(const struct people_wish *w, struct change *out)
{
	enum change_op op = w->drop ? CHANGE_UNLINK : CHANGE_LINK;
	size_t n = 0;

	if (w->verb == PEOPLE_ADD)
		of_contact(w, CHANGE_CREATE, &out[n++]);
	else if (w->name[0] != '\0')
		of_contact(w, CHANGE_RENAME, &out[n++]);
	for (size_t i = 0; i < w->n; i++, n++) {
		change_init(w, op, &out[n]);
		out[n].value = w->values[i];
		(void)span_copy(span_of(w->id), out[n].contact,
		    sizeof(out[n].contact));
	}
	return n;
}

static bool
is_whole(const struct people_wish *w, struct error *err)
{
	const char *fault = NULL;

	if (!change_contact_id(span_of(w->id), err))
		return false;
	if (w->verb == PEOPLE_ADD && w->name[0] == '\0')
		fault = "say the name of the new contact";
	else if (w->drop && (w->verb != PEOPLE_SET || w->n == 0))
		fault = "drop goes with values of a contact that is there";
	else if (w->verb == PEOPLE_SET && w->name[0] == '\0' && w->n == 0)
		fault = "say what to set: name or values";
	else if (w->force && w->why[0] == '\0')
		fault = "force wants why, too: what makes it right to write to "
			"somebody who complained?";
	if (fault != NULL)
		error_set(err, ERROR_INVALID, "%s", fault);
	return fault == NULL;
}

bool
people_changes(struct store *st, const struct people_wish *w,
    struct change **out, size_t *n, struct error *err)
{
	const struct choice some = { .id = w->id,
		.kind = w->kind,
		.named = w->values,
		.named_n = w->n };
	bool blocks = w->verb == PEOPLE_BLOCK || w->verb == PEOPLE_UNBLOCK;
	struct change like;

	if (!is_whole(w, err))
		return false;
	if (blocks && (w->kind != 0 || w->n > 0)) {
		change_init(w,
		    w->verb == PEOPLE_BLOCK ? CHANGE_ADD : CHANGE_REMOVE,
		    &like);
		return choose(st, &some, &like, out, n, err);
	}
	*out = mem_new(w->n + 1, sizeof(**out));
	*n = 1;
	if (w->verb == PEOPLE_BLOCK)
		of_contact(w, CHANGE_BLOCK, *out);
	else if (w->verb == PEOPLE_UNBLOCK)
		of_contact(w, CHANGE_UNBLOCK, *out);
	else if (w->verb == PEOPLE_REMOVE)
		of_contact(w, CHANGE_FORGET, *out);
	else
		*n = set_changes(w, *out);
	return true;
}
