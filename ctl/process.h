/*
 * process - runs another program and reads what it prints.
 */
#ifndef CTL_PROCESS_H
#define CTL_PROCESS_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/error.h"

/*
 * Runs argv[0] (found in PATH and the sbin folders) and appends its standard
 * output to out. False if it can't be run or ends with another status than
 * 0: the text has the last line of its standard error, which is else thrown
 * away.
 */
bool process_read(const char *const argv[], struct buf *out,
    struct error *err) MUST_CHECK;

#endif
