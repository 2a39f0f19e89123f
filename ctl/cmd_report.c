/*
 * ingest and explain: the same judgement, written or only told. ingest
 * commits many mails at once; each is told, and moved, only when what it
 * teaches is durable.
 */
#include "ctl/cmd.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "ctl/archive.h"
#include "ctl/lessons.h"
#include "ctl/mails.h"
#include "ctl/progress.h"
#include "policy/engine.h"

/* One commit: enough mails for its syncs, several for each shard of the
 * store, to cost little; no more than some ten megabytes. */
#define BATCH_MAILS 1024
#define BATCH_FINDINGS 4000

struct reader {
	const struct ctl *ctl;
	struct arrival arrival;
	struct keys *keys;   /* of tokens; NULL: none */
	struct store *store; /* NULL: explain */
	struct lessons told;
	struct mail mails[BATCH_MAILS]; /* path is heap, bytes are gone */
	struct lesson lessons[BATCH_MAILS];
	size_t n;
	size_t findings_n;
};

/* Nothing of a report is on disk that was one too many. */
static bool
is_kept(const struct lesson *l)
{
	for (size_t i = 0; i < l->findings_n; i++)
		if (l->findings[i].dropped)
			return false;
	return true;
}

/* Tells a mail whose changes are durable, and moves it away. */
static bool
finish(struct reader *r, size_t i, struct error *err)
{
	const struct mail *m = &r->mails[i];
	const char *archive = r->ctl->opt.done;

	lessons_tell(&r->told, m, &r->lessons[i]);
	if (archive == NULL || m->too_large || !is_kept(&r->lessons[i]))
		return true;
	if (!archive_move(archive, m->path, err))
		return false;
	r->told.moved++;
	return true;
}

static bool
is_at_fault(const struct error *why)
{
	return why->code == ERROR_INVALID || why->code == ERROR_LIMIT;
}

/*
 * Commits those from `from` on, as far as it goes, and passes over one that
 * can't be written. Gives where to go on.
 */
static bool
commit(struct reader *r, size_t *from, struct error *err)
{
	size_t end, done = r->n - *from;
	struct error why;
	bool ok = true;

	if (r->store != NULL)
		ok = engine_commit(r->ctl->conf, r->store, r->lessons + *from,
		    r->n - *from, r->ctl->now, &done, &why);
	end = *from + done;
	for (; *from < end; ++*from)
		if (!finish(r, *from, err))
			return false;
	if (ok)
		return true;
	error_prefix(&why, "%.150s", r->mails[end].path);
	if (!is_at_fault(&why)) {
		*err = why;
		return false;
	}
	log_error("%s: %s", r->ctl->command, why.text);
	r->told.unread++;
	++*from;
	return true;
}

static bool
flush(struct reader *r, struct error *err)
{
	bool ok = true;
	size_t from = 0;

	while (ok && from < r->n)
		ok = commit(r, &from, err);
	for (size_t i = 0; i < r->n; i++) {
		lesson_done(&r->lessons[i]);
		free((char *)r->mails[i].path);
	}
	r->n = r->findings_n = 0;
	return ok;
}

static void
too_large(const struct ctl *ctl, struct lesson *l)
{
	*l = (struct lesson){ .report.format = "" };
	snprintf(l->report.note, sizeof(l->report.note),
	    "larger than report_max_bytes (%lld): not read",
	    (long long)ctl->conf->report_max_bytes);
}

static bool
read_mail(const struct mail *m, void *arg, struct error *err)
{
	struct reader *r = arg;
	struct lesson *l = &r->lessons[r->n];

	if (m->too_large)
		too_large(r->ctl, l);
	else
		engine_explain(r->ctl->conf, NULL, &r->arrival, m->bytes,
		    r->ctl->now, l);
	r->mails[r->n] = *m;
	r->mails[r->n].path = mem_dup_text(m->path);
	r->mails[r->n].bytes = (struct span){ NULL, 0 };
	r->n++;
	r->findings_n += l->findings_n;
	if (r->store != NULL && r->n < BATCH_MAILS &&
	    r->findings_n < BATCH_FINDINGS)
		return true;
	return flush(r, err);
}

static enum exit_status
read_all(struct ctl *ctl, struct reader *r)
{
	enum exit_status status = EXIT_YES;
	struct error err = { 0 };
	size_t unread = 0;
	bool ok;

	/* Without them tokens prove nothing, and the rest goes on. */
	r->keys = keys_load(ctl->conf->token_keys, ctl->conf->token_sign, &err);
	if (r->keys == NULL)
		log_warning("%s: tokens prove nothing: %s", ctl->command,
		    err.text);
	r->arrival.keys = r->keys;
	lessons_open(&r->told, ctl, r->store != NULL);
	/* What is printed on a terminal shows that it goes on. */
	if (!isatty(STDOUT_FILENO))
		progress_begin(ctl->command, "mails");
	ok = mails_walk(ctl, read_mail, r, &unread, &err) && flush(r, &err);
	progress_end();
	keys_unref(r->keys);
	r->told.unread += unread;
	if (!ok)
		status = ctl_fail(ctl, &err);
	else if (r->told.unread > 0)
		status = EXIT_USAGE;
	if (ok)
		lessons_sum_up(&r->told);
	return lessons_close(&r->told, status);
}

static struct reader *
reader_new(const struct ctl *ctl, bool believe)
{
	struct reader *r = mem_new(1, sizeof(*r));

	r->ctl = ctl;
	r->arrival = (struct arrival){ .assume_trust = believe,
		.helo = "",
		.mail_from = "",
		/* A mailer's pipe brings what has just come. */
		.backlog = !ctl->opt.pipe };
	return r;
}

enum exit_status
cmd_explain(struct ctl *ctl)
{
	struct reader *r = reader_new(ctl, !ctl->opt.trust);
	enum exit_status status = read_all(ctl, r);

	free(r);
	return status;
}

/* Before anything is read: mails of what is no Maildir can't be moved. */
static bool
prepare_archive(const struct ctl *ctl, struct error *err)
{
	const char *archive = ctl->opt.done;

	if (archive == NULL)
		return true;
	if (ctl->operands_n == 0)
		error_set(err, ERROR_INVALID, "--done wants a Maildir");
	for (size_t i = 0; i < ctl->operands_n; i++) {
		if (!mails_is_maildir(ctl->operands[i])) {
			error_set(err, ERROR_INVALID,
			    "--done: %.180s is no Maildir", ctl->operands[i]);
			return false;
		}
		if (!archive_takes(archive, ctl->operands[i], err))
			return false;
	}
	return ctl->operands_n > 0 && archive_make(archive, err);
}

enum exit_status
cmd_ingest(struct ctl *ctl)
{
	enum exit_status status = EXIT_FAILED;
	struct error err = { 0 };
	struct reader *r;

	if (!prepare_archive(ctl, &err))
		return ctl_fail(ctl, &err);
	r = reader_new(ctl, ctl->opt.believe);
	r->store = ctl_change(ctl, true, &err);
	if (r->store != NULL)
		status = read_all(ctl, r);
	else
		status = ctl_fail(ctl, &err);
	store_close(r->store);
	free(r);
	return status;
}
