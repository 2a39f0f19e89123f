/*
 * refusals_impl - the lines of refusals.h and the files they are in.
 */
#ifndef DB_REFUSALS_IMPL_H
#define DB_REFUSALS_IMPL_H

#include "db/refusals.h"

#define REFUSALS_PATH_TEXT 4096
#define REFUSALS_DIR_NAME "refusals"

/* One line with its LF. */
void refusal_encode(const struct refusal *one, struct buf *out);
void refusal_encode_lost(int64_t at, uint64_t lost, struct buf *out);

/* A line without its LF. *lost > 0: it tells of so many, and out is empty.
 * False: it is damaged. */
bool refusal_decode(struct span line, struct refusal *out,
    uint64_t *lost) MUST_CHECK;

/*
 * The days (since 1970) that there is a file for, sorted; heap. A directory
 * that is not there has none.
 */
bool refusals_days(const char *dir, int64_t **days, size_t *n,
    struct error *err) MUST_CHECK;

/*
 * Gives each refusal to fn, which may change its texts; true: it has. A file
 * of which any was changed is replaced, synced; the others are left alone.
 * The daemon, which may be adding to it, waits. *changed grows by how many.
 */
typedef bool refusal_rewrite_fn(struct refusal *r, void *arg);
bool refusals_rewrite(const char *dir, refusal_rewrite_fn *fn, void *arg,
    uint64_t *changed, struct error *err) MUST_CHECK;

/* dir/refusals/2026-11-26.jsonl */
void refusals_path(const char *dir, int64_t day, char out[REFUSALS_PATH_TEXT]);

#endif
