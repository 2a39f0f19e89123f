#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void
error_set(struct error *err, enum error_code code, const char *format, ...)
{
	va_list ap;

	err->code = code;
	va_start(ap, format);
	vsnprintf(err->text, sizeof(err->text), format, ap);
	va_end(ap);
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
}
