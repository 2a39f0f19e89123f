#include "milter/metrics.h"

#include <pthread.h>
#include <string.h>

#include "base/attr.h"
#include "base/metrics.h"
#include "conf/rules.h"
#include "config.h"
#include "policy/trust.h"

/* Streams that have a row of their own; those that come with a reload after
 * them share the last. */
#define STREAMS 256
#define OTHER_STREAMS "(others)"

/* Rows are added under the lock and never change: one whose number is below
 * `n` may be read without it. */
static struct {
	pthread_mutex_t lock;
	atomic_size_t n;
	struct {
		char name[LIMIT_STREAM_TEXT];
		atomic_ullong verdicts[VERDICT_UNKNOWN + 1];
	} rows[STREAMS];
} streams = { .lock = PTHREAD_MUTEX_INITIALIZER };

static struct histogram lookups;
static atomic_ullong deferred, accepted;

/* "" stands before the words of a table. */
static atomic_ullong reports[REPORT_AUTO_REPLY + 1][CLASS_UNDETERMINED + 2]
			    [TRUST_BELIEVED + 2];

static void
count(atomic_ullong *n)
{
	atomic_fetch_add_explicit(n, 1, memory_order_relaxed);
}

void
metrics_lookup(int64_t ns)
{
	histogram_add(&lookups, ns);
}

void
metrics_on_error(bool accept)
{
	count(accept ? &accepted : &deferred);
}

/* STREAMS: not there. A site has few streams. */
static size_t
find_row(const char *stream, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(streams.rows[i].name, stream) == 0)
			return i;
	return STREAMS;
}

static size_t
add_row(const char *stream)
{
	size_t at, n;

	pthread_mutex_lock(&streams.lock);
	n = atomic_load(&streams.n);
	at = find_row(stream, n);
	if (at == STREAMS && n == STREAMS) {
		at = STREAMS - 1;
	} else if (at == STREAMS) {
		at = n;
		(void)span_copy(
		    span_of(n < STREAMS - 1 ? stream : OTHER_STREAMS),
		    streams.rows[at].name, sizeof(streams.rows[at].name));
		atomic_store(&streams.n, n + 1);
	}
	pthread_mutex_unlock(&streams.lock);
	return at;
}

void
metrics_verdict(const char *stream, enum verdict_action action)
{
	size_t n = atomic_load_explicit(&streams.n, memory_order_acquire);
	size_t row = find_row(stream, n);

	if (row == STREAMS)
		row = n == STREAMS ? STREAMS - 1 : add_row(stream);
	count(&streams.rows[row].verdicts[action]);
}

static size_t
place_of(const struct name *names, const char *word)
{
	int number;

	return names_number(names, span_of(word), &number) ? (size_t)number + 1
							   : 0;
}

/* class and trust: their words, "" where there is none. */
static void
count_report(enum report_type type, const char *class, const char *trust)
{
	count(&reports[type][place_of(class_names, class)]
		      [place_of(trust_names, trust)]);
}

void
metrics_lesson(const struct lesson *l)
{
	for (size_t i = 0; i < l->findings_n; i++)
		count_report(l->report.type, l->findings[i].class,
		    l->findings[i].trust);
	if (l->findings_n == 0)
		count_report(l->report.type, "", "");
}

static const char *
word_at(const struct name *names, size_t place)
{
	return place == 0 ? "" : names_text(names, (int)place - 1);
}

static void
give_verdicts(struct buf *out)
{
	static const char name[] = "suppressd_verdicts_total";
	size_t n = atomic_load(&streams.n);

	metrics_begin(out, METRICS_COUNTER, name,
	    "Recipients that were looked up, by what came of it.");
	for (size_t i = 0; i < n; i++)
		for (int v = 0; v <= VERDICT_UNKNOWN; v++) {
			const struct metrics_label labels[] = {
				{ "stream", streams.rows[i].name },
				{ "action", names_text(verdict_names, v) },
			};

			metrics_add(out, name, labels, ARRAY_LEN(labels),
			    atomic_load(&streams.rows[i].verdicts[v]));
		}
}

static void
give_report(struct buf *out, size_t type, size_t class, size_t trust)
{
	const struct metrics_label labels[] = {
		{ "type", names_text(report_type_names, (int)type) },
		{ "class", word_at(class_names, class) },
		{ "trust", word_at(trust_names, trust) },
	};
	unsigned long long n = atomic_load(&reports[type][class][trust]);

	/* Most cannot come; the first of a type is there from the start. */
	if (n > 0 || class + trust == 0)
		metrics_add(out, "suppressd_reports_total", labels,
		    ARRAY_LEN(labels), n);
}

static void
give_reports(struct buf *out)
{
	metrics_begin(out, METRICS_COUNTER, "suppressd_reports_total",
	    "Recipients that reports speak of, and reports that name none.");
	for (size_t type = 0; type < ARRAY_LEN(reports); type++)
		for (size_t c = 0; c < ARRAY_LEN(reports[0]); c++)
			for (size_t t = 0; t < ARRAY_LEN(reports[0][0]); t++)
				give_report(out, type, c, t);
}

static void
give_on_error(struct buf *out)
{
	static const char name[] = "suppressd_on_error_total";
	const struct metrics_label accept = { "action", "accept" };
	const struct metrics_label defer = { "action", "defer" };

	metrics_begin(out, METRICS_COUNTER, name,
	    "Recipients that the store could not tell of, by what on_error "
	    "did.");
	metrics_add(out, name, &accept, 1, atomic_load(&accepted));
	metrics_add(out, name, &defer, 1, atomic_load(&deferred));
}

void
metrics_give(struct buf *out)
{
	static const char info[] = "suppressd_info";
	const struct metrics_label version = { "version", PACKAGE_VERSION };

	metrics_begin(out, METRICS_GAUGE, info, "The daemon that runs.");
	metrics_add(out, info, &version, 1, 1);
	give_verdicts(out);
	give_on_error(out);
	give_reports(out);
	metrics_histogram(out, "suppressd_lookup_seconds",
	    "How long it took to find out whether a recipient may get mail.",
	    &lookups);
}
