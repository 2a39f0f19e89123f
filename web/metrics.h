/*
 * metrics - what suppressd-web counts of itself. Thread safe.
 */
#ifndef WEB_METRICS_H
#define WEB_METRICS_H

#include <stdint.h>

/* An answer was made, in so many nanoseconds. */
void metrics_answer(int status, int64_t ns);

#endif
