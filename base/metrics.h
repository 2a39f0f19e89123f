/*
 * metrics - counts and durations for a monitoring system, in the text format
 * of Prometheus (version 0.0.4). Pure, but for histograms, which all threads
 * may add to: counting costs a few nanoseconds and takes no lock.
 */
#ifndef BASE_METRICS_H
#define BASE_METRICS_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* The Content-Type of the format. */
#define METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"

/* How often something took at most 1 us, 2.5 us, 5 us, 10 us and so on to
 * 10 s, and longer. Zeroed: empty. */
#define METRICS_BUCKETS 23
struct histogram {
	atomic_ullong counts[METRICS_BUCKETS];
	atomic_ullong sum_ns;
};

void histogram_add(struct histogram *h, int64_t ns);

enum metrics_kind { METRICS_COUNTER, METRICS_GAUGE };

/* Begins what is told under one name; help is one line of plain words. */
void metrics_begin(struct buf *out, enum metrics_kind kind, const char *name,
    const char *help);

/* One number of the name that was begun; its labels may be any UTF-8. */
struct metrics_label {
	const char *name;
	const char *value;
};
void metrics_add(struct buf *out, const char *name,
    const struct metrics_label *labels, size_t n, uint64_t value);

/* A name of one number, without labels. */
void metrics_one(struct buf *out, enum metrics_kind kind, const char *name,
    const char *help, uint64_t value);

/* All of a histogram; name ends in _seconds. */
void metrics_histogram(struct buf *out, const char *name, const char *help,
    const struct histogram *h);

#endif
