/*
 * answers - what the daemon tells other processes that must not read its
 * keys (store_ask()):
 *
 *	token	the text of a token: who wants no more mail, and of which stream
 *		("*": of all, by setting): optout_token() of policy/optout.h.
 *		{"address":"joe@example.com","stream":"news"}
 *	report	a mail, to be learned from as ingest does: lesson_json() of
 *		policy/lesson.h, when it is durable
 *	believe	the same, and whoever asks vouches for it
 *	metrics	what the daemon counts (milter/metrics.h)
 */
#ifndef MILTER_ANSWERS_H
#define MILTER_ANSWERS_H

#include "db/store.h"

/* ERROR_INVALID: no such question, or no token of ours that names a
 * recipient. */
store_answer_fn answers_give;

#endif
