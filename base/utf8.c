#include "base/utf8.h"

#include <string.h>

size_t
utf8_ascii(struct span s)
{
	uint64_t eight;
	size_t n = 0;

	for (; s.len - n >= sizeof(eight); n += sizeof(eight)) {
		memcpy(&eight, s.p + n, sizeof(eight));
		if ((eight & UINT64_C(0x8080808080808080)) != 0)
			break;
	}
	while (n < s.len && (unsigned char)s.p[n] < 0x80)
		n++;
	return n;
}

size_t
utf8_next(struct span s, uint32_t *c)
{
	/* By length: smallest code point, mask of the first byte. */
	static const struct {
		uint32_t least;
		unsigned char mask;
	} forms[] = { { 0, 0 }, { 0, 0x7F }, { 0x80, 0x1F }, { 0x800, 0x0F },
		{ 0x10000, 0x07 } };
	const unsigned char *p = (const unsigned char *)s.p;
	size_t len = p[0] < 0x80   ? 1
		     : p[0] < 0xC0 ? 0
		     : p[0] < 0xE0 ? 2
		     : p[0] < 0xF0 ? 3
		     : p[0] < 0xF8 ? 4
				   : 0;
	uint32_t value;

	*c = UTF8_BAD;
	if (len == 0 || len > s.len)
		return 1;
	value = p[0] & forms[len].mask;
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xC0) != 0x80)
			return 1;
		value = value << 6 | (p[i] & 0x3F);
	}
	if (value < forms[len].least || value > 0x10FFFF ||
	    (value >= 0xD800 && value <= 0xDFFF))
		return 1;
	*c = value;
	return len;
}

size_t
utf8_whole(struct span s)
{
	for (size_t back = 1; back <= 3 && back <= s.len; back++) {
		unsigned char c = (unsigned char)s.p[s.len - back];
		size_t want = c < 0xC0 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;

		if (c < 0x80 || c >= 0xF8)
			break;
		if (c >= 0xC0)
			return want > back ? s.len - back : s.len;
	}
	return s.len;
}

size_t
utf8_put(uint32_t c, char out[4])
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xC0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3F));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xE0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3F));
		out[2] = (char)(0x80 | (c & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3F));
	out[2] = (char)(0x80 | (c >> 6 & 0x3F));
	out[3] = (char)(0x80 | (c & 0x3F));
	return 4;
}
