/*
 * review - the reports that wait for a person.
 */
#include "ctl/cmd.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "ctl/progress.h"
#include "ctl/rows.h"
#include "policy/review.h"

struct answer {
	const struct ctl *ctl;
	const struct decision *decision;
	struct output *out;
	uint64_t *numbers; /* heap; those asked for */
	bool *found;       /* heap; of numbers */
	size_t numbers_n;
	size_t n; /* rows */
};

static const struct column answer_columns[] = {
	{ "number", "NUMBER", COLUMN_INT, false },
	{ "value", "VALUE", COLUMN_TEXT, true },
	{ "kind", NULL, COLUMN_TEXT, false },
	{ "source", "SOURCE", COLUMN_TEXT, false },
	{ "class", NULL, COLUMN_TEXT, false },
	{ "expires", NULL, COLUMN_TIME, false },
	{ "changed", NULL, COLUMN_BOOL, false },
	{ "result", "RESULT", COLUMN_TEXT, false },
};

static enum exit_status
list(const struct ctl *ctl, const char *number)
{
	const struct review which = { .filter = ctl->opt.filter,
		.trust = ctl->opt.state };
	enum exit_status status = EXIT_YES;
	struct error err = { 0 };
	struct store *st = NULL;
	struct rows rows;

	if (ctl->operands_n > 1)
		error_set(&err, ERROR_INVALID, "'%.40s': list takes no numbers",
		    number);
	else
		st = ctl_look(ctl, true, &err);
	if (st == NULL)
		return ctl_fail(ctl, &err);
	rows_open(&rows, ctl, ROWS_REVIEW);
	if (!review_walk(ctl->conf, st, &which, ctl->now, rows_review, &rows,
		&err))
		status = ctl_fail(ctl, &err);
	status = ctl_close(ctl, rows.out, status);
	if (status == EXIT_YES && rows.n == 0 && ctl->form == OUTPUT_TEXT)
		fputs("Nothing waits.\n", ctl->out);
	store_close(st);
	return status;
}

static const char *
result_text(const struct decision *d, bool changed)
{
	static const char *const texts[][2] = {
		[REVIEW_ACCEPT] = { "accepted", "would be accepted" },
		[REVIEW_REJECT] = { "rejected", "would be rejected" },
	};

	return changed ? texts[d->answer][d->rehearsal] : "was settled already";
}

static void
answer_row(uint64_t number, const struct change *c, bool changed, void *arg)
{
	struct answer *a = arg;

	progress_end(); /* from now on the rows show that it goes on */
	for (size_t i = 0; i < a->numbers_n; i++)
		if (a->numbers[i] == number)
			a->found[i] = true;
	a->n++;
	output_row(a->out,
	    (const struct cell[]){
		{ .number = (int64_t)number },
		{ .text = c->value.text },
		{ .text = names_text(kind_names, (int)c->value.kind) },
		{ .text = names_text(source_names, (int)c->source) },
		{ .text = c->evidence.class },
		{ .number = c->expires },
		{ .number = changed && !a->decision->rehearsal },
		{ .text = result_text(a->decision, changed) },
	    });
}

/* The operands behind the first. */
static bool
read_numbers(struct answer *a, struct error *err)
{
	const struct ctl *ctl = a->ctl;

	a->numbers_n = ctl->operands_n - 1;
	a->numbers = mem_new(a->numbers_n, sizeof(*a->numbers));
	a->found = mem_new(a->numbers_n, sizeof(*a->found));
	for (size_t i = 0; i < a->numbers_n; i++) {
		const char *text = ctl->operands[i + 1];
		unsigned long long n;

		if (!span_number(span_of(text), UINT64_MAX, &n)) {
			error_set(err, ERROR_INVALID,
			    "'%.40s' is no number of a report; see "
			    "suppressctl review list",
			    text);
			return false;
		}
		a->numbers[i] = n;
	}
	return true;
}

/* Nobody settles all that waits by leaving something out. */
static bool
says_which(const struct answer *a, struct error *err)
{
	const struct options *opt = &a->ctl->opt;
	const struct filter *f = &opt->filter;

	if (a->numbers_n > 0 || opt->all || opt->state != NULL ||
	    f->kind != 0 || f->source != 0 || f->since != 0 || f->until != 0 ||
	    f->search[0] != '\0')
		return true;
	error_set(err, ERROR_INVALID,
	    "say which: numbers, a condition, or --all");
	return false;
}

/* Gives EXIT_NO when something asked for does not wait. */
static enum exit_status
tell_missing(const struct answer *a)
{
	enum exit_status status = a->n > 0 ? EXIT_YES : EXIT_NO;

	for (size_t i = 0; i < a->numbers_n; i++) {
		if (a->found[i])
			continue;
		log_error("review: %llu does not wait, or not with these "
			  "conditions",
		    (unsigned long long)a->numbers[i]);
		status = EXIT_NO;
	}
	if (a->n == 0 && a->numbers_n == 0 && a->ctl->form == OUTPUT_TEXT)
		fputs("Nothing that waits matches.\n", a->ctl->out);
	return status;
}

static enum exit_status
decide(struct answer *a, struct store *st)
{
	const struct ctl *ctl = a->ctl;
	const struct review which = { .filter = ctl->opt.filter,
		.trust = ctl->opt.state,
		.numbers = a->numbers_n > 0 ? a->numbers : NULL,
		.numbers_n = a->numbers_n };
	struct error err = { 0 };
	bool done;

	a->out = output_open(ctl->out, ctl->form, answer_columns,
	    ARRAY_LEN(answer_columns));
	progress_begin(ctl->command, NULL);
	done = review_decide(ctl->conf, st, &which, a->decision, ctl->now,
	    answer_row, a, &err);
	progress_end();
	if (!done && a->n > 0)
		error_prefix(&err, "the first %zu are settled, the rest is not",
		    a->n);
	return ctl_close(ctl, a->out, done ? EXIT_YES : ctl_fail(ctl, &err));
}

static enum exit_status
settle(const struct ctl *ctl, enum review_answer answer)
{
	char by[LIMIT_ACTOR_TEXT];
	const struct decision decision = { .answer = answer,
		.by = by,
		.why = ctl->opt.why,
		.rehearsal = ctl->opt.dry_run };
	struct answer a = { .ctl = ctl, .decision = &decision };
	enum exit_status status = EXIT_FAILED;
	struct error err = { 0 };
	struct store *st = NULL;

	ctl_actor(by);
	if (read_numbers(&a, &err) && says_which(&a, &err))
		st = ctl->opt.dry_run ? ctl_look(ctl, true, &err)
				      : ctl_change(ctl, false, &err);
	if (st != NULL)
		status = decide(&a, st);
	else
		status = ctl_fail(ctl, &err);
	if (status == EXIT_YES)
		status = tell_missing(&a);
	store_close(st);
	free(a.numbers);
	free(a.found);
	return status;
}

/* All their numbers are operands. */
static enum exit_status
accept_them(const struct ctl *ctl, const char *number)
{
	(void)number;
	return settle(ctl, REVIEW_ACCEPT);
}

static enum exit_status
reject_them(const struct ctl *ctl, const char *number)
{
	(void)number;
	return settle(ctl, REVIEW_REJECT);
}

static const struct verb verbs[] = {
	{ "list", list },
	{ "accept", accept_them },
	{ "reject", reject_them },
	{ 0 },
};

enum exit_status
cmd_review(struct ctl *ctl)
{
	return ctl_verb(ctl, verbs);
}
