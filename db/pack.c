#include "db/pack.h"

#include <string.h>

#include "base/little.h"

#define HEAD_BYTES 44
#define FLAG_FORCE 1
#define FLAG_IF_NEW 2
#define FLAG_SAME 4

enum { RESULT_CHANGED = 1, RESULT_KEPT = 2, RESULT_LIFTED = 4 };

static bool
is_same(const struct change *c)
{
	return strcmp(c->value.text, c->value.shown) == 0;
}

void
pack_change(const struct change *c, uint64_t tag, struct buf *out)
{
	unsigned char bytes[PACK_BYTES_MAX];
	bool same = is_same(c);
	size_t at = HEAD_BYTES;

	bytes[4] = (unsigned char)c->op;
	bytes[5] = (unsigned char)c->value.kind;
	bytes[6] = (unsigned char)c->source;
	bytes[7] = (unsigned char)((c->force ? FLAG_FORCE : 0) |
				   (c->if_new ? FLAG_IF_NEW : 0) |
				   (same ? FLAG_SAME : 0));
	little_put(bytes + 8, c->count, 4);
	little_put(bytes + 12, tag, 8);
	little_put(bytes + 20, (uint64_t)c->since, 8);
	little_put(bytes + 28, (uint64_t)c->expires, 8);
	little_put(bytes + 36, (uint64_t)c->began, 8);
	for (size_t i = 0; i < CHANGE_TEXTS; i++) {
		const char *text = (const char *)c + change_texts[i].offset;
		size_t len = same && text == c->value.shown ? 0 : strlen(text);

		little_put(bytes + at, len, 2);
		memcpy(bytes + at + 2, text, len);
		at += 2 + len;
	}
	little_put(bytes, at, 4);
	buf_add(out, bytes, at);
}

size_t
pack_size(struct span rest)
{
	size_t size;

	if (rest.len < HEAD_BYTES)
		return 0;
	size = little_get(rest.p, 4);
	return size >= HEAD_BYTES && size <= rest.len ? size : 0;
}

/* The text at the front of bytes, which goes on behind it. */
static bool
take_text(struct span *bytes, struct span *text)
{
	if (bytes->len < 2)
		return false;
	text->p = bytes->p + 2;
	text->len = little_get(bytes->p, 2);
	if (text->len > bytes->len - 2)
		return false;
	bytes->p += 2 + text->len;
	bytes->len -= 2 + text->len;
	return true;
}

/* The texts; false: they don't fill the bytes exactly, or are no texts. */
static bool
take_texts(struct span bytes, struct change *c)
{
	for (size_t i = 0; i < CHANGE_TEXTS; i++) {
		char *out = (char *)c + change_texts[i].offset;
		struct span text;

		if (!take_text(&bytes, &text) ||
		    text.len >= change_texts[i].size ||
		    memchr(text.p, '\0', text.len) != NULL)
			return false;
		memcpy(out, text.p, text.len);
		out[text.len] = '\0';
	}
	return bytes.len == 0;
}

/* Numbers that have a name in the table. */
static bool
is_named(const struct name *names, int number)
{
	for (; names->text != NULL; names++)
		if (names->number == number)
			return true;
	return false;
}

static bool
take_head(const char *p, struct change *c)
{
	unsigned char op = (unsigned char)p[4], kind = (unsigned char)p[5];
	unsigned char source = (unsigned char)p[6];

	c->op = (enum change_op)op;
	c->value.kind = (enum kind)kind;
	c->source = (enum source)source;
	c->force = (p[7] & FLAG_FORCE) != 0;
	c->if_new = (p[7] & FLAG_IF_NEW) != 0;
	c->count = (uint32_t)little_get(p + 8, 4);
	c->since = (int64_t)little_get(p + 20, 8);
	c->expires = (int64_t)little_get(p + 28, 8);
	c->began = (int64_t)little_get(p + 36, 8);
	c->guard = (struct guard){ 0 };
	c->most_a_day = 0;
	return op <= CHANGE_EXPIRE && is_named(kind_names, kind) &&
	       (source == 0 || is_named(source_names, source));
}

static bool
nothing(struct span rest, struct error *err)
{
	error_set(err, ERROR_INVALID, "no packed change: %zu bytes are left",
	    rest.len);
	return false;
}

bool
pack_next(struct span *rest, struct change *c, uint64_t *tag, struct error *err)
{
	size_t size = pack_size(*rest);
	struct span texts;

	if (size > 0) {
		texts =
		    (struct span){ rest->p + HEAD_BYTES, size - HEAD_BYTES };
		if (take_head(rest->p, c) && take_texts(texts, c) &&
		    c->value.text[0] != '\0') {
			if ((rest->p[7] & FLAG_SAME) != 0)
				memcpy(c->value.shown, c->value.text,
				    sizeof(c->value.shown));
			*tag = little_get(rest->p + 12, 8);
			rest->p += size;
			rest->len -= size;
			return true;
		}
	}
	return nothing(*rest, err);
}

bool
pack_peek(struct span *rest, struct value *v, bool *contact, struct error *err)
{
	size_t size = pack_size(*rest);
	struct span texts, value, other, name;
	unsigned char kind;

	if (size == 0)
		return nothing(*rest, err);
	kind = (unsigned char)rest->p[5];
	texts = (struct span){ rest->p + HEAD_BYTES, size - HEAD_BYTES };
	if (!take_text(&texts, &value) || !take_text(&texts, &other) ||
	    !take_text(&texts, &other) || !take_text(&texts, &name) ||
	    !is_named(kind_names, kind) || value.len >= sizeof(v->text))
		return nothing(*rest, err);
	v->kind = (enum kind)kind;
	memcpy(v->text, value.p, value.len);
	v->text[value.len] = '\0';
	*contact = name.len > 0 || v->kind == KIND_CONTACT;
	rest->len -= size;
	rest->p += size;
	return true;
}

uint64_t
pack_tag(struct span packed)
{
	return little_get(packed.p + 12, 8);
}

uint8_t
pack_result(const struct change_result *r)
{
	return (uint8_t)((r->changed ? RESULT_CHANGED : 0) |
			 (r->kept ? RESULT_KEPT : 0) |
			 (r->lifted > 0 ? RESULT_LIFTED : 0));
}

void
pack_result_read(uint8_t byte, struct change_result *r)
{
	*r = (struct change_result){
		.changed = (byte & RESULT_CHANGED) != 0,
		.kept = (byte & RESULT_KEPT) != 0,
		.lifted = (byte & RESULT_LIFTED) != 0,
	};
}
