/*
 * queue - mail for suppressed recipients that waits in Postfix's queue.
 *
 * Postfix drops a mail as a whole or not at all: only one whose remaining
 * recipients are all suppressed, whichever stream it may be of, is dropped.
 */
#include "ctl/cmd.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ctl/queue.h"
#include "policy/queued.h"

/* A million mails with some recipients. */
#define QUEUE_BYTES_MAX (1024L * 1024 * 1024)

enum outcome {
	OUTCOME_WAITS,
	OUTCOME_REMOVED,
	OUTCOME_SHARED,
	OUTCOME_DEPENDS
};

static const struct name outcome_names[] = {
	{ OUTCOME_WAITS, "waits" },
	{ OUTCOME_REMOVED, "removed" },
	{ OUTCOME_SHARED, "shared" },
	{ OUTCOME_DEPENDS, "depends" },
	{ 0, NULL },
};

static const struct column columns[] = {
	{ "queue_id", "QUEUE ID", COLUMN_TEXT, false },
	{ "queue", "QUEUE", COLUMN_TEXT, false },
	{ "sender", "SENDER", COLUMN_TEXT, true },
	{ "recipient", "RECIPIENT", COLUMN_TEXT, true },
	{ "blocked_by", NULL, COLUMN_TEXT, false },
	{ "source", "SOURCE", COLUMN_TEXT, false },
	{ "since", "SINCE", COLUMN_TIME, false },
	{ "stream", NULL, COLUMN_TEXT, false },
	{ "outcome", "OUTCOME", COLUMN_TEXT, false },
};

/* A suppressed recipient of a mail. */
struct waiting {
	char id[QUEUE_ID_TEXT];
	char queue[QUEUE_NAME_TEXT];
	char *sender;
	char *recipient;
	struct verdict *verdict;
	enum outcome outcome;
};

struct listing {
	const struct ctl *ctl;
	struct store *store;
	const struct conf_stream *stream; /* NULL: not named */
	struct waiting *list;
	size_t n;
};

static void
add(struct listing *l, const struct queue_mail *m, const struct addr *a,
    const struct verdict *v, bool depends)
{
	struct waiting *w;

	l->list = mem_resize(l->list, l->n + 1, sizeof(*l->list));
	w = &l->list[l->n++];
	*w = (struct waiting){ .sender = mem_dup_text(m->sender),
		.recipient = mem_dup_text(a->text),
		.verdict = mem_new(1, sizeof(*v)),
		.outcome = depends ? OUTCOME_DEPENDS : OUTCOME_WAITS };
	*w->verdict = *v;
	memcpy(w->id, m->id, sizeof(w->id));
	memcpy(w->queue, m->queue, sizeof(w->queue));
}

/* Lists the suppressed recipients of one mail. */
static bool
look(struct listing *l, const struct queue_mail *m, struct error *err)
{
	size_t from = l->n, blocked = 0;

	for (size_t i = 0; i < m->recipients_n; i++) {
		struct verdict v;
		enum queued is = queued_check(l->ctl->conf, l->store, m->sender,
		    l->stream, m->recipients[i], l->ctl->now, &v, err);

		if (is == QUEUED_UNKNOWN)
			return false;
		if (is != QUEUED_GOES)
			add(l, m, m->recipients[i], &v, is == QUEUED_DEPENDS);
		blocked += is == QUEUED_BLOCKED;
	}
	for (size_t i = from; blocked < m->all_n && i < l->n; i++)
		if (l->list[i].outcome == OUTCOME_WAITS)
			l->list[i].outcome = OUTCOME_SHARED;
	return true;
}

static bool
read_queue(struct listing *l, struct error *err)
{
	struct span rest, line;
	struct buf text;
	bool ok;

	buf_init(&text, QUEUE_BYTES_MAX);
	ok = queue_list(l->ctl->opt.postfix_dir, &text, err);
	rest = buf_span(&text);
	while (ok && span_line(&rest, &line)) {
		struct queue_mail m;

		if (span_trim(line).len == 0)
			continue;
		ok = queue_mail_read(line, &m, err);
		ok = ok && look(l, &m, err);
		queue_mail_done(&m);
	}
	buf_done(&text);
	return ok;
}

/* Drops the mails whose recipients all wait in vain. */
static bool
drop(struct listing *l, struct error *err)
{
	const char **ids = mem_new(l->n + 1, sizeof(*ids));
	size_t n = 0;
	bool ok;

	for (size_t i = 0; i < l->n; i++)
		if (l->list[i].outcome == OUTCOME_WAITS &&
		    (n == 0 || strcmp(ids[n - 1], l->list[i].id) != 0))
			ids[n++] = l->list[i].id;
	ok = queue_remove(l->ctl->opt.postfix_dir, ids, n, err);
	for (size_t i = 0; ok && i < l->n; i++)
		if (l->list[i].outcome == OUTCOME_WAITS)
			l->list[i].outcome = OUTCOME_REMOVED;
	free(ids);
	return ok;
}

static enum exit_status
print(const struct listing *l, enum exit_status status)
{
	const struct ctl *ctl = l->ctl;
	struct output *o =
	    output_open(ctl->out, ctl->form, columns, ARRAY_LEN(columns));

	for (size_t i = 0; i < l->n && !ctl_deaf(ctl); i++) {
		const struct waiting *w = &l->list[i];
		const struct verdict *v = w->verdict;

		output_row(o,
		    (const struct cell[]){
			{ .text = w->id },
			{ .text = w->queue },
			{ .text = w->sender },
			{ .text = w->recipient },
			{ .text = v->value },
			{ .text = names_text(source_names, (int)v->source) },
			{ .number = v->since },
			{ .text = v->stream->name },
			{ .text = names_text(outcome_names, (int)w->outcome) },
		    });
		if (status == EXIT_YES && w->outcome != OUTCOME_REMOVED)
			status = EXIT_NO;
	}
	if (l->n == 0 && status == EXIT_YES && ctl->form == OUTPUT_TEXT)
		fputs("No mail waits for a suppressed recipient.\n", ctl->out);
	return ctl_close(ctl, o, status);
}

static void
listing_done(struct listing *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->list[i].sender);
		free(l->list[i].recipient);
		free(l->list[i].verdict);
	}
	free(l->list);
}

/* --stream has to be one of ours: what it blocks decides what is dropped. */
static bool
find_stream(struct listing *l, struct error *err)
{
	const char *name = l->ctl->opt.filter.stream;

	l->stream = conf_stream_named(l->ctl->conf, name);
	if (l->stream != NULL || name[0] == '\0')
		return true;
	error_set(err, ERROR_INVALID,
	    "--stream: no stream '%.40s' is configured", name);
	return false;
}

enum exit_status
cmd_queue(struct ctl *ctl)
{
	struct listing l = { .ctl = ctl };
	enum exit_status status = EXIT_YES;
	struct error err = { 0 };

	if (!find_stream(&l, &err))
		return ctl_fail(ctl, &err);
	l.store = ctl_look(ctl, true, &err);
	if (l.store == NULL)
		return ctl_fail(ctl, &err);
	if (!read_queue(&l, &err) || (ctl->opt.remove && !drop(&l, &err)))
		status = ctl_fail(ctl, &err);
	status = print(&l, status);
	listing_done(&l);
	store_close(l.store);
	return status;
}
