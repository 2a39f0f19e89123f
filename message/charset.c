#include "message/charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdbool.h>

#include "base/attr.h"

#define CHUNK_BYTES 4096

/* What reads as ASCII wherever we look at it: no need to convert. */
static bool
is_plain(const char *charset)
{
	static const char *const plain[] = {
		"",
		"utf-8",
		"us-ascii",
		"ascii",
	};
	struct span s = span_of(charset);

	for (size_t i = 0; i < ARRAY_LEN(plain); i++)
		if (span_is_nocase(s, plain[i]))
			return true;
	return false;
}

/* The names that mail uses and iconv does not know. */
static const char *
iconv_name(const char *charset)
{
	if (span_is_nocase(span_of(charset), "unicode-1-1-utf-7"))
		return "UTF-7";
	/* CP932 and ISO-2022-JP-3 hold all that is sent under the names. */
	if (span_is_nocase(span_of(charset), "shift_jis"))
		return "CP932";
	return charset;
}

void
charset_add(struct span text, const char *charset, struct buf *out)
{
	iconv_t cd = (iconv_t)-1;
	char chunk[CHUNK_BYTES], *in = (char *)text.p;
	size_t left = text.len;

	if (!is_plain(charset))
		cd = iconv_open("UTF-8", iconv_name(charset));
	if (cd == (iconv_t)-1) {
		buf_add_span(out, text);
		return;
	}
	while (left > 0 && !out->full) {
		char *to = chunk;
		size_t room = sizeof(chunk);
		size_t got = iconv(cd, &in, &left, &to, &room);
		int why = errno;

		buf_add(out, chunk, sizeof(chunk) - room);
		if (got == (size_t)-1 && why != E2BIG && left > 0) {
			buf_add_char(out, '?');
			in++;
			left--;
		}
	}
	iconv_close(cd);
}
