/*
 * heavy - what keeps a thread for seconds, as an import does: one at a time, so
 * that the others go on to answer. Thread safe.
 */
#ifndef WEB_HEAVY_H
#define WEB_HEAVY_H

#include "web/request.h"

/* False: another one is at work, and *a says so. */
bool heavy_begin(struct answer *a);
void heavy_end(void);

#endif
