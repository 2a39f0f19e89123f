/*
 * repeat - requests that may come twice, by their Idempotency-Key: the second
 * one gets the answer of the first, and does nothing. Answers are kept for a
 * day, as many as there is room for, while the program runs; the events of a
 * request carry its mark besides, so that the store itself knows them again
 * after that. Thread safe.
 */
#ifndef WEB_REPEAT_H
#define WEB_REPEAT_H

#include "db/event.h"
#include "web/routes.h"

struct repeats;

struct repeats *repeats_new(void);
void repeats_free(struct repeats *all);

/* Runs the route, or gives the answer of the first time; 422 when the key was
 * another request's, 409 while that is being answered. */
void repeat_run(const struct route *route, const struct request *r,
    struct answer *a);

/* Puts the mark of key and request into the evidence of its events: that a key
 * was another request's is not known after a restart, and must not stop this
 * one. None without a key. */
void repeat_mark(const struct request *r, struct evidence *e);

#endif
