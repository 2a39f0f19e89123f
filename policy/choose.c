#include "policy/choose.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct collecting {
	const struct choice *choice;
	const struct change *like;
	struct change *out; /* room for all values of the contact */
	size_t n;
};

static void
take(struct collecting *c, const struct value *v)
{
	struct change *one = &c->out[c->n++];

	*one = *c->like;
	one->value = *v;
	(void)span_copy(span_of(c->choice->id), one->contact,
	    sizeof(one->contact));
}

static bool
is_value(const struct value *a, const struct value *b)
{
	return a->kind == b->kind && strcmp(a->text, b->text) == 0;
}

static bool
is_named(const struct choice *choice, const struct value *v)
{
	for (size_t i = 0; i < choice->named_n; i++)
		if (is_value(&choice->named[i], v))
			return true;
	return choice->named_n == 0;
}

static bool
look(const struct contact_value_row *row, void *arg)
{
	struct collecting *c = arg;

	if ((c->choice->kind == 0 || row->value.kind == c->choice->kind) &&
	    is_named(c->choice, &row->value))
		take(c, &row->value);
	return true;
}

static bool
is_taken(const struct collecting *c, const struct value *v)
{
	for (size_t i = 0; i < c->n; i++)
		if (is_value(&c->out[i].value, v))
			return true;
	return false;
}

/* Those that the contact does not have. */
static bool
look_for_others(struct collecting *c, struct error *err)
{
	for (size_t i = 0; i < c->choice->named_n; i++) {
		const struct value *v = &c->choice->named[i];

		if (is_taken(c, v))
			continue;
		if (c->like->op == CHANGE_ADD) {
			error_set(err, ERROR_INVALID,
			    "%.150s is no value of the contact '%s'", v->text,
			    c->choice->id);
			return false;
		}
		take(c, v);
	}
	return true;
}

bool
choose(struct store *st, const struct choice *choice, const struct change *like,
    struct change **out, size_t *n, struct error *err)
{
	struct collecting c = { .choice = choice, .like = like };
	struct contact contact;
	bool found;

	if (!contact_get(st, choice->id, &contact, &found, err))
		return false;
	if (!found && like->op == CHANGE_ADD) {
		error_set(err, ERROR_INVALID, "there is no contact '%s'",
		    choice->id);
		return false;
	}
	c.out = mem_new(LIMIT_CONTACT_VALUES + choice->named_n, sizeof(*c.out));
	if (!contact_values(st, choice->id, 0, look, &c, err) ||
	    !look_for_others(&c, err)) {
		free(c.out);
		return false;
	}
	*out = c.out;
	*n = c.n;
	return true;
}
