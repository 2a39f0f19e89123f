/*
 * slots - texts that are made when a test begins, as tokens, by the name that
 * stands for them in its cases: {NAME}.
 */
#ifndef TESTS_UNIT_SLOTS_H
#define TESTS_UNIT_SLOTS_H

#include <string.h>

#include "base/buf.h"
#include "tests/unit/unit.h"

#define SLOT_TEXT 800

struct slot {
	const char *name;
	char text[SLOT_TEXT];
};

static struct slot *slots;
static size_t slots_n;

/* The table that the others look in. */
static inline void
slots_use(struct slot *table, size_t n)
{
	slots = table;
	slots_n = n;
}

static inline char *
slot(const char *name)
{
	for (size_t i = 0; i < slots_n; i++)
		if (strcmp(slots[i].name, name) == 0)
			return slots[i].text;
	ck_abort_msg("no slot %s", name);
	return NULL;
}

/* Without the folds of a header: the cases add their own. */
static inline void
slot_put(const char *name, struct span text)
{
	char *to = slot(name);

	ck_assert_uint_lt(text.len, SLOT_TEXT);
	for (size_t i = 0; i < text.len; i++)
		if (strchr("\n\t", text.p[i]) == NULL)
			*to++ = text.p[i];
	*to = '\0';
}

/* The text of another slot, that many letters longer, or shorter; 0: one in
 * the middle is another. */
static inline void
slot_spoil(const char *name, const char *from, int letters)
{
	char *text = slot(name);
	size_t len = strlen(slot(from));

	memcpy(text, slot(from), len + 1);
	if (letters < 0)
		text[len - (size_t)-letters] = '\0';
	else if (letters == 0)
		text[len / 2] = text[len / 2] == 'a' ? 'b' : 'a';
	else
		snprintf(text + len, 10, "%.*s", letters, "aaaaaaaa");
}

/* Puts the texts in place of their names. */
static inline void
slots_expand(const char *text, struct buf *out)
{
	struct span rest = span_of(text), piece;
	char name[32];
	bool is_name = false;

	while (span_cut(&rest, is_name ? '}' : '{', &piece)) {
		if (is_name && span_copy(piece, name, sizeof(name)))
			buf_add_text(out, slot(name));
		else
			buf_add_span(out, piece);
		is_name = !is_name;
	}
}

#endif
