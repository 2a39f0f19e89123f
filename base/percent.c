#include "base/percent.h"

bool
percent_decode(struct span s, bool plus, char *out, size_t size, size_t *len)
{
	size_t used = 0;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (used + 1 >= size)
			return false;
		if (c == '%') {
			int high, low;

			if (s.len - i < 3)
				return false;
			high = span_hex_digit(s.p[i + 1]);
			low = span_hex_digit(s.p[i + 2]);
			if (high < 0 || low < 0)
				return false;
			c = (char)(high * 16 + low);
			i += 2;
		} else if (c == '+' && plus) {
			c = ' ';
		}
		out[used++] = c;
	}
	if (size == 0)
		return false;
	out[used] = '\0';
	*len = used;
	return true;
}
