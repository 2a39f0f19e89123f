#include "web/html.h"

#include <ctype.h>
#include <string.h>

#include "base/utf8.h"

/* U+FFFD, in UTF-8. */
#define REPLACEMENT "\xEF\xBF\xBD"

static const char *
entity(uint32_t c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	case '\t':
	case '\n':
	case '\r':
		return NULL;
	default:
		return c < ' ' || c == 0x7F || c == UTF8_BAD ? REPLACEMENT
							     : NULL;
	}
}

void
html_escape(struct span s, struct buf *out)
{
	while (s.len > 0) {
		uint32_t c;
		size_t n = utf8_next(s, &c);
		const char *instead = entity(c);

		if (instead != NULL)
			buf_add_text(out, instead);
		else
			buf_add(out, s.p, n);
		s.p += n;
		s.len -= n;
	}
}

void
html_escape_url(struct span s, struct buf *out)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];

		/* Not isalnum(): locales have letters of their own. */
		if (c < 0x80 && (isalnum(c) || strchr("-._~", c) != NULL))
			buf_add_char(out, (char)c);
		else
			buf_addf(out, "%%%02X", c);
	}
}
