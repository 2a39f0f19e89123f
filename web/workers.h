/*
 * workers - a few threads for what may take long, so that those of HTTP wait
 * for nothing: what is given is done in its order, by whoever is free.
 */
#ifndef WEB_WORKERS_H
#define WEB_WORKERS_H

#include <stddef.h>

#include "base/attr.h"
#include "base/error.h"

struct workers;

/* A piece of work, in the caller's struct: borrowed until run has it. */
struct work {
	struct work *next;
};

/* n threads. NULL: ERROR_IO. */
struct workers *workers_start(size_t n, void (*run)(struct work *),
    struct error *err) MUST_CHECK;

void workers_give(struct workers *all, struct work *w);

/* Waits for all that was given. NULL is fine. */
void workers_stop(struct workers *all);

#endif
