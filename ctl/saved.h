/*
 * saved - what Postfix's configuration was before "postfix --apply", so that
 * --revert can put it back.
 *
 * It is kept beside main.cf: in suppressd-saved.jsonl each setting that was
 * changed, as it was first, and in *.before-suppressd both files whole. A
 * file that nobody else has changed since goes back byte for byte; in one
 * that was edited, only our settings do.
 */
#ifndef CTL_SAVED_H
#define CTL_SAVED_H

#include "base/hash.h"
#include "ctl/postfix.h"

#define SAVED_NAME "suppressd-saved.jsonl"

/* main.cf or master.cf. */
struct saved_file {
	bool copied; /* there is a copy of it, as it was before us */
	char hash[2 * HASH_LONG_BYTES + 1]; /* as we left it; "": unknown */
};
#define SAVED_FILES 2

struct saved {
	char dir[POSTFIX_TEXT]; /* of Postfix's configuration */
	struct setting list[SETTINGS_MAX];
	size_t n;
	struct saved_file files[SAVED_FILES];
};

/* Reads what is kept; nothing kept: n is 0. */
bool saved_read(const char *postfix_dir, struct saved *all,
    struct error *err) MUST_CHECK;

/* Before the plan is applied: keeps what it will change. */
bool saved_keep(struct saved *all, const struct plan *p,
    struct error *err) MUST_CHECK;

/* After it: notes how the files are now. */
bool saved_seal(struct saved *all, struct error *err) MUST_CHECK;

/* Puts all back and forgets it. *whole: both files as they were. */
bool saved_restore(struct saved *all, const char *postfix_dir, bool *whole,
    struct error *err) MUST_CHECK;

#endif
