/*
 * maildir - puts a processed report into a Maildir, durable when done.
 */
#ifndef MILTER_MAILDIR_H
#define MILTER_MAILDIR_H

#include "base/attr.h"
#include "base/error.h"
#include "base/span.h"

/* Makes dir and its three folders where they are missing. Thread safe. */
bool maildir_put(const char *dir, struct span mail,
    struct error *err) MUST_CHECK;

#endif
