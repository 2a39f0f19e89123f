#include "web/console/lines.h"

#include <stdlib.h>

#include "base/mem.h"
#include "web/form.h"

bool
lines_read(const struct request *r, const char *field, struct lines *l,
    struct error *err)
{
	struct span rest, line;

	*l = (struct lines){ .text = mem_new(r->body.len + 1, 1) };
	if (!form_get(r->type, r->body, field, l->text, r->body.len + 1))
		l->text[0] = '\0';
	l->values = mem_new(LIMIT_CONTACT_VALUES, sizeof(*l->values));
	rest = span_of(l->text);
	while (span_line(&rest, &line)) {
		line = span_trim(line);
		if (line.len == 0)
			continue;
		if (l->n == LIMIT_CONTACT_VALUES) {
			error_set(err, ERROR_LIMIT,
			    "A contact has at most %d values.",
			    LIMIT_CONTACT_VALUES);
			return false;
		}
		if (!value_parse(line, &l->values[l->n++], err))
			return false;
	}
	return true;
}

void
lines_done(struct lines *l)
{
	free(l->values);
	free(l->text);
}
