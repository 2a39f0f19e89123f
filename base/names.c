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
