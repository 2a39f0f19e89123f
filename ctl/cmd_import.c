/*
 * import - the front end of policy/import.h.
 */
#include "ctl/cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "ctl/progress.h"
#include "policy/import.h"

/* Bad lines that are named on standard error; the report names them all. */
#define NAMED_MAX 20

struct session {
	struct ctl *ctl;
	const char *name; /* of the file, for error texts */
	int fd;
	FILE *report; /* NULL: none */
	struct output *rows;
	uint64_t named;
	bool writing;
	uint64_t done;
};

static const struct column report_columns[] = {
	{ "line", NULL, COLUMN_INT, false },
	{ "value", NULL, COLUMN_TEXT, false },
	{ "verdict", NULL, COLUMN_TEXT, false },
	{ "why", NULL, COLUMN_TEXT, false },
};

static const struct column total_columns[] = {
	{ "batch", NULL, COLUMN_TEXT, false },
	{ "format", NULL, COLUMN_TEXT, false },
	{ "lines", NULL, COLUMN_INT, false },
	{ "added", NULL, COLUMN_INT, false },
	{ "known", NULL, COLUMN_INT, false },
	{ "skipped", NULL, COLUMN_INT, false },
	{ "bad", NULL, COLUMN_INT, false },
	{ "dry_run", NULL, COLUMN_BOOL, false },
};

static void
put_line(uint64_t line, struct span value, enum import_verdict verdict,
    const char *why, void *arg)
{
	struct session *s = arg;
	char text[LIMIT_VALUE_TEXT];

	(void)span_copy(value, text, sizeof(text));
	output_row(s->rows,
	    (const struct cell[]){
		{ .number = (int64_t)line },
		{ .text = text },
		{ .text = names_text(import_verdict_names, (int)verdict) },
		{ .text = why },
	    });
}

static void
complain(uint64_t line, const char *why, void *arg)
{
	struct session *s = arg;

	if (s->named++ < NAMED_MAX)
		log_error("%s: %s:%" PRIu64 ": %s", s->ctl->command, s->name,
		    line, why);
}

static void
progress(bool writing, uint64_t done, uint64_t total, void *arg)
{
	struct session *s = arg;

	if (writing && !s->writing) {
		progress_end();
		progress_begin(s->ctl->command, "written");
		s->writing = true;
		s->done = 0;
	}
	progress_add(done - s->done);
	s->done = done;
	progress_expect(total);
	progress_at(done);
}

/* A pipe can't be read twice: it is copied to a file without a name. */
static int
copy_pipe(int from, struct error *err)
{
	int fd = file_temporary(err);
	char piece[65536];
	ssize_t got;

	if (fd < 0)
		return -1;
	for (;;) {
		got = read(from, piece, sizeof(piece));
		if (got == 0)
			return fd;
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 || !file_write_all(fd, piece, (size_t)got))
			break;
	}
	error_errno(err, "cannot copy the input to a file (TMPDIR)");
	close(fd);
	return -1;
}

static bool
open_input(struct session *s, struct error *err)
{
	const char *path = s->ctl->operands[0];
	bool standard = span_is(span_of(path), "-");
	struct stat file;
	int fd;

	s->name = standard ? "standard input" : path;
	fd = standard ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &file) != 0) {
		error_errno(err, "%.180s", s->name);
		err->code = ERROR_INVALID;
		if (fd >= 0)
			close(fd);
		return false;
	}
	if (S_ISREG(file.st_mode)) {
		s->fd = fd;
		return true;
	}
	s->fd = copy_pipe(fd, err);
	close(fd);
	return s->fd >= 0;
}

/* Never over the file that is read. */
static bool
open_report(struct session *s, struct error *err)
{
	const char *path = s->ctl->opt.report;
	struct stat in, out;

	if (path == NULL)
		return true;
	if (fstat(s->fd, &in) == 0 && stat(path, &out) == 0 &&
	    in.st_dev == out.st_dev && in.st_ino == out.st_ino) {
		error_set(err, ERROR_INVALID,
		    "--report %.150s is the file to be imported", path);
		return false;
	}
	s->report = fopen(path, "we");
	if (s->report == NULL) {
		error_errno(err, "--report %.150s", path);
		err->code = ERROR_INVALID;
		return false;
	}
	s->rows = output_open(s->report, OUTPUT_CSV, report_columns,
	    ARRAY_LEN(report_columns));
	return true;
}

