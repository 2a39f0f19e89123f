#include "policy/review.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "message/report.h"
#include "policy/bulk.h"
#include "policy/classify.h"
#include "policy/engine.h"
#include "policy/trust.h"

/* The proof of the event that settles another, and how its reference
 * begins; the number of the other follows. */
#define RULE "review"

/* Changes of one batch. */
#define BATCH 5000

/* Numbers of events that have been settled, in any order until sorted. */
struct settled {
	uint64_t *list; /* heap */
	size_t n;
	size_t room;
};

struct walk {
	const struct conf *conf;
	const struct review *which;
	struct settled settled;
	query_event_fn *fn;
	void *arg;
	uint64_t n;
};

/* Would this one suppress if it were believed? */
static bool
would_suppress(const struct conf *conf, const struct event *ev)
{
	const struct evidence *e = &ev->evidence;
	struct error ignored;
	struct addr a;

	if (!names_is(class_names, CLASS_BAD_ADDRESS, e->class) &&
	    !names_is(class_names, CLASS_BAD_DOMAIN, e->class) &&
	    !names_is(report_type_names, REPORT_COMPLAINT, e->report) &&
	    !(conf->opt_out && strcmp(e->rule, RULE_OPT_OUT) == 0) &&
	    !names_is(report_type_names, REPORT_UNSUBSCRIBE, e->report))
		return false;
	return ev->value.kind != KIND_EMAIL ||
	       !addr_parse(span_of(ev->value.text), &a, &ignored) ||
	       engine_spared(conf, &a)[0] == '\0';
}

bool
review_waits(const struct conf *conf, const struct event *ev)
{
	const struct evidence *e = &ev->evidence;

	return ev->op == EVENT_REPORT &&
	       (strcmp(e->trust, GUARD_HELD) == 0 ||
		   (names_is(trust_names, TRUST_UNVERIFIED, e->trust) &&
		       would_suppress(conf, ev)));
}

static int
by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Notes which event this one settles, if it does. */
static bool
note_settled(const struct event *ev, void *arg)
{
	struct settled *s = arg;
	unsigned long long number;
	struct span ref = span_of(ev->evidence.ref);

	if (strcmp(ev->evidence.proof, RULE) != 0 ||
	    ref.len <= strlen(RULE ":"))
		return true;
	ref.p += strlen(RULE ":");
	ref.len -= strlen(RULE ":");
	if (!span_number(ref, UINT64_MAX, &number))
		return true;
	if (s->n == s->room) {
		s->room = s->room > 0 ? 2 * s->room : 256;
		s->list = mem_resize(s->list, s->room, sizeof(*s->list));
	}
	s->list[s->n++] = number;
	return true;
}

static bool
has_number(const struct review *which, uint64_t number)
{
	if (which->numbers == NULL)
		return true;
	for (size_t i = 0; i < which->numbers_n; i++)
		if (which->numbers[i] == number)
			return true;
	return false;
}

static bool
is_settled(const struct settled *s, uint64_t number)
{
	return s->n > 0 && bsearch(&number, s->list, s->n, sizeof(*s->list),
			       by_number) != NULL;
}

static bool
pass(const struct event *ev, void *arg)
{
	struct walk *w = arg;
	const struct review *which = w->which;

	if (!review_waits(w->conf, ev) ||
	    (which->trust != NULL &&
		strcmp(ev->evidence.trust, which->trust) != 0) ||
	    !has_number(which, ev->lsn) || is_settled(&w->settled, ev->lsn))
		return true;
	w->n++;
	return w->fn(ev, w->arg) && w->n != which->filter.limit;
}

bool
review_walk(const struct conf *conf, struct store *st,
    const struct review *which, int64_t now, query_event_fn *fn, void *arg,
    struct error *err)
{
	struct walk w = { .conf = conf, .which = which, .fn = fn, .arg = arg };
	struct filter since = { .since =
				    now - conf->review_days * CLOCK_DAY_S };
	struct filter each = which->filter;
	bool ok;

	/* Whoever settles one does so after it has come. */
	if (since.since < each.since)
		since.since = each.since;
	each.since = since.since;
	each.limit = 0; /* it would count what does not wait */
	ok = query_history(st, NULL, &since, note_settled, &w.settled, err);
	if (w.settled.n > 0)
		qsort(w.settled.list, w.settled.n, sizeof(*w.settled.list),
		    by_number);
	ok = ok && query_history(st, NULL, &each, pass, &w, err);
	free(w.settled.list);
	return ok;
}

void
review_settle(const struct event *ev, const struct decision *d, int64_t now,
    struct change *out)
{
	struct evidence *e = &out->evidence;
	bool accepted = d->answer == REVIEW_ACCEPT;

	*out = (struct change){
		.op = accepted ? CHANGE_ADD : CHANGE_REPORT,
		.value = ev->value,
		.source = ev->source,
		.evidence = ev->evidence,
	};
	/* It lasts as long as it would have, from now on. */
	if (accepted && ev->expires > ev->at)
		out->expires = now + (ev->expires - ev->at);
	(void)span_copy(span_of(ev->stream), out->stream, sizeof(out->stream));
	(void)span_copy(span_of(d->by), out->by, sizeof(out->by));
	(void)span_copy(span_of(d->why[0] != '\0' ? d->why : ev->why), out->why,
	    sizeof(out->why));
	(void)span_copy(span_of(accepted ? REVIEW_ACCEPTED : "rejected"),
	    e->trust, sizeof(e->trust));
	(void)span_copy(span_of(RULE), e->proof, sizeof(e->proof));
	snprintf(e->ref, sizeof(e->ref), RULE ":%" PRIu64, ev->lsn);
}

struct work {
	struct bulk bulk;
	const struct decision *decision;
	int64_t now;
	review_fn *fn;
	void *arg;
	bool ok;
	struct error *err;
};

static void
tell(const struct change *c, uint64_t number,
    const struct change_result *result, void *arg)
{
	struct work *w = arg;

	w->fn(number, c, w->decision->rehearsal || result->changed, w->arg);
}

static bool
settle(const struct event *ev, void *arg)
{
	struct work *w = arg;
	struct change c;

	review_settle(ev, w->decision, w->now, &c);
	w->ok = bulk_add(&w->bulk, &c, ev->lsn, w->err);
	return w->ok;
}

bool
review_decide(const struct conf *conf, struct store *st,
    const struct review *which, const struct decision *d, int64_t now,
    review_fn *fn, void *arg, struct error *err)
{
	struct work w = { .bulk = { .st = d->rehearsal ? NULL : st,
			      .most = BATCH,
			      .fn = tell },
		.decision = d,
		.now = now,
		.fn = fn,
		.arg = arg,
		.ok = true,
		.err = err };

	w.bulk.arg = &w;
	bulk_begin(&w.bulk);
	w.ok = review_walk(conf, st, which, now, settle, &w, err) && w.ok &&
	       bulk_flush(&w.bulk, err);
	bulk_done(&w.bulk);
	return w.ok;
}
