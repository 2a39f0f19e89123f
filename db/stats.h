/*
 * stats - the list in numbers: how much of what is on it now, and what came,
 * went and was refused day by day.
 */
#ifndef DB_STATS_H
#define DB_STATS_H

#include "db/query.h"

/* A name and how many. */
struct stats_count {
	char name[LIMIT_VALUE_TEXT];
	uint64_t n;
};

/* A day of UTC. */
struct stats_day {
	int64_t at;        /* its midnight, seconds */
	uint64_t added;    /* reasons that came; again does not count */
	uint64_t lifted;   /* removals, those of what has ended included */
	uint64_t refused;  /* recipients that did not get mail */
	uint64_t observed; /* that would not have got it */
};

/* No more days, domains, streams and classes than these. */
#define STATS_DAYS_MAX 366
#define STATS_TOP_MAX 100
#define STATS_STREAMS_MAX 1000
#define STATS_CLASSES_MAX 100

struct stats {
	uint64_t values;                              /* that are suppressed */
	uint64_t reasons;                             /* that count */
	struct stats_count kinds[KIND_LINKEDIN + 1];  /* values, by enum kind */
	struct stats_count sources[SOURCE_ABUSE + 1]; /* reasons */
	struct stats_count *streams; /* reasons; most first; heap */
	size_t streams_n;
	struct stats_count *domains; /* values; most first; heap */
	size_t domains_n;
	struct stats_count *classes; /* bounces of these days, also those that
					suppressed nobody; most first; heap */
	size_t classes_n;
	struct stats_day *days; /* heap, oldest first */
	size_t days_n;
	uint64_t lost; /* refusals of these days that were not kept */
};

/*
 * The numbers at now; of days from `since` to now, at most STATS_DAYS_MAX, and
 * of the top domains, at most STATS_TOP_MAX. Reads all of the list: some
 * microseconds a value; seen is called as it goes, with values since the last
 * call. The caller owns out: stats_done().
 */
bool stats_make(struct store *st, int64_t now, int64_t since, size_t top,
    void (*seen)(uint64_t values), struct stats *out,
    struct error *err) MUST_CHECK;
void stats_done(struct stats *s);

#endif
