#include "base/value.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/phone.h"
#include "base/profile.h"

const struct name kind_names[] = {
	{ KIND_EMAIL, "email" },
	{ KIND_DOMAIN, "domain" },
	{ KIND_PHONE, "phone" },
	{ KIND_LINKEDIN, "linkedin" },
	{ KIND_CONTACT, "contact" },
	{ 0, NULL },
};

void
value_of(struct value *out, enum kind kind, const char *canonical)
{
	out->kind = kind;
	(void)span_copy(span_of(canonical), out->text, sizeof(out->text));
	(void)span_copy(span_of(canonical), out->shown, sizeof(out->shown));
}

void
value_of_addr(struct value *out, const struct addr *a)
{
	value_of(out, KIND_EMAIL, a->text);
	(void)span_copy(span_of(a->shown), out->shown, sizeof(out->shown));
}

void
value_hide(struct value *v, const uint8_t hash[VALUE_HASH_BYTES])
{
	char hex[2 * VALUE_HASH_BYTES + 1];

	hash_hex(hash, VALUE_HASH_BYTES, hex);
	snprintf(v->text, sizeof(v->text), "%s#%s",
	    names_text(kind_names, (int)v->kind), hex);
	memcpy(v->shown, v->text, sizeof(v->shown));
}

bool
value_is_hidden(const struct value *v, uint8_t hash[VALUE_HASH_BYTES])
{
	uint8_t unused[VALUE_HASH_BYTES];
	const char *kind = names_text(kind_names, (int)v->kind);
	size_t len = strlen(kind);

	return v->kind != KIND_CONTACT && strncmp(v->text, kind, len) == 0 &&
	       v->text[len] == '#' &&
	       hash_unhex(span_of(v->text + len + 1),
		   hash != NULL ? hash : unused, VALUE_HASH_BYTES);
}

/* "email#0f3a...", and so for each kind. */
static bool
parse_hidden(struct span s, struct value *out)
{
	size_t len = span_find(s, '#');
	uint8_t hash[VALUE_HASH_BYTES];
	int kind;

	if (len == s.len ||
	    !names_number(kind_names, (struct span){ s.p, len }, &kind) ||
	    !span_copy(s, out->text, sizeof(out->text)))
		return false;
	out->kind = (enum kind)kind;
	if (!value_is_hidden(out, hash))
		return false;
	value_hide(out, hash);
	return true;
}

static bool
parse_domain(struct span s, struct value *out, struct error *err)
{
	size_t skip = s.len > 1 && s.p[1] == '.' ? 2 : 1;
	char name[DOMAIN_TEXT];

	if (!domain_parse((struct span){ s.p + skip, s.len - skip }, name, err))
		return false;
	out->kind = KIND_DOMAIN;
	snprintf(out->text, sizeof(out->text), "%s%s", skip == 2 ? "@." : "@",
	    name);
	(void)span_copy(s, out->shown, sizeof(out->shown));
	return true;
}

static bool
parse_other(struct span s, enum kind kind, struct value *out, struct error *err)
{
	bool ok = kind == KIND_PHONE ? phone_parse(s, out->text, err)
				     : profile_parse(s, out->text, err);

	out->kind = kind;
	(void)span_copy(s, out->shown, sizeof(out->shown));
	return ok;
}

/* "@name"; "@relay:joe@example.com" is an address with a source route. */
static bool
is_domain(struct span s)
{
	if (s.len == 0 || s.p[0] != '@')
		return false;
	return span_find(s, ':') == s.len || span_starts_nocase(s, "@[");
}

bool
value_parse(struct span s, struct value *out, struct error *err)
{
	struct addr a;

	s = span_trim(s);
	if (parse_hidden(s, out))
		return true;
	if (is_domain(s))
		return parse_domain(s, out, err);
	if (profile_looks_like(s))
		return parse_other(s, KIND_LINKEDIN, out, err);
	if (phone_looks_like(s))
		return parse_other(s, KIND_PHONE, out, err);
	if (span_find(s, '@') == s.len) {
		error_set(err, ERROR_INVALID,
		    "'%.*s' is no value: write "
		    "joe@example.com, @example.com or @.example.com",
		    (int)(s.len < 80 ? s.len : 80), s.p);
		return false;
	}
	if (!addr_parse(s, &a, err))
		return false;
	value_of_addr(out, &a);
	return true;
}

void
value_walk_init(struct value_walk *w, const struct addr *recipient)
{
	*w = (struct value_walk){ .addr = recipient,
		.parent = domain_parent(recipient->domain) };
}

/* The mark, and the name behind it. */
static void
domain_key(struct value *key, const char *mark, const char *name)
{
	size_t len = strlen(mark);

	key->kind = KIND_DOMAIN;
	memcpy(key->text, mark, len);
	(void)span_copy(span_of(name), key->text + len,
	    sizeof(key->text) - len);
	memcpy(key->shown, key->text, len + strlen(key->text + len) + 1);
}

bool
value_walk_next(struct value_walk *w, struct value *key)
{
	switch (w->step++) {
	case 0:
		value_of_addr(key, w->addr);
		return true;
	case 1:
		domain_key(key, "@", w->addr->domain);
		return true;
	default:
		if (w->parent == NULL)
			return false;
		domain_key(key, "@.", w->parent);
		w->parent = domain_parent(w->parent);
		return true;
	}
}
