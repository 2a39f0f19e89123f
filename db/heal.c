/*
 * heal - what is damaged in the index is found and made anew.
 */
#include "db/store_impl.h"

static bool
heal_alone(struct store *st, void *unused, struct error *err)
{
	struct journal_pos at;

	(void)unused;
	if (!writer_reserve(st, &at, err))
		return false;
	index_heal(st);
	return true;
}

bool
store_heal(struct store *st, struct error *err)
{
	return !index_is_damaged(st) || writer_alone(st, heal_alone, NULL, err);
}

bool
store_check(struct store *st, bool (*go_on)(void *arg), void *arg,
    size_t *damaged, struct error *err)
{
	*damaged = 0;
	for (size_t i = 0; i < SHARDS && go_on(arg); i++)
		*damaged += !index_check(st, i, err);
	return store_heal(st, err);
}
