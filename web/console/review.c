/*
 * The reports that wait for a person, with their evidence; accepted or
 * rejected.
 */
#include "web/console/handlers.h"

#include <string.h>

#include "policy/review.h"
#include "web/console/page.h"
#include "web/console/rows.h"
#include "web/heavy.h"

/* The oldest ones that are shown at once. */
#define SHOWN 100

struct queue {
	struct view *view;
	size_t n;
	bool more;
};

static bool
add_row(const struct event *ev, void *arg)
{
	const struct activity one = { .event = ev };
	struct queue *q = arg;

	q->more = q->n == SHOWN;
	if (q->more)
		return false;
	q->n++;
	rows_activity(view_add(q->view, "rows"), &one);
	return true;
}

static void
show(const struct request *r, struct answer *a)
{
	struct queue q = { .view = page_new(r, "Review", "Review") };
	struct review which = { 0 };
	struct error err;

	page_parameter(r, "search", which.filter.search,
	    sizeof(which.filter.search));
	if (!review_walk(r->web->conf, r->web->store, &which, r->now, add_row,
		&q, &err)) {
		view_free(q.view);
		answer_error(a, "console", &err);
		return;
	}
	view_text(q.view, "search", which.filter.search);
	view_yes(q.view, "rows_there", q.n > 0);
	view_yes(q.view, "more", q.more);
	page_give("review.html", q.view, a);
}

/* All reports are looked through. */
void
console_review(const struct request *r, struct answer *a)
{
	if (heavy_begin(HEAVY_LOOK, a)) {
		show(r, a);
		heavy_end(HEAVY_LOOK);
	}
}

struct settling {
	size_t done; /* by us; somebody else may be faster */
};

static void
settled(uint64_t number, const struct change *c, bool changed, void *arg)
{
	struct settling *s = arg;

	(void)number;
	(void)c;
	s->done += changed;
}

static size_t
read_numbers(const struct request *r, uint64_t numbers[SHOWN])
{
	struct span rest = r->body;
	unsigned long long number;
	char text[32];
	size_t n = 0;

	while (n < SHOWN && page_next("number", &rest, text, sizeof(text)))
		if (span_number(span_of(text), UINT64_MAX, &number))
			numbers[n++] = number;
	return n;
}

static bool
read_answer(const struct request *r, enum review_answer *out)
{
	char text[LIMIT_WORD_TEXT];

	page_field(r, "do", text, sizeof(text));
	*out = strcmp(text, "accept") == 0 ? REVIEW_ACCEPT : REVIEW_REJECT;
	return strcmp(text, "accept") == 0 || strcmp(text, "reject") == 0;
}

static void
settle(const struct request *r, const struct review *which,
    const struct decision *decision, struct answer *a)
{
	struct settling s = { 0 };
	struct error err;

	if (!review_decide(r->web->conf, r->web->store, which, decision, r->now,
		settled, &s, &err)) {
		answer_error(a, "console", &err);
		return;
	}
	page_say(r, "%zu report%s %s.%s", s.done, s.done == 1 ? "" : "s",
	    decision->answer == REVIEW_ACCEPT ? "accepted" : "rejected",
	    s.done < which->numbers_n
		? " Others do not wait any more: somebody else may have "
		  "settled them."
		: "");
	page_go_back(r, a, "/console/review");
}

void
console_review_settle(const struct request *r, struct answer *a)
{
	char why[LIMIT_WHY_TEXT];
	uint64_t numbers[SHOWN];
	struct review which = { .numbers = numbers };
	struct decision decision = { .by = r->actor, .why = why };

	which.numbers_n = read_numbers(r, numbers);
	page_field(r, "why", why, sizeof(why));
	if (!read_answer(r, &decision.answer)) {
		answer_problem(a, 400, "The form does not say what to do.");
	} else if (which.numbers_n == 0) {
		page_say(r, "Nothing was selected.");
		page_go_back(r, a, "/console/review");
	} else if (heavy_begin(HEAVY_LOOK, a)) {
		settle(r, &which, &decision, a);
		heavy_end(HEAVY_LOOK);
	}
}
