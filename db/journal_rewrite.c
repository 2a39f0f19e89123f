/*
 * journal_rewrite - events changed where they stand, each in its own length:
 * text is taken out of them, and nothing else.
 */
#include "db/journal_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

#define PIECE_BYTES (1024 * 1024)

struct rewriting {
	struct journal *j;
	const struct journal_rewriting *how;
	char path[JOURNAL_PATH_TEXT];
	char fresh[JOURNAL_PATH_TEXT + 8]; /* beside it */
	int fd;                            /* of the new file; -1: looking */
	struct buf piece;                  /* that is not in it yet */
	off_t end;                         /* of what is in it */
	struct hash hash;                  /* of the lines before a seal */
	uint64_t changed;
};

static bool
flush(struct rewriting *w, struct error *err)
{
	if (w->fd >= 0 &&
	    !file_pwrite_all(w->fd, w->piece.p, w->piece.len, w->end)) {
		error_errno(err, "cannot write %.150s", w->fresh);
		return false;
	}
	w->end += (off_t)w->piece.len;
	buf_reset(&w->piece);
	return true;
}

/* The seal names what was sealed, and what stands there now. */
static void
put_seal(struct rewriting *w, struct span line)
{
	uint8_t digest[HASH_LONG_BYTES];
	struct journal_seal seal;
	struct error ignored;

	hash_end(&w->hash, digest);
	hash_begin(&w->hash, NULL, sizeof(digest)); /* nothing comes behind */
	if (!journal_seal_decode(line, &seal, &ignored)) {
		buf_add_span(&w->piece, line);
		buf_add_char(&w->piece, '\n');
		return;
	}
	hash_hex(digest, sizeof(digest), seal.now);
	journal_seal_encode(&seal, &w->piece);
}

static void
put_line(struct rewriting *w, struct span line)
{
	size_t from = w->piece.len;
	char *copy;

	if (journal_line_type(line) == LINE_SEAL) {
		put_seal(w, line);
		return;
	}
	buf_add_span(&w->piece, line);
	copy = w->piece.p + from;
	if (journal_line_type(line) != LINE_HEADER)
		w->changed += w->how->fn(copy, line.len, w->how->arg);
	buf_add_char(&w->piece, '\n');
	hash_add(&w->hash,
	    (struct span){ w->piece.p + from, w->piece.len - from });
}

static bool
copy_lines(struct rewriting *w, struct error *err)
{
	enum line_result result = LINE_END;
	struct line_reader r;
	struct span line;
	bool ok = true;
	off_t at;

	if (!line_reader_open(&r, w->j, w->how->segment, 0, err))
		return false;
	while (ok &&
	       (result = line_reader_next(&r, &line, &at, err)) == LINE_GOT) {
		put_line(w, line);
		if (w->how->looking && w->changed > 0)
			break;
		if (w->piece.len >= PIECE_BYTES)
			ok = flush(w, err);
	}
	line_reader_close(&r);
	if (result == LINE_LONG) {
		error_set(err, ERROR_CORRUPT,
		    "journal segment %u, byte %lld: no line ends there",
		    w->how->segment, (long long)at);
		return false;
	}
	return ok && result != LINE_ERROR && flush(w, err);
}

/* Whose the old file was, and who may read it, the new one is and may. */
static bool
open_fresh(struct rewriting *w, struct error *err)
{
	struct stat old;

	snprintf(w->fresh, sizeof(w->fresh), "%s.new", w->path);
	w->fd = open(w->fresh, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	if (w->fd >= 0 && stat(w->path, &old) == 0 &&
	    file_take_after(w->fd, &old))
		return true;
	error_errno(err, "cannot make %.150s", w->fresh);
	return false;
}

/* Puts the new file in place. The journal grows in the file that has the
 * name: it must have it for good, or nothing may be written any more. */
static bool
install(struct rewriting *w, struct error *err)
{
	struct journal *j = w->j;

	if (fsync(w->fd) != 0 || rename(w->fresh, w->path) != 0) {
		error_errno(err, "cannot put %.150s in place", w->fresh);
		return false;
	}
	if (w->how->segment == j->segment && j->fd >= 0) {
		int old = j->fd;

		j->fd = w->fd;
		w->fd = old;
		*w->how->poisoned = w->end != j->end;
	}
	if (!*w->how->poisoned && file_sync_dir(j->dir, err))
		return true;
	if (*w->how->poisoned)
		error_set(err, ERROR_CORRUPT,
		    "journal segment %u has another length than it should",
		    w->how->segment);
	*w->how->poisoned = true;
	return false;
}

bool
journal_rewrite(struct journal *j, const struct journal_rewriting *how,
    uint64_t *changed, struct error *err)
{
	struct rewriting w = { .j = j, .how = how, .fd = -1 };
	bool ok;

	journal_path(j, how->segment, w.path);
	buf_init(&w.piece, PIECE_BYTES + 2 * LIMIT_JOURNAL_LINE_BYTES);
	hash_begin(&w.hash, NULL, HASH_LONG_BYTES);
	ok = (how->looking || open_fresh(&w, err)) && copy_lines(&w, err) &&
	     (how->looking || w.changed == 0 || install(&w, err));
	if (!how->looking && (!ok || w.changed == 0))
		(void)unlink(w.fresh);
	if (w.fd >= 0)
		close(w.fd);
	buf_done(&w.piece);
	*changed = w.changed;
	return ok;
}
