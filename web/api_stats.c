/*
 * The list in numbers.
 */
#include "web/handlers.h"

#include "base/clock.h"
#include "base/json.h"
#include "db/stats.h"
#include "web/api_rows.h"
#include "web/heavy.h"
#include "web/wanted.h"

#define DAYS_DEFAULT 30
#define TOP_DEFAULT 10

static void
counts(struct buf *out, const char *name, const struct stats_count *list,
    size_t n)
{
	json_array_begin(out, name);
	for (size_t i = 0; i < n; i++) {
		json_object_begin(out, NULL);
		json_text(out, "name", span_of(list[i].name));
		json_int(out, "count", (int64_t)list[i].n);
		json_object_end(out);
	}
	json_array_end(out);
}

static void
write_stats(const struct stats *s, struct buf *out)
{
	json_begin(out);
	json_int(out, "values", (int64_t)s->values);
	json_int(out, "reasons", (int64_t)s->reasons);
	/* What stands at 0 is nobody's. */
	counts(out, "kinds", s->kinds + 1, ARRAY_LEN(s->kinds) - 1);
	counts(out, "sources", s->sources + 1, ARRAY_LEN(s->sources) - 1);
	counts(out, "streams", s->streams, s->streams_n);
	counts(out, "domains", s->domains, s->domains_n);
	counts(out, "classes", s->classes, s->classes_n);
	json_array_begin(out, "days");
	for (size_t i = 0; i < s->days_n; i++) {
		const struct stats_day *day = &s->days[i];

		json_object_begin(out, NULL);
		api_time(out, "day", day->at);
		json_int(out, "added", (int64_t)day->added);
		json_int(out, "lifted", (int64_t)day->lifted);
		json_int(out, "refused", (int64_t)day->refused);
		json_int(out, "observed", (int64_t)day->observed);
		json_object_end(out);
	}
	json_array_end(out);
	json_int(out, "refusals_lost", (int64_t)s->lost);
	json_end(out);
}

static void
seen(uint64_t values)
{
	(void)values;
}

void
handle_stats(const struct request *r, struct answer *a)
{
	struct wanted w;
	struct error err;
	struct stats s;
	uint64_t days;

	if (!wanted_read(r, "days top", &w, a) || !heavy_begin(HEAVY_LOOK, a))
		return;
	days = w.days > 0 ? w.days : DAYS_DEFAULT;
	if (stats_make(r->web->store, r->now,
		r->now - (int64_t)(days - 1) * CLOCK_DAY_S,
		w.top > 0 ? w.top : TOP_DEFAULT, seen, &s, &err)) {
		write_stats(&s, &a->body);
		stats_done(&s);
	} else {
		answer_error(a, "api", &err);
	}
	heavy_end(HEAVY_LOOK);
}
