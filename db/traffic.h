/*
 * traffic - for each receiving domain, how many recipients were sent mail in
 * the last day and how many were suppressed by a bounce: what tells a list
 * that is cleaned from a receiver that fails. Counts are approximate: hours
 * as a whole, the busiest TRAFFIC_DOMAINS domains, and what was counted
 * since the last save is lost in a crash. Thread safe.
 *
 * And, however many domains there are, how many reports that nobody has
 * proven were kept: what a flood of forged ones may fill is bounded.
 *
 * On disk: one JSON object a line, {"domain":D,"hour":H,"passed":P,
 * "bounced":B}, H in hours since 1970. The domain "*" stands for the reports
 * that nobody has proven, which are its B.
 */
#ifndef DB_TRAFFIC_H
#define DB_TRAFFIC_H

#include <stdbool.h>
#include <stdint.h>

#define TRAFFIC_HOURS 24
#define TRAFFIC_DOMAINS 4096

/* Stands for the domain of the reports that nobody has proven. */
#define TRAFFIC_UNPROVEN "*"

struct traffic;

struct traffic_counts {
	uint64_t passed;
	uint64_t bounced;
};

struct traffic *traffic_new(void);
void traffic_free(struct traffic *t);

/* domain: canonical. now: seconds. */
void traffic_passed(struct traffic *t, const char *domain, int64_t now);
void traffic_bounced(struct traffic *t, const char *domain, int64_t now);

/* Takes back one that traffic_bounced() has counted at the same time. */
void traffic_uncount(struct traffic *t, const char *domain, int64_t now);

/* The last TRAFFIC_HOURS, the current hour included. */
struct traffic_counts traffic_of(struct traffic *t, const char *domain,
    int64_t now);

/* dir/name, replaced at once, if there is anything new. False: not saved, and
 * no harm is done. */
bool traffic_save(struct traffic *t, const char *dir, const char *name,
    int64_t now);

/* Adds what is in dir/name; a missing file is an empty one. What can't be
 * read is passed over: these are no more than counts. */
void traffic_load(struct traffic *t, const char *dir, const char *name,
    int64_t now);

#endif
