#include "db/stats.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"

/*
 * More are not counted apart. The list is walked in the order of keyed
 * hashes, as if shuffled: what has many values is met early.
 */
#define DOMAINS_MAX 262144
#define DOMAIN_SLOTS (2 * DOMAINS_MAX)

#define SEEN_STEP 1000

struct domain_count {
	char *name; /* NULL: free */
	uint64_t n;
};

struct counting {
	struct stats *out;
	void (*seen)(uint64_t values);
	uint64_t untold; /* values since seen() was called */
	char last[LIMIT_VALUE_TEXT];
	struct domain_count *domains; /* DOMAIN_SLOTS, open addressing */
	size_t domains_n;
};

static void
count_domain(struct counting *c, const char *name)
{
	size_t at = (size_t)(hash_quick(name) % DOMAIN_SLOTS);

	while (c->domains[at].name != NULL &&
	       strcmp(c->domains[at].name, name) != 0)
		at = (at + 1) % DOMAIN_SLOTS;
	if (c->domains[at].name == NULL) {
		if (c->domains_n == DOMAINS_MAX)
			return;
		c->domains_n++;
		c->domains[at].name = mem_dup_text(name);
	}
	c->domains[at].n++;
}

/* One more of that name, in a list of at most so many. */
static void
count_name(struct stats_count **list, size_t *n, size_t most, const char *name)
{
	size_t at = 0;

	while (at < *n && strcmp((*list)[at].name, name) != 0)
		at++;
	if (at == most)
		return;
	if (at == *n) {
		*list = mem_resize(*list, at + 1, sizeof(**list));
		(*list)[(*n)++] = (struct stats_count){ .n = 0 };
		(void)span_copy(span_of(name), (*list)[at].name,
		    sizeof((*list)[at].name));
	}
	(*list)[at].n++;
}

/* A value's reasons come one behind the other. */
static void
count_value(struct counting *c, const struct value *v)
{
	const char *domain = strrchr(v->text, '@');

	memcpy(c->last, v->text, sizeof(c->last));
	c->out->values++;
	c->out->kinds[v->kind].n++;
	if (v->kind == KIND_EMAIL && domain != NULL)
		count_domain(c, domain + 1);
	if (++c->untold == SEEN_STEP) {
		c->seen(c->untold);
		c->untold = 0;
	}
}

static bool
count_reason(const struct reason_row *row, void *arg)
{
	struct counting *c = arg;

	if (strcmp(c->last, row->value.text) != 0)
		count_value(c, &row->value);
	c->out->reasons++;
	c->out->sources[row->reason->source].n++;
	count_name(&c->out->streams, &c->out->streams_n, STATS_STREAMS_MAX,
	    row->last->stream);
	return true;
}

static int
most_first(const void *a, const void *b)
{
	const struct stats_count *x = a, *y = b;

	if (x->n != y->n)
		return x->n < y->n ? 1 : -1;
	return strcmp(x->name, y->name);
}

/* Into the list of the top ones, if it belongs there. */
static void
rank(struct stats *s, const struct domain_count *d, size_t top)
{
	struct stats_count one = { .n = d->n };

	if (top == 0)
		return;
	(void)span_copy(span_of(d->name), one.name, sizeof(one.name));
	if (s->domains_n == top && most_first(&one, &s->domains[top - 1]) >= 0)
		return;
	if (s->domains_n < top)
		s->domains_n++;
	s->domains[s->domains_n - 1] = one;
	qsort(s->domains, s->domains_n, sizeof(*s->domains), most_first);
}

static bool
count_list(struct counting *c, struct store *st, int64_t now, size_t top,
    struct error *err)
{
	const struct filter all = { 0 };
	bool ok;

	c->domains = mem_new(DOMAIN_SLOTS, sizeof(*c->domains));
	ok = query_list(st, &all, now, count_reason, c, err);
	c->seen(c->untold);
	c->out->domains = mem_new(top, sizeof(*c->out->domains));
	for (size_t i = 0; i < DOMAIN_SLOTS; i++) {
		if (c->domains[i].name == NULL)
			continue;
		rank(c->out, &c->domains[i], top);
		free(c->domains[i].name);
	}
	free(c->domains);
	if (c->out->streams_n > 0)
		qsort(c->out->streams, c->out->streams_n,
		    sizeof(*c->out->streams), most_first);
	return ok;
}

