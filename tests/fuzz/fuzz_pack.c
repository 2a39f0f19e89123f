/*
 * Any bytes are packed changes or none, and the first byte a result; what is
 * taken is within bounds and packs again.
 */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "db/pack.h"

const char *const fuzz_inputs[] = {
	"tests/fuzz/corpus/pack",
	NULL,
};

static void
check(const struct change *c, uint64_t tag)
{
	struct change back;
	struct buf packed;
	struct error err;
	struct span rest, seen;
	struct value v;
	uint64_t again;
	bool contact;

	for (size_t i = 0; i < CHANGE_TEXTS; i++)
		need(memchr((const char *)c + change_texts[i].offset, '\0',
			 change_texts[i].size) != NULL);
	buf_init(&packed, PACK_BYTES_MAX);
	pack_change(c, tag, &packed);
	rest = seen = buf_span(&packed);
	need(pack_tag(rest) == tag);
	need(pack_peek(&seen, &v, &contact, &err));
	need(seen.len == 0 && v.kind == c->value.kind &&
	     strcmp(v.text, c->value.text) == 0);
	need(contact == (c->contact[0] != '\0' || v.kind == KIND_CONTACT));
	need(pack_next(&rest, &back, &again, &err));
	need(again == tag && back.op == c->op && back.expires == c->expires);
	buf_done(&packed);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = { (const char *)data, size };
	struct change_result result;
	struct change c = { 0 };
	struct error err;
	uint64_t tag;

	if (size > 0) {
		pack_result_read(data[0], &result);
		need(pack_result(&result) == (data[0] & 7));
	}
	while (pack_next(&rest, &c, &tag, &err))
		check(&c, tag);
	return 0;
}
