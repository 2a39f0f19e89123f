#include "policy/engine.h"

#include <string.h>

#include "policy/gateway.h"

void
engine_contact(struct store *store, struct journal_pos block,
    char out[LIMIT_CONTACT_TEXT])
{
	struct error ignored;
	struct event ev;

	out[0] = '\0';
	if (block.segment == 0 || !store_event(store, block, &ev, &ignored))
		return;
	memcpy(out, ev.contact, LIMIT_CONTACT_TEXT);
	event_done(&ev);
}

void
engine_check(const struct conf *conf, struct store *store,
    const struct conf_stream *stream, const struct addr *recipient, int64_t now,
    struct verdict *out, struct error *err)
{
	struct reach reach;
	struct value key;

	*out = (struct verdict){ .action = VERDICT_PASS };
	reach_init(&reach, conf, recipient);
	while (out->action == VERDICT_PASS && reach_next(&reach, &key)) {
		struct record rec;
		bool found;

		if (!store_get(store, &key, &rec, &found, err)) {
			/* Never a silent pass: on_error decides. */
			*out = (struct verdict){ .action = VERDICT_UNKNOWN,
				.stream = stream };
		} else if (found) {
			(void)decide(conf, stream, &key, &rec, now, out);
			record_done(&rec);
		}
	}
}
