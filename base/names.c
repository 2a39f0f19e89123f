#include "base/names.h"

#include <stddef.h>
#include <string.h>

const char *
names_text(const struct name *table, int number)
{
	for (; table->text != NULL; table++)
		if (table->number == number)
			return table->text;
	return "?";
}

bool
names_is(const struct name *table, int number, const char *word)
{
	return strcmp(names_text(table, number), word) == 0;
}

bool
names_number(const struct name *table, struct span word, int *number)
{
	for (; table->text != NULL; table++) {
		if (span_is(word, table->text)) {
			*number = table->number;
			return true;
		}
	}
	return false;
}

void
names_list(const struct name *table, struct buf *out)
{
	for (size_t i = 0; table[i].text != NULL; i++) {
		if (i > 0)
			buf_add_text(out,
			    table[i + 1].text != NULL ? ", " : " or ");
		buf_add_text(out, table[i].text);
	}
}

bool
names_read(const struct name *table, const char *text, int *number,
    struct error *err)
{
	struct buf all;

	if (names_number(table, span_of(text), number))
		return true;
	buf_init(&all, sizeof(err->text));
	names_list(table, &all);
	error_set(err, ERROR_INVALID, "'%.40s' is none of %s", text,
	    buf_text(&all));
	buf_done(&all);
	return false;
}
