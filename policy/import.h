/*
 * import - takes a list of somebody's: what is on it is put on ours. Nothing
 * is weakened or removed: a reason that stands already and holds as long is
 * left as it is, so that the same file may come twice.
 *
 * The reasons carry the name of their batch: undo finds them by it.
 */
#ifndef POLICY_IMPORT_H
#define POLICY_IMPORT_H

#include "db/store.h"
#include "policy/import_line.h"

/* What became of a line. */
enum import_verdict {
	IMPORT_ADDED,
	IMPORT_KNOWN, /* the reason stands already */
	IMPORT_SKIPPED,
	IMPORT_REFUSED, /* a bad line */
};
extern const struct name import_verdict_names[];

struct import_totals {
	uint64_t lines; /* all that say something */
	uint64_t added;
	uint64_t known;
	uint64_t skipped;
	uint64_t bad;
	char format[32];
};

struct import {
	struct store *st;
	int fd; /* a regular file, from its start */
	struct import_defaults defaults;
	bool rehearsal;
	/* Told of each line in their order, when all is done; or NULL. why is
	 * empty for what was added. */
	void (*report)(uint64_t line, struct span value,
	    enum import_verdict verdict, const char *why, void *arg);
	/* Told of bad lines as they are found; or NULL. */
	void (*complain)(uint64_t line, const char *why, void *arg);
	/* Told how far it is: reading, in bytes; writing, in changes. Or
	 * NULL. */
	void (
	    *progress)(bool writing, uint64_t done, uint64_t total, void *arg);
	void *arg;
};

/* A new name for a batch: the time and some chance. */
void import_batch(int64_t now, char out[LIMIT_BATCH_TEXT]);

/*
 * Does it. False: what *totals counts is done and stays, the same file again
 * does the rest; err says what happened.
 */
bool import_run(const struct import *in, struct import_totals *totals,
    struct error *err) MUST_CHECK;

#endif