/* NULL: it is none of the days asked for. */
static struct stats_day *
day_of(struct stats *s, int64_t at)
{
	int64_t day = (at - s->days[0].at) / CLOCK_DAY_S;

	return at >= s->days[0].at && day < (int64_t)s->days_n ? &s->days[day]
							       : NULL;
}

/* What a person says of a report is no further one. */
static bool
is_bounce(const struct event *ev)
{
	const struct evidence *e = &ev->evidence;

	return strcmp(e->report, "bounce") == 0 && e->class[0] != '\0' &&
	       (ev->op == EVENT_ADD || ev->op == EVENT_REPORT) &&
	       strcmp(e->proof, "review") != 0;
}

static bool
count_event(const struct event *ev, void *arg)
{
	struct stats *s = arg;
	struct stats_day *day = day_of(s, ev->at);

	if (day == NULL)
		return true;
	if (ev->op == EVENT_REMOVE)
		day->lifted++;
	else if (ev->op == EVENT_ADD && ev->count <= 1)
		day->added++;
	if (is_bounce(ev))
		count_name(&s->classes, &s->classes_n, STATS_CLASSES_MAX,
		    ev->evidence.class);
	return true;
}

static bool
count_refusals(struct stats *s, struct store *st, struct error *err)
{
	const struct refusals_wanted wanted = { .since = s->days[0].at };
	struct refusals_reader *r = refusals_read(store_dir(st), &wanted, err);
	struct refusal one;

	if (r == NULL)
		return false;
	while (refusals_next(r, &one)) {
		struct stats_day *day = day_of(s, one.at);

		if (day != NULL && strcmp(one.action, "observe") == 0)
			day->observed++;
		else if (day != NULL)
			day->refused++;
	}
	s->lost = refusals_reader_lost(r);
	refusals_reader_close(r);
	return true;
}

static void
make_days(struct stats *s, int64_t now, int64_t since)
{
	int64_t today = now / CLOCK_DAY_S, first = since / CLOCK_DAY_S;

	if (first > today)
		first = today;
	if (first <= today - STATS_DAYS_MAX)
		first = today - STATS_DAYS_MAX + 1;
	s->days_n = (size_t)(today - first + 1);
	s->days = mem_new(s->days_n, sizeof(*s->days));
	for (size_t i = 0; i < s->days_n; i++)
		s->days[i].at = (first + (int64_t)i) * CLOCK_DAY_S;
}

static void
name_all(struct stats_count *counts, size_t n, const struct name *names)
{
	for (size_t i = 1; i < n; i++)
		(void)span_copy(span_of(names_text(names, (int)i)),
		    counts[i].name, sizeof(counts[i].name));
}

bool
stats_make(struct store *st, int64_t now, int64_t since, size_t top,
    void (*seen)(uint64_t values), struct stats *out, struct error *err)
{
	struct counting c = { .out = out, .seen = seen };

	*out = (struct stats){ 0 };
	name_all(out->kinds, ARRAY_LEN(out->kinds), kind_names);
	name_all(out->sources, ARRAY_LEN(out->sources), source_names);
	make_days(out, now, since);
	if (top > STATS_TOP_MAX)
		top = STATS_TOP_MAX;
	if (count_list(&c, st, now, top, err) &&
	    store_walk_since(st, out->days[0].at, 0, count_event, out, err) &&
	    count_refusals(out, st, err)) {
		if (out->classes_n > 0)
			qsort(out->classes, out->classes_n,
			    sizeof(*out->classes), most_first);
		return true;
	}
	stats_done(out);
	return false;
}

void
stats_done(struct stats *s)
{
	free(s->streams);
	free(s->domains);
	free(s->days);
	free(s->classes);
	*s = (struct stats){ 0 };
}
