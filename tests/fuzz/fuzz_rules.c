/*
 * Any table of rules is taken or refused with its place, and a table that
 * is taken can be asked.
 */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "conf/rules.h"

const char *const fuzz_inputs[] = {
	"tests/fuzz/corpus/rules",
	"conf", /* bounce.rules is there */
	NULL,
};

/* The grams of a rule never hide what its pattern would find. */
static void
check_text(const struct rule_text *t, struct span text)
{
	struct grams grams;

	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.p[i] >= 0x80)
			return; /* U+212A is a "k" for PCRE2, not for us */
	grams_of_text(text, &grams);
	need(grams_allow(&grams, &t->need) || !match_is(t->match, text));
}

static void
check_rule(const struct rule *r, struct span all)
{
	const struct status none = { 0 }, hard = { 5, 1, 1 };
	struct span line;

	need(r->name[0] != '\0' && r->label[0] != '\0' && r->line > 0);
	(void)rule_takes_code(r, &hard);
	need(r->codes_n > 0 || rule_takes_code(r, &none));
	need(!rule_takes_reply(r, 0) || !rule_takes_reply(r, 550) ||
	     r->reply[0] == '\0');
	for (size_t n = 0; n < 20 && span_line(&all, &line); n++)
		for (size_t i = 0; i < r->texts_n && i < 20; i++)
			check_text(&r->texts[i], line);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = { (const char *)data, size };
	struct error err = { 0 };
	struct rules *r = rules_parse(text, "f", &err);

	need((r == NULL) == (err.code != ERROR_NONE));
	need(r != NULL || strncmp(err.text, "f:", 2) == 0);
	for (size_t i = 0; r != NULL && i < r->n && i < 20; i++)
		check_rule(&r->list[i], text);
	rules_free(r);
	return 0;
}
