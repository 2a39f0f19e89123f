#include "db/hide_impl.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/hash.h"
#include "base/json.h"
#include "base/mem.h"
#include "db/line.h"

struct hide *
hide_new(const struct value *v, const uint8_t hash[VALUE_HASH_BYTES])
{
	struct hide *h = mem_new(1, sizeof(*h));

	h->value = *v;
	hash_hex(hash, VALUE_HASH_BYTES, h->hex);
	hide_also(h, v->text);
	hide_also(h, v->shown);
	return h;
}

struct hide *
hide_new_all(void)
{
	struct hide *h = mem_new(1, sizeof(*h));

	h->all = true;
	return h;
}

void
hide_free(struct hide *h)
{
	if (h == NULL)
		return;
	for (size_t i = 0; i < h->n; i++) {
		free(h->needles[i].text);
		free(h->needles[i].json);
	}
	free(h);
}

void
hide_also(struct hide *h, const char *spelling)
{
	const struct value hidden = { .kind = h->value.kind };
	struct value v = hidden;
	struct buf json;

	(void)span_copy(span_of(spelling), v.text, sizeof(v.text));
	for (size_t i = 0; i < h->n; i++)
		if (strcasecmp(h->needles[i].text, spelling) == 0)
			return;
	if (h->n == HIDE_TEXTS || spelling[0] == '\0' ||
	    value_is_hidden(&v, NULL))
		return;
	buf_init(&json, 6 * strlen(spelling) + 8);
	json_text(&json, NULL, span_of(spelling));
	h->needles[h->n].text = mem_dup_text(spelling);
	/* Without its quotes. */
	h->needles[h->n++].json = mem_dup(json.p + 1, json.len - 2);
	buf_done(&json);
}

const char *
hide_spelling(const struct hide *h, size_t i)
{
	return i < h->n ? h->needles[i].text : NULL;
}

const struct value *
hide_value(const struct hide *h)
{
	return &h->value;
}

bool
hide_text(const struct hide *h, char *text)
{
	bool any = false;

	for (size_t i = 0; i < h->n; i++)
		any = hide_needle(h, h->needles[i].text, FORM_TEXT, text,
			  strlen(text)) ||
		      any;
	return (h->all && hide_addresses(FORM_TEXT, text, strlen(text))) || any;
}

bool
hide_bytes(const struct hide *h, char *bytes, size_t len)
{
	bool any = false;

	for (size_t i = 0; i < h->n; i++)
		any =
		    hide_needle(h, h->needles[i].json, FORM_JSON, bytes, len) ||
		    any;
	return (h->all && hide_addresses(FORM_JSON, bytes, len)) || any;
}

/* The members of a line that may have to be hidden, as they stand in it. */
struct members {
	struct span kind, value, shown, hash;
	struct span other_kind, other, other_hash;
	struct span by, why;
};

static bool
find_members(struct span line, struct members *m)
{
	const struct {
		const char *name;
		struct span *to;
	} wanted[] = { { "kind", &m->kind }, { "value", &m->value },
		{ "shown", &m->shown }, { "h", &m->hash },
		{ "okind", &m->other_kind }, { "other", &m->other },
		{ "oh", &m->other_hash }, { "by", &m->by },
		{ "why", &m->why } };
	struct json_reader r;
	struct error ignored;

	*m = (struct members){ 0 };
	json_open(&r, line);
	while (json_next(&r))
		for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
			if (r.type == JSON_TEXT &&
			    span_is(r.name, wanted[i].name))
				*wanted[i].to = r.raw;
	return json_close(&r, &ignored);
}

static char *
writable(struct span s)
{
	return (char *)(uintptr_t)s.p;
}

/* All of a member; false: nothing of it was there any more. */
static bool
hide_member(struct span s)
{
	return s.len > 0 && hide_fill(FORM_WHOLE, writable(s), s.len);
}

static bool
hide_words(const struct hide *h, struct span s)
{
	return s.len > 0 && hide_bytes(h, writable(s), s.len);
}

/* What the line itself names is hidden in its words, too. */
static bool
hide_own(struct span words, struct span text)
{
	struct hide own = { .n = 1 };
	bool any;

	if (text.len == 0 || text.p[0] == '*')
		return false;
	own.needles[0].json = mem_dup(text.p, text.len);
	any = hide_words(&own, words);
	free(own.needles[0].json);
	return any;
}

static bool
is_value(struct span kind)
{
	return kind.len > 0 &&
	       !span_is(kind, names_text(kind_names, KIND_CONTACT));
}

static bool
hide_members(const struct hide *h, const struct members *m)
{
	bool own = is_value(m->kind), any = false;

	/* Each of them: none is left out since another one was there. */
	if (h->all && own) {
		any |= hide_own(m->why, m->value);
		any |= hide_own(m->why, m->shown);
	}
	if (own && (h->all || span_is(m->hash, h->hex))) {
		any |= hide_member(m->value);
		any |= hide_member(m->shown);
	}
	/* The name of a contact is words. */
	if (!own)
		any |= hide_words(h, m->shown);
	if (is_value(m->other_kind) &&
	    (h->all || span_is(m->other_hash, h->hex)))
		any |= hide_member(m->other);
	/* Who did it stays: that is one of us. */
	if (!h->all)
		any |= hide_words(h, m->by);
	any |= hide_words(h, m->why);
	return any;
}

/* A look at the bytes: most lines are of others. */
static bool
may_mention(const struct hide *h, struct span line)
{
	if (h->all || memmem(line.p, line.len, h->hex, sizeof(h->hex) - 1))
		return true;
	for (size_t i = 0; i < h->n; i++)
		if (hide_find(h, h->needles[i].json, FORM_JSON, line.p, 0,
			line.len) < line.len)
			return true;
	return false;
}

bool
hide_line(const struct hide *h, char *line, size_t len)
{
	const struct span whole = { line, len };
	struct error ignored;
	struct members m;

	if (!may_mention(h, whole))
		return false;
	if (!line_check(whole, &ignored) || !find_members(whole, &m))
		return hide_bytes(h, line, len);
	if (!hide_members(h, &m))
		return false;
	line_renew(line, len);
	return true;
}
