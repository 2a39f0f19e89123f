#include "base/log.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/utf8.h"

#define LINE_BYTES 4096

static struct {
	const char *program;
	bool use_syslog;
	bool prefix; /* "<N>" for the journal */
	enum log_level most;
} out = { .program = "suppressd", .most = LOG_LEVEL_INFO };

static const int priorities[] = {
	[LOG_LEVEL_ERROR] = LOG_ERR,
	[LOG_LEVEL_WARNING] = LOG_WARNING,
	[LOG_LEVEL_INFO] = LOG_INFO,
	[LOG_LEVEL_DEBUG] = LOG_DEBUG,
};

/* systemd.exec(5): the journal's "device:inode", if stderr leads there. */
static bool
is_journal(int fd)
{
	const char *stream = getenv("JOURNAL_STREAM");
	char own[64];
	struct stat st;

	if (stream == NULL || fstat(fd, &st) != 0)
		return false;
	snprintf(own, sizeof(own), "%ju:%ju", (uintmax_t)st.st_dev,
	    (uintmax_t)st.st_ino);
	return strcmp(stream, own) == 0;
}

void
log_open(const char *program, bool use_syslog, enum log_level most)
{
	out.program = program;
	out.use_syslog = use_syslog;
	out.prefix = is_journal(STDERR_FILENO);
	out.most = most;
	if (use_syslog)
		openlog(program, LOG_PID, LOG_MAIL);
}

/*
 * Controls of C0 and C1, what ends a line (U+2028, U+2029) and what turns
 * the direction of writing (Unicode UAX 9, 2), so that an address cannot
 * look like another one.
 */
static bool
is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x61C ||
	       c == 0x200E || c == 0x200F || (c >= 0x2028 && c <= 0x202E) ||
	       (c >= 0x2066 && c <= 0x2069);
}

/* The run of bytes at the front that are no controls and of ASCII. */
static size_t
plain_run(struct span text)
{
	size_t n = 0;

	while (n < text.len && text.p[n] >= 0x20 && text.p[n] < 0x7F)
		n++;
	return n;
}

void
log_escape(struct span text, struct buf *to)
{
	while (text.len > 0) {
		size_t n = plain_run(text);
		uint32_t c = 0x20;

		if (n == 0)
			n = utf8_next(text, &c);
		if (c == UTF8_BAD || is_control(c))
			for (size_t i = 0; i < n; i++)
				buf_addf(to, "\\x%02x",
				    (unsigned char)text.p[i]);
		else
			buf_add(to, text.p, n);
		text.p += n;
		text.len -= n;
	}
}

void
log_line(enum log_level level, const char *format, ...)
{
	char raw[LINE_BYTES];
	struct span text;
	struct buf line;
	va_list ap;

	if (level > out.most)
		return;
	va_start(ap, format);
	vsnprintf(raw, sizeof(raw), format, ap);
	va_end(ap);
	buf_init(&line, 5 * LINE_BYTES);
	if (!out.use_syslog) {
		if (out.prefix)
			buf_addf(&line, "<%d>", priorities[level]);
		else
			buf_addf(&line, "%s: ", out.program);
	}
	text = span_of(raw);
	if (text.len == sizeof(raw) - 1)
		text.len = utf8_whole(text); /* it was cut */
	log_escape(text, &line);
	if (out.use_syslog) {
		syslog(priorities[level], "%s", buf_text(&line));
	} else {
		buf_add_char(&line, '\n');
		/* One write, so that lines of several threads don't mix; if it
		 * fails there is nobody to tell. */
		(void)!file_write_all(STDERR_FILENO, line.p, line.len);
	}
	buf_done(&line);
}
