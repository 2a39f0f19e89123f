/*
 * stats.
 */
#include "ctl/cmd.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "ctl/bars.h"
#include "ctl/progress.h"
#include "ctl/rows.h"
#include "db/stats.h"

#define USUAL_DAYS 30
#define USUAL_TOP 10

static const struct column columns[] = {
	{ "type", "TYPE", COLUMN_TEXT, false },
	{ "name", "NAME", COLUMN_TEXT, false },
	{ "count", "COUNT", COLUMN_INT, false },
	{ "added", "ADDED", COLUMN_INT, false },
	{ "lifted", "LIFTED", COLUMN_INT, false },
	{ "refused", "REFUSED", COLUMN_INT, false },
	{ "observed", "OBSERVED", COLUMN_INT, false },
};

static void
count_row(struct output *o, const char *type, const char *name, uint64_t n)
{
	output_row(o,
	    (const struct cell[]){ { .text = type }, { .text = name },
		{ .number = (int64_t)n }, { 0 }, { 0 }, { 0 }, { 0 } });
}

/* first: the first that is one; enums begin with 1. */
static void
count_rows(struct output *o, const char *type, const struct stats_count *list,
    size_t first, size_t n)
{
	for (size_t i = first; i < n; i++)
		count_row(o, type, list[i].name, list[i].n);
}

static void
print_rows(const struct stats *s, struct output *o)
{
	char date[CLOCK_TEXT];

	count_row(o, "total", "values", s->values);
	count_row(o, "total", "reasons", s->reasons);
	count_rows(o, "kind", s->kinds, 1, ARRAY_LEN(s->kinds));
	count_rows(o, "source", s->sources, 1, ARRAY_LEN(s->sources));
	count_rows(o, "stream", s->streams, 0, s->streams_n);
	count_rows(o, "domain", s->domains, 0, s->domains_n);
	count_rows(o, "class", s->classes, 0, s->classes_n);
	for (size_t i = 0; i < s->days_n; i++) {
		const struct stats_day *d = &s->days[i];

		clock_format(d->at, date);
		date[10] = '\0';
		output_row(o,
		    (const struct cell[]){ { .text = "day" }, { .text = date },
			{ 0 }, { .number = (int64_t)d->added },
			{ .number = (int64_t)d->lifted },
			{ .number = (int64_t)d->refused },
			{ .number = (int64_t)d->observed } });
	}
}

static void
chart(const struct ctl *ctl, const char *title, const struct stats_count *list,
    size_t first, size_t n)
{
	struct bar *bars = mem_new(n + 1, sizeof(*bars));
	size_t used = 0;

	for (size_t i = first; i < n; i++)
		if (list[i].n > 0)
			bars[used++] = (struct bar){ list[i].name, list[i].n };
	bars_print(ctl->out, title, bars, used);
	free(bars);
}

/* One number of each day; member is its offset. Nothing, if all are 0. */
static void
day_chart(const struct ctl *ctl, const char *title, const struct stats *s,
    size_t member)
{
	struct bar *bars = mem_new(s->days_n, sizeof(*bars));
	char(*dates)[CLOCK_TEXT] = mem_new(s->days_n, sizeof(*dates));
	uint64_t sum = 0;

	for (size_t i = 0; i < s->days_n; i++) {
		const struct stats_day *d = &s->days[i];

		clock_format(d->at, dates[i]);
		dates[i][10] = '\0';
		bars[i].label = dates[i];
		bars[i].number =
		    *(const uint64_t *)(const void *)((const char *)d + member);
		sum += bars[i].number;
	}
	bars_print(ctl->out, title, bars, sum > 0 ? s->days_n : 0);
	free(bars);
	free(dates);
}

static void
print_charts(const struct ctl *ctl, const struct stats *s)
{
	fprintf(ctl->out,
	    "%" PRIu64 " values are on the list, for %" PRIu64 " reasons.\n",
	    s->values, s->reasons);
	chart(ctl, "Values by kind", s->kinds, 1, ARRAY_LEN(s->kinds));
	chart(ctl, "Reasons by source", s->sources, 1, ARRAY_LEN(s->sources));
	chart(ctl, "Reasons by stream", s->streams, 0, s->streams_n);
	chart(ctl, "Addresses by domain", s->domains, 0, s->domains_n);
	chart(ctl, "Bounces by class", s->classes, 0, s->classes_n);
	day_chart(ctl, "Added by day", s, offsetof(struct stats_day, added));
	day_chart(ctl, "Lifted by day", s, offsetof(struct stats_day, lifted));
	day_chart(ctl, "Recipients without mail by day", s,
	    offsetof(struct stats_day, refused));
	day_chart(ctl, "Recipients who would have been, by day", s,
	    offsetof(struct stats_day, observed));
}

static enum exit_status
print(struct ctl *ctl, const struct stats *s)
{
	struct output *o;

	if (ctl->form == OUTPUT_TEXT) {
		print_charts(ctl, s);
		return EXIT_YES;
	}
	o = output_open(ctl->out, ctl->form, columns, ARRAY_LEN(columns));
	print_rows(s, o);
	return ctl_close(ctl, o, EXIT_YES);
}

enum exit_status
cmd_stats(struct ctl *ctl)
{
	const struct filter *f = &ctl->opt.filter;
	int64_t since = f->since != 0
			    ? f->since
			    : ctl->now - (USUAL_DAYS - 1) * CLOCK_DAY_S;
	size_t top = f->limit != 0 ? f->limit : USUAL_TOP;
	struct error err = { 0 };
	enum exit_status status;
	struct store *st = ctl_look(ctl, true, &err);
	struct stats s;
	bool ok;

	if (st == NULL)
		return ctl_fail(ctl, &err);
	progress_begin(ctl->command, "values");
	ok = stats_make(st, ctl->now, since, top, progress_add, &s, &err);
	progress_end();
	store_close(st);
	if (!ok)
		return ctl_fail(ctl, &err);
	rows_lost(ctl, s.lost);
	status = print(ctl, &s);
	stats_done(&s);
	return status;
}
