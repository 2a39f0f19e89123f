#include "db/change.h"

#include "base/utf8.h"

/* In the order in which the wire has them. */
const struct change_text change_texts[CHANGE_TEXTS] = {
#define TEXT(name, member)                                                     \
	{                                                                      \
		name, offsetof(struct change, member),                         \
		    sizeof(((struct change *)0)->member)                       \
	}
	TEXT("value", value.text),
	TEXT("shown", value.shown),
	TEXT("stream", stream),
	TEXT("by", by),
	TEXT("why", why),
	TEXT("report", evidence.report),
	TEXT("class", evidence.class),
	TEXT("status", evidence.status),
	TEXT("rule", evidence.rule),
	TEXT("trust", evidence.trust),
	TEXT("proof", evidence.proof),
	TEXT("ref", evidence.ref),
	TEXT("happened", evidence.happened),
#undef TEXT
};

/* True if there was nothing to replace. */
static bool
clean(char *text)
{
	struct span rest = span_of(text);
	bool was_clean = true;
	uint32_t c;

	while (rest.len > 0) {
		size_t n = utf8_next(rest, &c);

		if (c == UTF8_BAD) {
			text[rest.p - text] = '?';
			was_clean = false;
		}
		rest.p += n;
		rest.len -= n;
	}
	return was_clean;
}

bool
change_clean(struct change *c, struct error *err)
{
	if (!clean(c->value.text)) {
		error_set(err, ERROR_INVALID, "%.150s: no UTF-8",
		    c->value.text);
		return false;
	}
	for (size_t i = 0; i < CHANGE_TEXTS; i++)
		(void)clean((char *)c + change_texts[i].offset);
	if (c->op == CHANGE_ADD && c->source == 0) {
		error_set(err, ERROR_INVALID, "%.150s: a reason has a source",
		    c->value.text);
		return false;
	}
	return true;
}
