#include "base/base32.h"

#include <ctype.h>
#include <string.h>

static const char digits[] = "abcdefghijklmnopqrstuvwxyz234567";

void
base32_encode(const uint8_t *bytes, size_t n, char *out)
{
	unsigned bits = 0, have = 0;

	for (size_t i = 0; i < n; i++) {
		bits = (bits << 8 | bytes[i]) & 0xFFFF;
		for (have += 8; have >= 5; have -= 5)
			*out++ = digits[bits >> (have - 5) & 31];
	}
	if (have > 0)
		*out++ = digits[bits << (5 - have) & 31];
	*out = '\0';
}

bool
base32_decode(struct span text, uint8_t *out, size_t room, size_t *n)
{
	size_t bytes = BASE32_BYTES(text.len);
	unsigned bits = 0, have = 0;

	if (BASE32_LENGTH(bytes) != text.len || bytes > room)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		int c = tolower((unsigned char)text.p[i]);
		const char *digit = c != 0 ? strchr(digits, c) : NULL;

		if (digit == NULL)
			return false;
		bits = (bits << 5 | (unsigned)(digit - digits)) & 0xFFFF;
		have += 5;
		if (have < 8)
			continue;
		have -= 8;
		*out++ = (uint8_t)(bits >> have);
	}
	*n = bytes;
	return (bits & ((1U << have) - 1)) == 0;
}
