/*
 * backup_read - an archive back into a directory. It comes from outside:
 * nothing but what backup.c writes is taken, in its order.
 */
#include "db/backup_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "db/privacy.h"
#include "db/store_impl.h"

#define PIECE_BYTES (256L * 1024)
#define ABOUT_BYTES_MAX 4096
#define KEY_BYTES_MAX 256
#define PATH_TEXT 4096

struct reading {
	int fd;
	const char *dir;
	struct hash sum;
	char *piece; /* heap, PIECE_BYTES */
	struct error *err;
};

static bool
corrupt(struct reading *r, const char *what)
{
	error_set(r->err, ERROR_CORRUPT, "no whole backup: %s", what);
	return false;
}

/* Exactly len bytes, at most PIECE_BYTES, into piece. */
static bool
get(struct reading *r, size_t len)
{
	size_t at = 0;

	while (at < len) {
		ssize_t got = read(r->fd, r->piece + at, len - at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			error_errno(r->err, "cannot read the backup");
			return false;
		}
		if (got == 0)
			return corrupt(r, "it ends in the middle");
		at += (size_t)got;
	}
	return true;
}

/* The digits of a header's field. */
static bool
octal(const char *field, size_t len, uint64_t *out)
{
	*out = 0;
	for (size_t i = 0; i < len; i++) {
		if (field[i] < '0' || field[i] > '7')
			return false;
		*out = *out * 8 + (uint64_t)(field[i] - '0');
	}
	return true;
}

/* The next header: it must have this name, and a size of 1 to max. *sum: of
 * all before it. */
static bool
get_header(struct reading *r, const char *name, uint64_t max, uint64_t *size,
    uint8_t *sum)
{
	struct hash before = r->sum;
	uint64_t told;

	if (!get(r, BACKUP_BLOCK_BYTES))
		return false;
	if (strncmp(r->piece, name, 100) != 0 ||
	    memcmp(r->piece + 257, "ustar", 6) != 0 ||
	    !octal(r->piece + 148, 6, &told) ||
	    told != backup_header_sum(r->piece) ||
	    !octal(r->piece + 124, 11, size) || *size == 0 || *size > max) {
		error_set(r->err, ERROR_CORRUPT,
		    "no whole backup: %s should come next", name);
		return false;
	}
	if (sum != NULL)
		hash_end(&before, sum);
	hash_add(&r->sum, (struct span){ r->piece, BACKUP_BLOCK_BYTES });
	return true;
}

/* The next file into dir/name, synced. */
static bool
get_file(struct reading *r, const char *name, uint64_t max)
{
	char path[PATH_TEXT];
	uint64_t size, left;
	bool ok = true;
	int fd;

	if (!get_header(r, name, max, &size, NULL))
		return false;
	snprintf(path, sizeof(path), "%s/%s", r->dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	for (left = size; ok && fd >= 0 && left > 0;) {
		size_t n = left < PIECE_BYTES ? (size_t)left : PIECE_BYTES;

		if (!get(r, n)) {
			close(fd);
			return false;
		}
		hash_add(&r->sum, (struct span){ r->piece, n });
		ok = file_write_all(fd, r->piece, n);
		left -= n;
	}
	ok = ok && fd >= 0 && fsync(fd) == 0;
	if (!ok)
		error_errno(r->err, "cannot write %.150s", path);
	if (fd >= 0)
		close(fd);
	if (!ok || !get(r, backup_padding(size)))
		return false;
	hash_add(&r->sum, (struct span){ r->piece, backup_padding(size) });
	return true;
}

static bool
get_checksum(struct reading *r)
{
	char want[BACKUP_SUM_TEXT];
	uint8_t sum[HASH_LONG_BYTES];
	uint64_t size;

	if (!get_header(r, BACKUP_CHECKSUM, BACKUP_SUM_TEXT, &size, sum) ||
	    !get(r, (size_t)size))
		return false;
	hash_hex(sum, sizeof(sum), want);
	if (size == BACKUP_SUM_TEXT &&
	    memcmp(r->piece, want, BACKUP_SUM_TEXT - 1) == 0)
		return true;
	return corrupt(r, "its checksum is wrong");
}

/* How many segments there are, and whether it keeps text; older ones say
 * nothing of that. */
static bool
get_about(struct reading *r, uint32_t *segments, int *privacy)
{
	struct json_reader json;
	struct error ignored;
	bool ours = false;
	uint64_t size;

	*segments = 0;
	*privacy = PRIVACY_PLAIN;
	if (!get_header(r, BACKUP_ABOUT, ABOUT_BYTES_MAX, &size, NULL) ||
	    !get(r, (size_t)size + backup_padding(size)))
		return false;
	hash_add(&r->sum,
	    (struct span){ r->piece, (size_t)size + backup_padding(size) });
	json_open(&json, span_trim((struct span){ r->piece, (size_t)size }));
	while (json_next(&json)) {
		if (span_is(json.name, "backup"))
			ours = span_is(json.raw, "suppressd");
		else if (span_is(json.name, "segments") && json.number > 0 &&
			 json.number <= UINT32_MAX)
			*segments = (uint32_t)json.number;
		else if (span_is(json.name, "privacy") &&
			 !names_number(privacy_names, json.raw, privacy))
			return corrupt(r,
			    BACKUP_ABOUT " is of a newer version");
	}
	if (json_close(&json, &ignored) && ours && *segments > 0)
		return true;
	return corrupt(r, BACKUP_ABOUT " is none of ours");
}

static bool
make_dirs(const char *dir, struct error *err)
{
	char journal[PATH_TEXT];

	snprintf(journal, sizeof(journal), "%s/journal", dir);
	if (mkdir(dir, 0750) == 0 && mkdir(journal, 0770) == 0)
		return true;
	error_errno(err, "cannot create %.150s", dir);
	return false;
}

static bool
put_privacy(const struct reading *r, int privacy)
{
	return privacy == PRIVACY_PLAIN ||
	       file_replace(r->dir, STORE_PRIVACY_NAME,
		   span_of(names_text(privacy_names, privacy)), 0640, r->err);
}

static bool
get_all(struct reading *r)
{
	char journal[PATH_TEXT], name[64];
	uint32_t segments;
	int privacy;

	if (!get_about(r, &segments, &privacy) || !make_dirs(r->dir, r->err) ||
	    !get_file(r, BACKUP_KEY, KEY_BYTES_MAX))
		return false;
	for (uint32_t i = 1; i <= segments; i++) {
		snprintf(name, sizeof(name), BACKUP_SEGMENT, i);
		if (!get_file(r, name, BACKUP_SEGMENT_BYTES_MAX))
			return false;
	}
	if (!get_checksum(r) || !put_privacy(r, privacy))
		return false;
	snprintf(journal, sizeof(journal), "%s/journal", r->dir);
	return file_sync_dir(journal, r->err) && file_sync_dir(r->dir, r->err);
}

bool
backup_read(int fd, const char *dir, struct error *err)
{
	struct reading r = { .fd = fd, .dir = dir, .err = err };
	bool ok;

	r.piece = mem_new(PIECE_BYTES, 1);
	hash_begin(&r.sum, NULL, HASH_LONG_BYTES);
	ok = get_all(&r);
	free(r.piece);
	return ok;
}
