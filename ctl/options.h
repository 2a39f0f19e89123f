/*
 * options - every option is one row here; a command lists the long names
 * that it takes. The global ones may stand before and behind the command.
 */
#ifndef CTL_OPTIONS_H
#define CTL_OPTIONS_H

#include "ctl/command.h"

/* Takes an option's value (NULL for a flag) into ctl. */
typedef bool option_fn(const char *text, struct ctl *ctl, struct error *err);

struct option_row {
	const char *name;
	char letter;       /* its short form, or 0 */
	const char *value; /* what --help calls it; NULL: a flag */
	option_fn *take;
	const char *summary;
};

/* Ends with a row whose name is NULL. At most OPTION_ROWS_MAX. */
#define OPTION_ROWS_MAX 64
extern const struct option_row option_rows[];

#endif
