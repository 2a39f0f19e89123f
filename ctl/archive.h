/*
 * archive - the Maildir that takes the mails that have been processed. A mail
 * is never in no place: it is renamed, or, across file systems, copied, made
 * durable and only then removed. Killed in between, it is found in both, and
 * the next run makes one of them.
 */
#ifndef CTL_ARCHIVE_H
#define CTL_ARCHIVE_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/error.h"

/* Makes dir a Maildir if it is none. */
bool archive_make(const char *dir, struct error *err) MUST_CHECK;

/* ERROR_INVALID: the Maildir `from` is dir itself. */
bool archive_takes(const char *dir, const char *from,
    struct error *err) MUST_CHECK;

/*
 * Moves path, a mail in new or cur of a Maildir, into the same folder of dir,
 * under its name, or, if another mail has that there, with a number before its
 * flags. One that is gone has been moved by somebody else: true.
 */
bool archive_move(const char *dir, const char *path,
    struct error *err) MUST_CHECK;

#endif
