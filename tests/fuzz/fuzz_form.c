/* Any body is a form or none; what it gives is text that fits. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "base/attr.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "web/form.h"
#include "web/language.h"

const char *const fuzz_inputs[] = {
	"tests/fuzz/corpus/form",
	NULL,
};

/* UTF-8, and its NUL within size. */
static void
check_text(const char *text, size_t size)
{
	struct span s = { text, strnlen(text, size) };

	need(s.len < size);
	while (s.len > 0) {
		uint32_t c;
		size_t n = utf8_next(s, &c);

		need(c != UTF8_BAD);
		s.p += n;
		s.len -= n;
	}
}

/* The first line is a header's value, the rest the body. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "en", "de", "ja" };
	struct span body = { (const char *)data, size }, line = { "", 0 };
	char out[64], name[LIMIT_WORD_TEXT], *type;
	struct span rest;
	bool whole;

	(void)span_line(&body, &line);
	type = mem_dup(line.p, line.len);
	rest = body;
	if (form_get(type, body, "scope", out, sizeof(out))) {
		check_text(out, sizeof(out));
		need(form_is(type));
	}
	while (form_pair(&rest, name, out, sizeof(out), &whole)) {
		check_text(name, sizeof(name));
		if (whole)
			check_text(out, sizeof(out));
	}
	if (form_decode(body, false, out, sizeof(out)))
		check_text(out, sizeof(out));
	need(language_choose(type, names, ARRAY_LEN(names)) < ARRAY_LEN(names));
	free(type);
	return 0;
}
