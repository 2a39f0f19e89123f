#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

/* vsnprintf() cuts at a byte: takes away what it left of a character. */
static void
cut(char *text, size_t size)
{
	size_t len = strlen(text);

	if (len == size - 1)
		text[utf8_whole((struct span){ text, len })] = '\0';
}

void
error_set(struct error *err, enum error_code code, const char *format, ...)
{
	va_list ap;

	err->code = code;
	va_start(ap, format);
	vsnprintf(err->text, sizeof(err->text), format, ap);
	va_end(ap);
	cut(err->text, sizeof(err->text));
}

void
error_errno(struct error *err, const char *format, ...)
{
	int number = errno;
	char words[128];
	size_t used;
	va_list ap;

	err->code = ERROR_IO;
	va_start(ap, format);
	vsnprintf(err->text, sizeof(err->text), format, ap);
	va_end(ap);
	used = strlen(err->text);
	snprintf(err->text + used, sizeof(err->text) - used, ": %s",
	    strerror_r(number, words, sizeof(words)));
	cut(err->text, sizeof(err->text));
}

void
error_prefix(struct error *err, const char *format, ...)
{
	char all[2 * sizeof(err->text)];
	va_list ap;
	int used;

	va_start(ap, format);
	used = vsnprintf(all, sizeof(err->text), format, ap);
	va_end(ap);
	if (used < 0 || (size_t)used >= sizeof(err->text))
		used = sizeof(err->text) - 1;
	snprintf(all + used, sizeof(all) - (size_t)used, ": %s", err->text);
	memcpy(err->text, all, sizeof(err->text) - 1);
	err->text[sizeof(err->text) - 1] = '\0';
	cut(err->text, sizeof(err->text));
}
