#include "policy/engine.h"

void
engine_check(const struct conf *conf, struct store *store,
    const struct conf_stream *stream, const struct addr *recipient, int64_t now,
    struct verdict *out, struct error *err)
{
	struct value_walk walk;
	struct value key;

	*out = (struct verdict){ .action = VERDICT_PASS };
	value_walk_init(&walk, recipient);
	while (out->action == VERDICT_PASS && value_walk_next(&walk, &key)) {
		struct record rec;
		bool found;

		if (!store_get(store, &key, &rec, &found, err)) {
			/* Never a silent pass: on_error decides. */
			*out = (struct verdict){ .action = VERDICT_UNKNOWN,
				.stream = stream };
			return;
		}
		if (!found)
			continue;
		(void)decide(conf, stream, &key, &rec, now, out);
		record_done(&rec);
	}
}
