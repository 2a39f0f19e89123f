#include "web/imports.h"

#include <unistd.h>

#include "base/file.h"

/* Events that are read at a time. */
#define LOOK_EVENTS 500000

bool
imports_look(const struct request *r, bool *whole, struct error *err)
{
	return imported_read(r->web->imported, r->web->store, LOOK_EVENTS,
	    whole, err);
}

/* It is read twice. */
static int
as_file(struct span list, struct error *err)
{
	int fd = file_temporary(err);

	if (fd < 0 || file_write_all(fd, list.p, list.len))
		return fd;
	error_errno(err, "no room for the import");
	close(fd);
	return -1;
}

bool
imports_take(const struct request *r, struct span list, struct import *in,
    struct import_totals *totals, struct error *err)
{
	struct import_defaults *d = &in->defaults;
	bool ok;

	in->st = r->web->store;
	d->now = r->now;
	if (d->why[0] == '\0')
		(void)span_copy(span_of("import"), d->why, sizeof(d->why));
	(void)span_copy(span_of(r->actor), d->by, sizeof(d->by));
	import_batch(r->now, d->batch);
	in->fd = as_file(list, err);
	if (in->fd < 0)
		return false;
	ok = import_run(in, totals, err);
	close(in->fd);
	return ok;
}

static void
tell(const struct change *c, enum undone what, void *arg)
{
	struct imports_undone *out = arg;

	(void)c;
	out->lifted += what == UNDO_LIFTED;
	out->kept += what == UNDO_KEPT || what == UNDO_CONTACT;
}

bool
imports_take_back(const struct request *r, const struct undo *u,
    struct imports_undone *out, struct error *err)
{
	*out = (struct imports_undone){ 0 };
	return undo(r->web->store, u, r->now, tell, out, err);
}
