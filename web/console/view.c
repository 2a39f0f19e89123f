#include "web/console/view.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

struct item {
	const char *name;
	char *text;         /* NULL: a list */
	struct view **rows; /* heap, rows_n of them */
	size_t rows_n;
};

struct view {
	const struct view *outer;
	struct item *items; /* heap, n of them */
	size_t n;
};

struct view *
view_new(void)
{
	return mem_new(1, sizeof(struct view));
}

void
view_free(struct view *v)
{
	if (v == NULL)
		return;
	for (size_t i = 0; i < v->n; i++) {
		struct item *item = &v->items[i];

		for (size_t k = 0; k < item->rows_n; k++)
			view_free(item->rows[k]);
		free(item->rows);
		free(item->text);
	}
	free(v->items);
	free(v);
}

/* Room doubles at each power of two. */
static bool
is_full(size_t n)
{
	return (n & (n - 1)) == 0;
}

static struct item *
item_of(const struct view *v, struct span name)
{
	for (size_t i = 0; i < v->n; i++)
		if (span_is(name, v->items[i].name))
			return &v->items[i];
	return NULL;
}

static struct item *
item_new(struct view *v, const char *name)
{
	struct item *item = item_of(v, span_of(name));

	if (item != NULL)
		return item;
	if (is_full(v->n))
		v->items = mem_resize(v->items, v->n > 0 ? 2 * v->n : 1,
		    sizeof(*v->items));
	item = &v->items[v->n++];
	*item = (struct item){ .name = name };
	return item;
}

void
view_text(struct view *v, const char *name, const char *text)
{
	struct item *item = item_new(v, name);

	free(item->text);
	item->text = mem_dup_text(text);
}

void
view_int(struct view *v, const char *name, int64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, number);
	view_text(v, name, text);
}

void
view_count(struct view *v, const char *name, uint64_t n)
{
	char digits[24], text[32];
	size_t len = (size_t)snprintf(digits, sizeof(digits), "%" PRIu64, n);
	size_t used = 0;

	for (size_t i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			text[used++] = ',';
		text[used++] = digits[i];
	}
	text[used] = '\0';
	view_text(v, name, text);
}

void
view_time(struct view *v, const char *name, const char *name_iso, int64_t at)
{
	char text[CLOCK_TEXT];

	if (at == 0)
		return;
	clock_format(at, text);
	view_text(v, name_iso, text);
	text[10] = ' ';
	text[16] = '\0';
	view_text(v, name, text);
}

void
view_yes(struct view *v, const char *name, bool yes)
{
	view_text(v, name, yes ? "yes" : "");
}

void
view_put(struct view *v, const char *name, struct view *row)
{
	struct item *item = item_new(v, name);

	row->outer = v;
	if (is_full(item->rows_n))
		item->rows = mem_resize(item->rows,
		    item->rows_n > 0 ? 2 * item->rows_n : 1,
		    sizeof(struct view *));
	item->rows[item->rows_n++] = row;
}

struct view *
view_add(struct view *v, const char *name)
{
	struct view *row = view_new();

	view_put(v, name, row);
	return row;
}

void
view_choices(struct view *v, const char *name, const struct name *table,
    int number)
{
	for (; table->text != NULL; table++) {
		struct view *row = view_add(v, name);

		view_text(row, "name", table->text);
		view_yes(row, "chosen", table->number == number);
	}
}

const char *
view_get(const struct view *v, struct span name)
{
	for (; v != NULL; v = v->outer) {
		const struct item *item = item_of(v, name);

		if (item != NULL)
			return item->text;
	}
	return NULL;
}

const struct view *
view_element(const struct view *v, struct span name, size_t n)
{
	for (; v != NULL; v = v->outer) {
		const struct item *item = item_of(v, name);

		if (item != NULL)
			return n < item->rows_n ? item->rows[n] : NULL;
	}
	return NULL;
}
