/*
 * flood - lines of the log that a stranger can cause without end: so many a
 * minute are written, further ones counted, and told in one line when their
 * minute is over. Thread safe, without a lock.
 */
#ifndef MILTER_FLOOD_H
#define MILTER_FLOOD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Static and zeroed but for most. */
struct flood {
	const unsigned most; /* lines a minute */
	atomic_llong began;  /* the minute; seconds, of any clock */
	atomic_uint written; /* in it */
	atomic_ullong held;  /* not written, and not told yet */
};

/* May this line be written? If not it is counted. */
bool flood_allows(struct flood *f, int64_t now_s);

/* How many were not written in a minute that is over, once; else 0. */
unsigned long long flood_held(struct flood *f, int64_t now_s);

#endif
