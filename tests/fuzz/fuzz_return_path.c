/*
 * Any address is a return path of ours or another one; and whatever sender we
 * make one for is found in it again, whatever XVERP puts behind.
 */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <string.h>

#include "policy/return_path.h"
#include "tests/fuzz/ring.h"

const char *const fuzz_inputs[] = {
	"tests/fuzz/corpus/return_path",
	NULL,
};

static bool
read_text(struct span text, struct token *t)
{
	enum token_fault fault;
	struct error ignored;
	struct addr a;

	if (!addr_parse(text, &a, &ignored) ||
	    !return_path_read(fuzz_ring(), &a, t, &fault))
		return false;
	need(t->form == TOKEN_PATH || t->form == TOKEN_PATHS);
	need(t->bytes_n <= sizeof(t->bytes));
	need(t->addr.text[0] != '\0' && token_is_same(t, t));
	need(!token_is_for(t, "") && !token_is_of(t, "default"));
	return true;
}

/* Lines: domain, sender, recipient ("": several), what stands behind. */
static void
make(struct span lines)
{
	struct span part[4] = { { "", 0 } }, rest, local;
	char path[LIMIT_VALUE_TEXT], longer[2 * LIMIT_VALUE_TEXT];
	char own[LIMIT_VALUE_TEXT];
	struct addr base, sender, who = { .text = "" };
	struct error ignored;
	struct token t;

	for (size_t i = 0; i < 4; i++)
		(void)span_cut(&lines, '\n', &part[i]);
	snprintf(own, sizeof(own), "bounces@%.*s",
	    (int)(part[0].len < 300 ? part[0].len : 300), part[0].p);
	if (!addr_parse(span_of(own), &base, &ignored) ||
	    !addr_parse(part[1], &sender, &ignored) ||
	    (part[2].len > 0 && !addr_parse(part[2], &who, &ignored)))
		return;
	if (!return_path_make(keys_signer(fuzz_ring()), 0, &base, &sender,
		part[2].len > 0 ? who.text : NULL, 0, path))
		return;
	need(span_find(span_of(path), '@') <= 64 && strlen(path) <= 254);
	need(read_text(span_of(path), &t));
	need(strcmp(t.addr.text, sender.text) == 0);
	need(token_is_for(&t, who.text) == (part[2].len > 0));
	rest = span_of(path);
	(void)span_cut(&rest, '@', &local);
	if (part[3].len < LIMIT_VALUE_TEXT) {
		snprintf(longer, sizeof(longer), "%.*s+%.*s@%s", (int)local.len,
		    local.p, (int)part[3].len, part[3].p, rest.p);
		(void)read_text(span_of(longer), &t);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct span text = { (const char *)data, size };
	struct token t;

	(void)read_text(text, &t);
	make(text);
	return 0;
}
