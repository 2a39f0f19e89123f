/*
 * lines - the values of a field, one a line, that become a contact's.
 */
#ifndef WEB_CONSOLE_LINES_H
#define WEB_CONSOLE_LINES_H

#include "base/attr.h"
#include "web/request.h"

struct lines {
	char *text;           /* heap; as it was written */
	struct value *values; /* heap, n of them */
	size_t n;
};

/* False: err names the line at fault. The caller, in any case:
 * lines_done(). */
bool lines_read(const struct request *r, const char *field, struct lines *l,
    struct error *err) MUST_CHECK;
void lines_done(struct lines *l);

#endif
