#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
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

void
log_open(const char *program, bool use_syslog, enum log_level most)
{
	out.program = program;
	out.use_syslog = use_syslog;
	out.prefix = getenv("JOURNAL_STREAM") != NULL;
	out.most = most;
	if (use_syslog)
		openlog(program, LOG_PID, LOG_MAIL);
}

void
log_escape(struct span text, struct buf *to)
{
	while (text.len > 0) {
		uint32_t c;
		size_t n = utf8_next(text, &c);

		if (c == UTF8_BAD || c < 0x20 || (c >= 0x7F && c < 0xA0))
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
	log_escape(span_of(raw), &line);
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
