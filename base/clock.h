/*
 * clock - time as int64_t seconds since 1970, UTC, and its words.
 * Only front ends and the store's write path ask for the time; everything
 * else takes `now` as a parameter.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/error.h"
#include "base/span.h"

/* "2026-11-24T05:15:02Z" and NUL: always this long (RFC 3339, 5.6). */
#define CLOCK_TEXT 21

/* Years 1970 to 9999 are representable; others are clamped to them. */
#define CLOCK_MAX_S INT64_C(253402300799)

#define CLOCK_DAY_S INT64_C(86400)

int64_t clock_now(void);

/* Of a clock that nobody sets: for time-outs and intervals. */
int64_t clock_monotonic_ms(void);
int64_t clock_monotonic_ns(void);

void clock_format(int64_t at, char out[CLOCK_TEXT]);

/* The form above, or only a date (midnight UTC). */
bool clock_parse(struct span s, int64_t *at, struct error *err) MUST_CHECK;

/* "90s", "15m", "12h", "30d", "2w": seconds, more than 0. */
bool clock_duration(struct span s, int64_t *seconds,
    struct error *err) MUST_CHECK;

#endif
