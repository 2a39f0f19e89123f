#include "policy/review.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "message/report.h"
#include "policy/classify.h"
#include "policy/trust.h"

/* The rule of the event that settles another. */
#define RULE "review"

static void
reference(const struct event *ev, char out[LIMIT_WORD_TEXT])
{
	snprintf(out, LIMIT_WORD_TEXT, RULE ":%" PRIu64, ev->lsn);
}

static bool
is(const char *word, const struct name *names, int number)
{
	return strcmp(word, names_text(names, number)) == 0;
}

/* Would this one suppress if it were believed? */
static bool
would_suppress(const struct evidence *e)
{
	return is(e->class, class_names, CLASS_BAD_ADDRESS) ||
	       is(e->class, class_names, CLASS_BAD_DOMAIN) ||
	       is(e->report, report_type_names, REPORT_COMPLAINT) ||
	       is(e->report, report_type_names, REPORT_UNSUBSCRIBE);
}

static bool
waits(const struct event *ev)
{
	const struct evidence *e = &ev->evidence;

	return ev->op == EVENT_REPORT &&
	       (strcmp(e->trust, GUARD_HELD) == 0 ||
		   (is(e->trust, trust_names, TRUST_UNVERIFIED) &&
		       would_suppress(e)));
}

struct search {
	uint64_t lsn;
	char ref[LIMIT_WORD_TEXT];
	bool settled;
};

/* Newest first, down to the report itself. */
static bool
look(const struct event *ev, void *arg)
{
	struct search *s = arg;

	s->settled = strcmp(ev->evidence.ref, s->ref) == 0;
	return !s->settled && ev->lsn > s->lsn;
}

struct walk {
	struct store *st;
	query_event_fn *fn;
	void *arg;
	uint64_t limit; /* 0: none */
	uint64_t n;
	bool ok;
	struct error *err;
};

static bool
pass(const struct event *ev, void *arg)
{
	struct walk *w = arg;
	const struct filter all = { 0 };
	struct search s = { .lsn = ev->lsn };

	if (!waits(ev))
		return true;
	reference(ev, s.ref);
	w->ok = query_history(w->st, &ev->value, &all, look, &s, w->err);
	if (!w->ok || s.settled)
		return w->ok;
	w->n++;
	return w->fn(ev, w->arg) && w->n != w->limit;
}

bool
review_walk(struct store *st, const struct filter *f, query_event_fn *fn,
    void *arg, struct error *err)
{
	struct walk w = { .st = st,
		.fn = fn,
		.arg = arg,
		.limit = f->limit,
		.ok = true,
		.err = err };
	struct filter each = *f;

	/* Its limit would count what does not wait. */
	each.limit = 0;
	return query_history(st, NULL, &each, pass, &w, err) && w.ok;
}

void
review_settle(const struct event *ev, enum review_answer answer, const char *by,
    const char *why, struct change *out)
{
	struct evidence *e = &out->evidence;

	*out = (struct change){
		.op = answer == REVIEW_ACCEPT ? CHANGE_ADD : CHANGE_REPORT,
		.value = ev->value,
		.source = ev->source,
		.evidence = ev->evidence,
	};
	(void)span_copy(span_of(ev->stream), out->stream, sizeof(out->stream));
	(void)span_copy(span_of(by), out->by, sizeof(out->by));
	(void)span_copy(span_of(why[0] != '\0' ? why : ev->why), out->why,
	    sizeof(out->why));
	(void)span_copy(
	    span_of(answer == REVIEW_ACCEPT ? "accepted" : "rejected"),
	    e->trust, sizeof(e->trust));
	(void)span_copy(span_of(RULE), e->proof, sizeof(e->proof));
	reference(ev, e->ref);
}
