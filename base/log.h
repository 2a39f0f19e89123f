/*
 * log - one line per happening, for people and for grep.
 * Thread safe. Only front ends call it. Control characters, those that turn
 * the direction of writing and bytes that are not UTF-8 are escaped as \xHH,
 * so that mail can't forge a line. One longer than 4 KiB is cut.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/span.h"

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG
};

/*
 * Where lines go: to standard error (with the systemd priority prefix
 * "<N>" of sd-daemon(3) when it is connected to the journal), or to
 * syslog(3) with facility mail. program is borrowed for ever.
 */
void log_open(const char *program, bool use_syslog, enum log_level most);

void log_line(enum log_level level, const char *format, ...) PRINTF_LIKE(2, 3);

/* Appends text with its control characters and broken UTF-8 escaped. */
void log_escape(struct span text, struct buf *to);

#define log_error(...) log_line(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_line(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(...) log_line(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) log_line(LOG_LEVEL_DEBUG, __VA_ARGS__)

#endif
