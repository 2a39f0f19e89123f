#include "base/percent.h"

/* -1: none. */
static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool
percent_decode(struct span s, bool plus, char *out, size_t size, size_t *len)
{
	size_t used = 0;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (used + 1 >= size)
			return false;
		if (c == '%') {
			if (s.len - i < 3 || digit(s.p[i + 1]) < 0 ||
			    digit(s.p[i + 2]) < 0)
				return false;
			c = (char)(digit(s.p[i + 1]) * 16 + digit(s.p[i + 2]));
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
