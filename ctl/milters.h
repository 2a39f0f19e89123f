/*
 * milters - a list of milters as Postfix writes it (milter(5postfix),
 * smtpd_milters): names or { name, setting=value ... }, with commas or blanks
 * between.
 */
#ifndef CTL_MILTERS_H
#define CTL_MILTERS_H

#include <stdbool.h>

#include "base/span.h"

struct milter {
	struct span text; /* the whole entry, as it stands; borrowed */
	char name[256];   /* its socket, or "$variable" */
	char action[32];  /* its own default_action; "": none */
};

/* Cuts the next entry off the list; false when there is none left. */
bool milters_next(struct span *list, struct milter *m);

/* True if the entry is $name, ${name} or $(name). */
bool milter_refers_to(const struct milter *m, const char *name);

#endif
