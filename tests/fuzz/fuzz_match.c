/* A pattern on the first line, a subject behind it. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "base/match.h"
#include "base/mem.h"

const char *const fuzz_inputs[] = {
	"tests/fuzz/corpus/match",
	NULL,
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span subject = { (const char *)data, size }, line = { "", 0 };
	struct error err = { 0 };
	struct match *m;
	char *pattern;

	(void)span_cut(&subject, '\n', &line);
	pattern = mem_dup(line.p, line.len);
	m = match_new(pattern, &err);
	need(m != NULL || err.text[0] != '\0');
	if (m != NULL) {
		need(strcmp(match_text(m), pattern) == 0);
		(void)match_is(m, subject);
		need(strcmp(pattern, "*") != 0 || match_is(m, subject));
	}
	match_free(m);
	free(pattern);
	return 0;
}
