/*
 * Styles and scripts. They are nobody's secret: no sign-in.
 */
#include "web/console/handlers.h"

#include <string.h>

#include "web/console/files.h"

const struct file *
file_find(struct span name)
{
	for (const struct file *f = files; f->name != NULL; f++)
		if (span_is(name, f->name))
			return f;
	return NULL;
}

void
console_asset(const struct request *r, struct answer *a)
{
	static const struct {
		const char *ending, *type;
	} types[] = {
		{ ".css", "text/css; charset=utf-8" },
		{ ".js", "text/javascript; charset=utf-8" },
		{ ".svg", "image/svg+xml" },
	};
	const struct file *f = file_find(r->rest);
	const char *ending = f != NULL ? strrchr(f->name, '.') : "";

	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		if (strcmp(ending, types[i].ending) != 0)
			continue;
		a->type = types[i].type;
		buf_add_text(&a->body, f->text);
		return;
	}
	answer_problem(a, 404, "There is nothing at this address.");
}
