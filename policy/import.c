#include "policy/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "db/load.h"

/* Lines between two words of progress. */
#define PROGRESS_LINES 10000

const struct name import_verdict_names[] = {
	{ IMPORT_ADDED, "added" },
	{ IMPORT_KNOWN, "known" },
	{ IMPORT_SKIPPED, "skipped" },
	{ IMPORT_REFUSED, "bad" },
	{ 0, NULL },
};

struct work {
	const struct import *in;
	struct import_totals *totals;
	struct load *load;
	uint8_t *verdicts; /* by number of the line that says something; heap,
			      NULL without a report */
	size_t room;
	uint64_t done;
	off_t size; /* of the file */
};

void
import_batch(int64_t now, char out[LIMIT_BATCH_TEXT])
{
	char time[CLOCK_TEXT];
	uint16_t chance;
	size_t n = 0;

	clock_format(now, time);
	for (const char *c = time; *c != '\0'; c++)
		if (*c >= '0' && *c <= '9')
			time[n++] = *c;
	time[n] = '\0';
	hash_random(&chance, sizeof(chance));
	snprintf(out, LIMIT_BATCH_TEXT, "%.8s-%.6s-%04x", time, time + 8,
	    chance);
}

static void
set_verdict(struct work *w, uint64_t line, enum import_verdict verdict)
{
	if (w->in->report == NULL)
		return;
	while (line >= w->room) {
		w->room = w->room * 2 + 4096;
		w->verdicts = mem_resize(w->verdicts, w->room, 1);
	}
	w->verdicts[line] = (uint8_t)verdict;
}

static void
count_change(uint64_t tag, const struct change_result *result, void *arg)
{
	struct work *w = arg;

	w->totals->added += result->changed;
	w->totals->known += !result->changed;
	set_verdict(w, tag, result->changed ? IMPORT_ADDED : IMPORT_KNOWN);
	if (++w->done % PROGRESS_LINES == 0 && w->in->progress != NULL)
		w->in->progress(true, w->done, load_count(w->load), w->in->arg);
}

static void
count_bad(struct work *w, uint64_t number, uint64_t line,
    enum import_result result, const struct error *why)
{
	struct import_totals *t = w->totals;

	t->bad += result == IMPORT_BAD;
	t->skipped += result == IMPORT_SKIP;
	set_verdict(w, number,
	    result == IMPORT_BAD ? IMPORT_REFUSED : IMPORT_SKIPPED);
	if (result == IMPORT_BAD && w->in->complain != NULL)
		w->in->complain(line, why->text, w->in->arg);
}

/* Everything into the spool: until here nothing is changed. */
static bool
spool(struct work *w, struct import_reader *r, struct error *err)
{
	enum import_result result;
	struct change c;
	struct span value;
	uint64_t line;

	while ((result = import_reader_next(r, &c, &line, &value, err)) !=
	       IMPORT_END) {
		uint64_t number = w->totals->lines;

		if (result == IMPORT_FAILED)
			return false;
		w->totals->lines++;
		if (result != IMPORT_CHANGE)
			count_bad(w, number, line, result, err);
		else if (!load_add(w->load, &c, number, err))
			return false;
		if (number % PROGRESS_LINES == 0 && w->in->progress != NULL)
			w->in->progress(false, import_reader_bytes(r),
			    (uint64_t)w->size, w->in->arg);
	}
	return true;
}

static struct import_reader *
reader(const struct import *in, struct error *err)
{
	if (lseek(in->fd, 0, SEEK_SET) == 0)
		return import_reader_new(in->fd, &in->defaults);
	error_errno(err, "cannot read it from its start");
	return NULL;
}

/* The file once more: the verdicts came in the order of the index. */
static bool
report(struct work *w, struct error *err)
{
	struct import_reader *r = reader(w->in, err);
	uint64_t line, number = 0;
	enum import_result result;
	struct error why = { 0 };
	struct span value;
	struct change c;

	if (r == NULL)
		return false;
	while (number < w->totals->lines &&
	       (result = import_reader_next(r, &c, &line, &value, &why)) !=
		   IMPORT_END &&
	       result != IMPORT_FAILED) {
		enum import_verdict v = w->verdicts[number++];

		w->in->report(line, value, v,
		    v == IMPORT_REFUSED || v == IMPORT_SKIPPED ? why.text : "",
		    w->in->arg);
	}
	import_reader_free(r);
	return true;
}

bool
import_run(const struct import *in, struct import_totals *totals,
    struct error *err)
{
	struct work w = { .in = in, .totals = totals };
	struct import_reader *r = reader(in, err);
	struct stat file;
	bool ok;

	*totals = (struct import_totals){ 0 };
	if (r == NULL)
		return false;
	w.size = fstat(in->fd, &file) == 0 ? file.st_size : 0;
	w.load = load_new(in->st, in->rehearsal);
	ok = spool(&w, r, err);
	(void)span_copy(span_of(import_reader_format(r)), totals->format,
	    sizeof(totals->format));
	import_reader_free(r);
	ok = ok && load_commit(w.load, count_change, &w, err);
	load_free(w.load);
	if (ok && in->report != NULL)
		ok = report(&w, err);
	free(w.verdicts);
	return ok;
}
