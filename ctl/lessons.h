/*
 * lessons - what a mail teaches, as ingest and explain tell it: text, JSON,
 * CSV, and the summary at the end.
 */
#ifndef CTL_LESSONS_H
#define CTL_LESSONS_H

#include "ctl/command.h"
#include "ctl/mails.h"
#include "policy/engine.h"

#define REPORT_TYPES (REPORT_AUTO_REPLY + 1)
#define BOUNCE_CLASSES (CLASS_UNDETERMINED + 1)

struct lessons {
	const struct ctl *ctl;
	bool written;       /* ingest; else it is only explained */
	struct output *csv; /* NULL: another form */
	uint64_t mails;
	uint64_t suppressed; /* addresses; explain: that would be */
	uint64_t unverified; /* recipients, but for */
	uint64_t not_kept;   /* those that were too many of that */
	uint64_t too_large;
	uint64_t unread; /* files that could not be read; the caller's */
	uint64_t moved;  /* the caller's */
	uint64_t types[REPORT_TYPES];     /* of mails */
	uint64_t classes[BOUNCE_CLASSES]; /* of recipients */
};

void lessons_open(struct lessons *all, const struct ctl *ctl, bool written);

/* Prints one and counts it; m->bytes is not looked at. */
void lessons_tell(struct lessons *all, const struct mail *m,
    const struct lesson *l);

/*
 * The summary: as text of more mails than one; as JSON of an ingest, as its
 * last object (explain's objects are one a mail); never as CSV.
 */
void lessons_sum_up(const struct lessons *all);

/* Ends the output. Gives status, or EXIT_FAILED. */
enum exit_status lessons_close(struct lessons *all, enum exit_status status);

#endif
