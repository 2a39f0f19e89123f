/*
 * files - the templates, styles and scripts of web/console/, compiled in: a
 * page always fits its program.
 */
#ifndef WEB_CONSOLE_FILES_H
#define WEB_CONSOLE_FILES_H

#include "base/span.h"

struct file {
	const char *name;
	const char *text;
};

/* Ends with a row whose name is NULL. */
extern const struct file files[];

/* NULL: there is none of that name. */
const struct file *file_find(struct span name);

#endif
