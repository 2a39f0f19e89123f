/*
 * bars - a chart of bars in a terminal: a label, a bar, a number each.
 */
#ifndef CTL_BARS_H
#define CTL_BARS_H

#include <stdint.h>
#include <stdio.h>

/* One of the rows; number stands for the bar's length. */
struct bar {
	const char *label; /* ASCII, or UTF-8 where one is printed; borrowed */
	uint64_t number;
};

/*
 * Prints n rows below title, as wide as the terminal is, or 80 columns; the
 * longest bar belongs to the largest number. Blocks where the locale is
 * UTF-8, else "#". Nothing, if there are no rows.
 */
void bars_print(FILE *out, const char *title, const struct bar *rows, size_t n);

#endif