/* False: it is not all there. */
static bool
close_report(struct session *s, struct error *err)
{
	bool ok;

	if (s->report == NULL)
		return true;
	ok = output_close(s->rows);
	if (fclose(s->report) != 0 || !ok) {
		error_errno(err, "cannot write the report to %.150s",
		    s->ctl->opt.report);
		return false;
	}
	return true;
}

static void
put_text(const struct ctl *ctl, const struct import *in,
    const struct import_totals *t)
{
	fprintf(ctl->out,
	    "%s %" PRIu64 " of %" PRIu64 " lines (%s); %" PRIu64
	    " stood already, %" PRIu64 " skipped, %" PRIu64 " bad.\n",
	    in->rehearsal ? "Would add" : "Added", t->added, t->lines,
	    t->format, t->known, t->skipped, t->bad);
	if (!in->rehearsal && t->added > 0)
		fprintf(ctl->out,
		    "Batch %s; to take it back: "
		    "suppressctl undo %s --why TEXT\n",
		    in->defaults.batch, in->defaults.batch);
}

static enum exit_status
put_totals(struct ctl *ctl, const struct import *in,
    const struct import_totals *t, enum exit_status status)
{
	struct output *o;

	if (ctl->form == OUTPUT_TEXT) {
		put_text(ctl, in, t);
		return status;
	}
	o = output_open(ctl->out, ctl->form, total_columns,
	    ARRAY_LEN(total_columns));
	output_row(o, (const struct cell[]){
			  { .text = in->defaults.batch },
			  { .text = t->format },
			  { .number = (int64_t)t->lines },
			  { .number = (int64_t)t->added },
			  { .number = (int64_t)t->known },
			  { .number = (int64_t)t->skipped },
			  { .number = (int64_t)t->bad },
			  { .number = in->rehearsal },
		      });
	return ctl_close(ctl, o, status);
}

static void
take_defaults(const struct ctl *ctl, const char *name,
    struct import_defaults *d)
{
	const struct options *opt = &ctl->opt;

	*d = (struct import_defaults){ .source = opt->filter.source,
		.now = ctl->now };
	(void)span_copy(span_of(opt->filter.stream), d->stream,
	    sizeof(d->stream));
	if (opt->why[0] != '\0')
		(void)span_copy(span_of(opt->why), d->why, sizeof(d->why));
	else
		snprintf(d->why, sizeof(d->why), "import of %.400s", name);
	if (opt->expires_s != 0)
		d->expires = ctl->now + opt->expires_s;
	ctl_actor(d->by);
	import_batch(ctl->now, d->batch);
}

static enum exit_status
run(struct session *s, struct store *st)
{
	struct ctl *ctl = s->ctl;
	struct import in = { .st = st,
		.fd = s->fd,
		.rehearsal = ctl->opt.dry_run,
		.report = s->report != NULL ? put_line : NULL,
		.complain = complain,
		.progress = progress,
		.arg = s };
	enum exit_status status = EXIT_YES;
	struct import_totals totals;
	struct error err = { 0 };
	bool done;

	take_defaults(ctl, s->name, &in.defaults);
	progress_begin(ctl->command, "bytes");
	done = import_run(&in, &totals, &err);
	progress_end();
	if (!done)
		error_prefix(&err, "%.100s", s->name);
	if (s->named > NAMED_MAX)
		log_error("%s: %" PRIu64 " more bad lines; --report FILE names "
			  "them all",
		    ctl->command, s->named - NAMED_MAX);
	if (!done || !close_report(s, &err))
		status = ctl_fail(ctl, &err);
	else if (totals.bad > 0)
		status = EXIT_USAGE;
	/* After a failure, too: what was added stays. */
	if (done || totals.added > 0)
		status = put_totals(ctl, &in, &totals, status);
	return status;
}

enum exit_status
cmd_import(struct ctl *ctl)
{
	struct session s = { .ctl = ctl, .fd = -1 };
	enum exit_status status = EXIT_FAILED;
	struct error err = { 0 };
	struct store *st = NULL;

	if (open_input(&s, &err) && open_report(&s, &err))
		st = ctl->opt.dry_run ? ctl_look(ctl, true, &err)
				      : ctl_change(ctl, true, &err);
	if (st != NULL) {
		ctl_warn_stream(ctl);
		status = run(&s, st);
	} else {
		status = ctl_fail(ctl, &err);
	}
	store_close(st);
	if (s.fd >= 0)
		close(s.fd);
	return status;
}
