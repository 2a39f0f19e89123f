#include "base/phone_lib.h"

enum phone_result
phone_lib_parse(const char *text, size_t len, const char *region, char *out,
    size_t size)
{
	(void)text;
	(void)len;
	(void)region;
	(void)out;
	(void)size;
	return PHONE_NO_LIBRARY;
}

enum phone_result
phone_lib_region(const char *region)
{
	(void)region;
	return PHONE_NO_LIBRARY;
}
