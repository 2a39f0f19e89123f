/*
 * erase_files - the files that may have text in them, one after the other.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "db/erase_impl.h"
#include "db/refusals_impl.h"

static void
tell(const struct erasing *e, uint64_t done, uint64_t total)
{
	if (e->tell != NULL)
		e->tell(done, total, e->arg);
}

static bool
hide_event(char *line, size_t len, void *arg)
{
	const struct erasing *e = arg;

	return hide_line(e->hide, line, len);
}

struct segment_work {
	struct erasing *e;
	uint32_t segment;
};

static bool
rewrite_segment(struct store *st, void *arg, struct error *err)
{
	const struct segment_work *w = arg;
	const struct journal_rewriting how = { .segment = w->segment,
		.fn = hide_event,
		.arg = w->e,
		.poisoned = &st->poisoned };
	uint64_t changed;

	if (st->poisoned) {
		error_set(err, ERROR_TEMPORARY,
		    "this process must not write any more, after a disk "
		    "error: restart it");
		return false;
	}
	/* A shard's position is checked by the line where it stands: that
	 * must not be one that changes behind its back. */
	index_tend(st);
	if (!journal_rewrite(st->journal, &how, &changed, err))
		return false;
	w->e->out->events += changed;
	return w->segment != st->now.pos.segment || index_stamp(st, err);
}

/* Most segments have nothing of the value: others' changes go on while they
 * are looked at, and wait only while one is replaced. */
static bool
erase_journal(struct erasing *e, struct error *err)
{
	uint32_t first, last;

	if (!journal_segments(e->st->journal, &first, &last, err))
		return false;
	for (uint32_t i = first; i != 0 && i <= last; i++) {
		const struct journal_rewriting look = { .segment = i,
			.looking = true,
			.fn = hide_event,
			.arg = e };
		struct segment_work w = { e, i };
		uint64_t found;

		tell(e, i - first, last - first + 1);
		if (!journal_rewrite(e->st->journal, &look, &found, err) ||
		    (found > 0 &&
			!writer_alone(e->st, rewrite_segment, &w, err)))
			return false;
	}
	return true;
}

/* Is it the value, in whatever spelling? */
static bool
is_value(const struct erasing *e, const char *text)
{
	const char *spelling;

	for (size_t i = 0; (spelling = hide_spelling(e->hide, i)) != NULL; i++)
		if (strcasecmp(spelling, text) == 0)
			return true;
	return false;
}

static bool
hide_name(const struct erasing *e, char *text, size_t size)
{
	struct value v = { .kind = hide_value(e->hide)->kind };

	if (!is_value(e, text))
		return false;
	value_hide(&v, e->hash);
	(void)span_copy(span_of(v.text), text, size);
	return true;
}

/* Who wanted to send is one of us: that stays, but where it is the value. */
static bool
hide_refusal(struct refusal *r, void *arg)
{
	const struct erasing *e = arg;
	bool any;

	if (e->order == NULL) {
		any = store_hide(e->st, r->recipient);
		return store_hide(e->st, r->value) || any;
	}
	any = hide_name(e, r->recipient, sizeof(r->recipient));
	any = hide_name(e, r->value, sizeof(r->value)) || any;
	any = hide_text(e->hide, r->sender) || any;
	return hide_text(e->hide, r->login) || any;
}

/* Whole lines of the journal, and torn ones. */
static bool
hide_lines(const struct hide *h, char *bytes, size_t len)
{
	struct span rest = { bytes, len }, line;
	bool any = false;

	while (span_cut(&rest, '\n', &line))
		any = hide_line(h, bytes + (line.p - bytes), line.len) || any;
	return any;
}

static bool
erase_quarantined(struct erasing *e, const char *dir, const char *name,
    struct error *err)
{
	char path[STORE_PATH_TEXT];
	struct buf bytes;
	bool ok;

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >=
	    (int)sizeof(path)) {
		error_set(err, ERROR_LIMIT, "%.150s: the path is too long",
		    name);
		return false;
	}
	buf_init(&bytes, LIMIT_BATCH_BYTES);
	ok = file_read_path(path, &bytes, err);
	if (ok && bytes.len > 0 && hide_lines(e->hide, bytes.p, bytes.len)) {
		e->out->files++;
		ok = file_replace(dir, name, buf_span(&bytes), 0640, err);
	}
	buf_done(&bytes);
	return ok;
}

static bool
erase_quarantine(struct erasing *e, struct error *err)
{
	char path[STORE_PATH_TEXT];
	const char *name;
	bool ok = true;
	DIR *dir;

	store_path(e->st, "quarantine", path);
	dir = opendir(path);
	if (dir == NULL && errno == ENOENT)
		return true;
	if (dir == NULL) {
		error_errno(err, "%.180s", path);
		return false;
	}
	while (
	    ok && (ok = file_next_name(dir, path, &name, err)) && name != NULL)
		ok = name[0] == '.' || erase_quarantined(e, path, name, err);
	closedir(dir);
	return ok;
}

bool
erase_everywhere(struct erasing *e, struct error *err)
{
	bool ok = erase_journal(e, err);

	/* What is made here is the daemon's, also where root does it. */
	owner_begin(&e->st->owner);
	ok = ok &&
	     refusals_rewrite(e->st->dir, hide_refusal, e, &e->out->refusals,
		 err) &&
	     erase_quarantine(e, err);
	owner_end(&e->st->owner);
	return ok;
}
