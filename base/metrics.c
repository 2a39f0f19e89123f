#include "base/metrics.h"

#include "base/span.h"

/* The upper ends, and how the format writes them; the last one has none. */
static const struct {
	int64_t ns;
	const char *text;
} ends[METRICS_BUCKETS - 1] = {
	{ 1000, "1e-06" },
	{ 2500, "2.5e-06" },
	{ 5000, "5e-06" },
	{ 10000, "1e-05" },
	{ 25000, "2.5e-05" },
	{ 50000, "5e-05" },
	{ 100000, "0.0001" },
	{ 250000, "0.00025" },
	{ 500000, "0.0005" },
	{ 1000000, "0.001" },
	{ 2500000, "0.0025" },
	{ 5000000, "0.005" },
	{ 10000000, "0.01" },
	{ 25000000, "0.025" },
	{ 50000000, "0.05" },
	{ 100000000, "0.1" },
	{ 250000000, "0.25" },
	{ 500000000, "0.5" },
	{ 1000000000, "1.0" },
	{ 2500000000, "2.5" },
	{ 5000000000, "5.0" },
	{ 10000000000, "10.0" },
};

void
histogram_add(struct histogram *h, int64_t ns)
{
	size_t at = 0;

	while (at < ARRAY_LEN(ends) && ns > ends[at].ns)
		at++;
	atomic_fetch_add_explicit(&h->counts[at], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&h->sum_ns, (unsigned long long)ns,
	    memory_order_relaxed);
}

static void
begin(struct buf *out, const char *type, const char *name, const char *help)
{
	buf_addf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

void
metrics_begin(struct buf *out, enum metrics_kind kind, const char *name,
    const char *help)
{
	begin(out, kind == METRICS_COUNTER ? "counter" : "gauge", name, help);
}

static void
add_escaped(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\n')
			buf_add_text(out, "\\n");
		else if (*text == '"' || *text == '\\')
			buf_addf(out, "\\%c", *text);
		else
			buf_add_char(out, *text);
	}
}

void
metrics_add(struct buf *out, const char *name,
    const struct metrics_label *labels, size_t n, uint64_t value)
{
	buf_add_text(out, name);
	for (size_t i = 0; i < n; i++) {
		buf_addf(out, "%c%s=\"", i == 0 ? '{' : ',', labels[i].name);
		add_escaped(out, labels[i].value);
		buf_add_char(out, '"');
	}
	buf_addf(out, "%s %llu\n", n > 0 ? "}" : "", (unsigned long long)value);
}

void
metrics_one(struct buf *out, enum metrics_kind kind, const char *name,
    const char *help, uint64_t value)
{
	metrics_begin(out, kind, name, help);
	metrics_add(out, name, NULL, 0, value);
}

void
metrics_histogram(struct buf *out, const char *name, const char *help,
    const struct histogram *h)
{
	unsigned long long n = 0, sum = atomic_load(&h->sum_ns);

	begin(out, "histogram", name, help);
	for (size_t i = 0; i < METRICS_BUCKETS; i++) {
		n += atomic_load(&h->counts[i]);
		buf_addf(out, "%s_bucket{le=\"%s\"} %llu\n", name,
		    i < ARRAY_LEN(ends) ? ends[i].text : "+Inf", n);
	}
	buf_addf(out, "%s_sum %llu.%09llu\n%s_count %llu\n", name,
	    sum / 1000000000, sum % 1000000000, name, n);
}
