/*
 * imports - what the API and the console do with a list of somebody's. All
 * take long: heavy.h goes round them.
 */
#ifndef WEB_IMPORTS_H
#define WEB_IMPORTS_H

#include "db/imported.h"
#include "policy/import.h"
#include "policy/undo.h"
#include "web/request.h"

/*
 * Reads on in what was imported, a second's worth or two: *whole false, there
 * is more to be read by who asks next.
 */
bool imports_look(const struct request *r, bool *whole,
    struct error *err) MUST_CHECK;

/*
 * As import_run(), of the list; sets all of *in but its report, whether it is
 * a rehearsal, and the source, stream, expires and why of the defaults.
 */
bool imports_take(const struct request *r, struct span list, struct import *in,
    struct import_totals *totals, struct error *err) MUST_CHECK;

struct imports_undone {
	uint64_t lifted;
	uint64_t kept; /* abuse or lead without force, or a contact's */
};

/* As undo(), and counts. */
bool imports_take_back(const struct request *r, const struct undo *u,
    struct imports_undone *out, struct error *err) MUST_CHECK;

#endif
