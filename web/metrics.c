/*
 * Metrics: what the daemon tells, what the store shows, and our own.
 */
#include "web/metrics.h"

#include <stdatomic.h>

#include "base/log.h"
#include "base/metrics.h"
#include "web/handlers.h"
#include "web/hooks.h"
#include "web/lookup.h"
#include "web/numbers.h"

static struct histogram durations;

/* By the first digit of their status. */
static atomic_ullong answers[6];

void
metrics_answer(int status, int64_t ns)
{
	size_t class = (size_t)(status / 100) % ARRAY_LEN(answers);

	histogram_add(&durations, ns);
	atomic_fetch_add_explicit(&answers[class], 1, memory_order_relaxed);
}

static void
give_answers(struct buf *out)
{
	static const char name[] = "suppressd_web_answers_total";
	static const char *const codes[] = { NULL, NULL, "2xx", NULL, "4xx",
		"5xx" };

	metrics_begin(out, METRICS_COUNTER, name, "Answers over HTTP.");
	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		const struct metrics_label code = { "code", codes[i] };

		if (codes[i] != NULL)
			metrics_add(out, name, &code, 1,
			    atomic_load(&answers[i]));
	}
	metrics_histogram(out, "suppressd_web_answer_seconds",
	    "How long an answer took, from the end of the request.",
	    &durations);
}

/* One number for each name of a table but the first, which is nobody's. */
static void
give_counts(struct buf *out, const char *name, const char *label,
    const struct stats_count *counts, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		const struct metrics_label word = { label, counts[i].name };

		metrics_add(out, name, &word, 1, counts[i].n);
	}
}

static void
give_numbers(const struct numbers *n, void *arg)
{
	static const char values[] = "suppressd_list_values";
	static const char reasons[] = "suppressd_list_reasons";
	static const char review[] = "suppressd_review_waiting";
	const struct metrics_label held = { "trust", GUARD_HELD };
	const struct metrics_label unverified = { "trust", "unverified" };
	struct buf *out = arg;

	metrics_begin(out, METRICS_GAUGE, values, "Values on the list.");
	give_counts(out, values, "kind", n->stats.kinds,
	    ARRAY_LEN(n->stats.kinds));
	metrics_begin(out, METRICS_GAUGE, reasons, "Why they are on it.");
	give_counts(out, reasons, "source", n->stats.sources,
	    ARRAY_LEN(n->stats.sources));
	metrics_begin(out, METRICS_GAUGE, review,
	    "Reports that wait for a person.");
	metrics_add(out, review, &held, 1, n->held);
	metrics_add(out, review, &unverified, 1, n->unverified);
	metrics_one(out, METRICS_GAUGE, "suppressd_list_read_timestamp_seconds",
	    "When the list and the review were counted.", (uint64_t)n->at);
}

void
handle_metrics(const struct request *r, struct answer *a)
{
	struct buf *out = &a->body;
	struct error err;
	struct buf told;
	bool up;

	buf_init(&told, LIMIT_WEB_ANSWER_BYTES);
	up = store_ask(r->web->store, "metrics", (struct span){ "", 0 }, &told,
	    &err);
	if (!up)
		log_debug("metrics: %s", err.text);
	metrics_one(out, METRICS_GAUGE, "suppressd_up",
	    "1 if the daemon takes changes and tells what it counts.",
	    up ? 1 : 0);
	if (up)
		buf_add_span(out, buf_span(&told));
	buf_done(&told);
	store_metrics(r->web->store, out);
	(void)counter_look(r->web->counter, false, give_numbers, out);
	give_answers(out);
	lookup_metrics(out);
	hooks_metrics(r->web->hooks, out);
	a->type = METRICS_TYPE;
}
