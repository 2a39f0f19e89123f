/*
 * renew - a new incarnation of the store.
 */
#include "db/store_impl.h"

static bool
renew_alone(struct store *st, void *unused, struct error *err)
{
	(void)unused;
	if (!journal_renew(st->journal, st->now.lsn + 1, err)) {
		/* A seal may be written and no segment behind it. */
		st->poisoned = true;
		return false;
	}
	journal_identity(st->journal, &st->identity);
	st->now.seq = 0;
	return true;
}

bool
store_renew(struct store *st, struct error *err)
{
	return writer_alone(st, renew_alone, NULL, err);
}
