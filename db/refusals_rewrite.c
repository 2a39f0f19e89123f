/*
 * refusals_rewrite - text taken out of the refusals: a file at a time is
 * replaced by one without it.
 */
#include "db/refusals_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

#define PIECE_BYTES (1024 * 1024)

struct rewriting {
	refusal_rewrite_fn *fn;
	void *arg;
	int fd; /* of the new file; -1: looking */
	struct buf piece;
	uint64_t changed;
};

static bool
flush(struct rewriting *w)
{
	bool ok = w->fd < 0 || file_write_all(w->fd, w->piece.p, w->piece.len);

	buf_reset(&w->piece);
	return ok;
}

/* All lines. A damaged one may have the text in it, and nobody reads it: it
 * is left out. False: errno. */
static bool
put_lines(struct rewriting *w, struct span lines)
{
	struct span line;
	struct refusal r;
	uint64_t lost;

	while (span_cut(&lines, '\n', &line)) {
		if (!refusal_decode(line, &r, &lost))
			continue;
		if (lost == 0 && w->fn(&r, w->arg)) {
			w->changed++;
			refusal_encode(&r, &w->piece);
		} else {
			buf_add_span(&w->piece, line);
			buf_add_char(&w->piece, '\n');
		}
		if (w->piece.len >= PIECE_BYTES && !flush(w))
			return false;
	}
	return flush(w);
}

static bool
replace(struct rewriting *w, const char *path, const struct stat *old,
    struct span lines)
{
	char fresh[REFUSALS_PATH_TEXT + 8];
	bool ok;

	snprintf(fresh, sizeof(fresh), "%s.new", path);
	w->changed = 0;
	w->fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	ok = w->fd >= 0 && file_take_after(w->fd, old) && put_lines(w, lines) &&
	     fsync(w->fd) == 0 && rename(fresh, path) == 0;
	if (w->fd >= 0)
		close(w->fd);
	if (!ok)
		(void)unlink(fresh);
	return ok;
}

/* The daemon adds nothing meanwhile: the lock is held. False: errno. */
static bool
rewrite_locked(struct rewriting *w, const char *path, int fd)
{
	struct span lines;
	struct stat st;
	void *bytes;
	bool ok;

	if (fstat(fd, &st) != 0)
		return false;
	if (st.st_size == 0)
		return true;
	bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		return false;
	lines = (struct span){ bytes, (size_t)st.st_size };
	w->fd = -1;
	ok = put_lines(w, lines) &&
	     (w->changed == 0 || replace(w, path, &st, lines));
	munmap(bytes, (size_t)st.st_size);
	return ok;
}

static bool
rewrite_day(struct rewriting *w, const char *path, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool ok;

	if (fd < 0 && errno == ENOENT)
		return true;
	ok = fd >= 0 && flock(fd, LOCK_EX) == 0 && rewrite_locked(w, path, fd);
	if (!ok)
		error_errno(err, "%.180s", path);
	if (fd >= 0)
		close(fd);
	return ok;
}

bool
refusals_rewrite(const char *dir, refusal_rewrite_fn *fn, void *arg,
    uint64_t *changed, struct error *err)
{
	char path[REFUSALS_PATH_TEXT];
	bool ok = true, any = false;
	int64_t *days;
	size_t n;

	if (!refusals_days(dir, &days, &n, err))
		return false;
	for (size_t i = 0; ok && i < n; i++) {
		struct rewriting w = { .fn = fn, .arg = arg };

		refusals_path(dir, days[i], path);
		buf_init(&w.piece, PIECE_BYTES + 2 * LIMIT_JOURNAL_LINE_BYTES);
		ok = rewrite_day(&w, path, err);
		buf_done(&w.piece);
		*changed += w.changed;
		any = any || w.changed > 0;
	}
	free(days);
	if (!ok || !any)
		return ok;
	snprintf(path, sizeof(path), "%s/" REFUSALS_DIR_NAME, dir);
	return file_sync_dir(path, err);
}
