#include "policy/engine.h"

#include "policy/gateway.h"

/* Looks one key up. False: the store can't tell. */
static bool
look_up(const struct conf *conf, struct store *store,
    const struct conf_stream *stream, const struct value *key, int64_t now,
    struct verdict *out, struct error *err)
{
	struct record rec;
	bool found;

	if (!store_get(store, key, &rec, &found, err))
		return false;
	if (found) {
		(void)decide(conf, stream, key, &rec, now, out);
		record_done(&rec);
	}
	return true;
}

void
engine_check(const struct conf *conf, struct store *store,
    const struct conf_stream *stream, const struct addr *recipient, int64_t now,
    struct verdict *out, struct error *err)
{
	struct value numbers[GATEWAY_NUMBERS], key;
	size_t n = gateway_numbers(conf, recipient, numbers);
	struct value_walk walk;
	bool known = true;

	*out = (struct verdict){ .action = VERDICT_PASS };
	value_walk_init(&walk, recipient);
	while (known && out->action == VERDICT_PASS &&
	       value_walk_next(&walk, &key))
		known = look_up(conf, store, stream, &key, now, out, err);
	for (size_t i = 0; known && out->action == VERDICT_PASS && i < n; i++)
		known =
		    look_up(conf, store, stream, &numbers[i], now, out, err);
	/* Never a silent pass: on_error decides. */
	if (!known)
		*out = (struct verdict){ .action = VERDICT_UNKNOWN,
			.stream = stream };
}
