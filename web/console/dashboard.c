/*
 * The list in numbers: by day, source, kind and class of bounce, as tables
 * that a script draws.
 */
#include "web/console/handlers.h"

#include "base/clock.h"
#include "web/console/page.h"
#include "web/numbers.h"

static void
add_counts(struct view *v, const char *name, const struct stats_count *list,
    size_t first, size_t n)
{
	for (size_t i = first; i < n; i++) {
		struct view *row = view_add(v, name);

		view_text(row, "name", list[i].name);
		view_count(row, "n", list[i].n);
	}
}

static void
add_days(struct view *v, const struct stats *s)
{
	char date[CLOCK_TEXT];

	for (size_t i = 0; i < s->days_n; i++) {
		const struct stats_day *d = &s->days[i];
		struct view *row = view_add(v, "days");

		clock_format(d->at, date);
		date[10] = '\0';
		view_text(row, "day", date);
		view_count(row, "added", d->added);
		view_count(row, "lifted", d->lifted);
		view_count(row, "refused", d->refused);
		view_count(row, "observed", d->observed);
	}
}

static void
add_numbers(const struct numbers *n, void *arg)
{
	const struct stats *s = &n->stats;
	struct view *v = arg;

	view_count(v, "n_values", s->values);
	view_count(v, "n_reasons", s->reasons);
	view_time(v, "counted", "counted_iso", n->at);
	add_days(v, s);
	add_counts(v, "by_source", s->sources, 1, ARRAY_LEN(s->sources));
	add_counts(v, "by_kind", s->kinds, 1, ARRAY_LEN(s->kinds));
	add_counts(v, "by_class", s->classes, 0, s->classes_n);
	add_counts(v, "by_domain", s->domains, 0, s->domains_n);
	view_yes(v, "classes_there", s->classes_n > 0);
	view_yes(v, "domains_there", s->domains_n > 0);
	if (s->lost > 0)
		view_count(v, "lost", s->lost);
}

void
console_dashboard(const struct request *r, struct answer *a)
{
	struct view *v = page_new(r, "Dashboard", "Dashboard");

	switch (counter_look(r->web->counter, true, add_numbers, v)) {
	case COUNTER_THERE:
		view_yes(v, "there", true);
		break;
	case COUNTER_COUNTING: /* the page says so */
		break;
	case COUNTER_FAILED:
		view_free(v);
		answer_problem(a, 503, "The list can't be counted now.");
		return;
	}
	page_give("dashboard.html", v, a);
}
