/*
 * heavy - what keeps a thread for seconds, as an import does: fewer at a time
 * than there are workers (web/workers.h), so that the others go on to answer.
 * Thread safe.
 */
#ifndef WEB_HEAVY_H
#define WEB_HEAVY_H

#include "db/contact.h"
#include "web/request.h"

enum heavy {
	HEAVY_NOT,
	HEAVY_CHANGE, /* an import, or taking one back: one at a time */
	HEAVY_LOOK,   /* whoever looks at all of the list or of the journal */
};

/* How many may be at work together. */
#define HEAVY_MOST 3

/* Waits a moment for its turn. False: it is not to be had, and *a says so. */
bool heavy_begin(enum heavy what, struct answer *a);

/* The same, and says nothing: for what can be left out of a page. */
bool heavy_try(enum heavy what);
void heavy_end(enum heavy what);

/* Is a page of the list? It is if it has another order, or leaves something
 * out. */
enum heavy heavy_list(const struct filter *f);

/* Is a page of contacts? The same. */
enum heavy heavy_contacts(const struct contact_filter *f);

/* Is a page of all that happened? It is if it leaves something out. */
enum heavy heavy_history(const struct filter *f);

#endif
