/*
 * What a notice is made of, piece by piece: its charset, HTML and JSON, and
 * the templates of its lines. The first byte says which charset.
 */
#include "tests/fuzz/fuzz.h"

#include "base/attr.h"
#include "base/limits.h"
#include "message/charset.h"
#include "message/freeform.h"
#include "message/html.h"
#include "message/jsonwalk.h"
#include "message/template.h"

const char *const fuzz_inputs[] = {
	"tests/fuzz/corpus/text",
	"tests/data",
	NULL,
};

static const char *const charsets[] = {
	"",
	"iso-8859-1",
	"iso-2022-jp",
	"utf-7",
	"utf-16",
	"gb18030",
	"koi8-r",
	"x-none",
};

static bool
is_inside(struct span part, struct span whole)
{
	return part.len == 0 ||
	       (part.p >= whole.p && part.p + part.len <= whole.p + whole.len);
}

static void
match_all(const struct freeform_row *row, struct span line)
{
	struct template_found found;

	for (; row->name != NULL; row++)
		for (size_t i = 0; i < FREEFORM_LINES && row->lines[i] != NULL;
		     i++)
			if (template_match(row->lines[i], line, &found))
				need(is_inside(found.address, line) &&
				     is_inside(found.origin, line) &&
				     is_inside(found.rest, line));
}

static void
on_token(void *arg, const char *path, const struct span *raw)
{
	char text[64];

	(void)path;
	if (raw == NULL)
		return;
	need(is_inside(*raw, *(const struct span *)arg));
	(void)jsonwalk_text(*raw, text, sizeof(text));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span all = { (const char *)data, size }, rest, line;
	struct buf text, plain;

	if (size == 0)
		return 0;
	buf_init(&text, LIMIT_NOTICE_BYTES);
	buf_init(&plain, LIMIT_NOTICE_BYTES);
	charset_add((struct span){ all.p + 1, size - 1 },
	    charsets[data[0] % ARRAY_LEN(charsets)], &text);
	html_add_text(buf_span(&text), data[0] & 1, &plain);
	need(plain.len <= text.len + 1);
	jsonwalk(all, on_token, &all);
	rest = buf_span(&plain);
	for (int lines = 0; lines < 10 && span_line(&rest, &line); lines++) {
		if (line.len > LIMIT_NOTICE_LINE_BYTES)
			line.len = LIMIT_NOTICE_LINE_BYTES;
		match_all(freeform_mtas, line);
		match_all(freeform_providers, line);
	}
	buf_done(&text);
	buf_done(&plain);
	return 0;
}
