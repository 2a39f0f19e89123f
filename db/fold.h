/*
 * fold - record + event -> record. Pure: no clock, no disk.
 */
#ifndef DB_FOLD_H
#define DB_FOLD_H

#include "db/event.h"
#include "db/record.h"

/* Applies ev, which stands at `at` in the local journal. */
void fold(struct record *rec, const struct event *ev, struct journal_pos at);

/*
 * Forgets the covers of node/incarnation up to seq: their adds have all
 * been folded or will never be.
 */
void fold_forget(struct record *rec, const struct dot *upto);

#endif
