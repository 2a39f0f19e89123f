#include "db/backup_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "db/journal_impl.h"
#include "db/privacy.h"
#include "db/store_impl.h"

#define PIECE_BYTES (256L * 1024)

struct archive {
	int fd;
	struct hash sum;
	int64_t now;
	uint64_t done, total;
	backup_fn *tell;
	void *arg;
	struct error *err;
};

unsigned
backup_header_sum(const char header[BACKUP_BLOCK_BYTES])
{
	unsigned sum = 0;

	for (size_t i = 0; i < BACKUP_BLOCK_BYTES; i++)
		sum += i >= 148 && i < 156 ? ' ' : (unsigned char)header[i];
	return sum;
}

size_t
backup_padding(uint64_t size)
{
	return (BACKUP_BLOCK_BYTES - size % BACKUP_BLOCK_BYTES) %
	       BACKUP_BLOCK_BYTES;
}

static bool
put(struct archive *a, const void *bytes, size_t len)
{
	hash_add(&a->sum, (struct span){ bytes, len });
	a->done += len;
	if (a->tell != NULL)
		a->tell(a->done, a->total, a->arg);
	if (file_write_all(a->fd, bytes, len))
		return true;
	error_errno(a->err, "cannot write the backup");
	return false;
}

static bool
put_header(struct archive *a, const char *name, uint64_t size)
{
	char h[BACKUP_BLOCK_BYTES] = "";

	snprintf(h, 100, "%s", name);
	snprintf(h + 100, 8, "%07o", 0640U);
	snprintf(h + 108, 8, "%07o", 0U);
	snprintf(h + 116, 8, "%07o", 0U);
	snprintf(h + 124, 12, "%011" PRIo64, size);
	snprintf(h + 136, 12, "%011" PRIo64, (uint64_t)a->now);
	h[156] = '0';
	memcpy(h + 257, "ustar\00000", 8);
	snprintf(h + 148, 8, "%06o", backup_header_sum(h));
	h[155] = ' ';
	return put(a, h, sizeof(h));
}

static bool
put_padding(struct archive *a, uint64_t size)
{
	static const char zeros[BACKUP_BLOCK_BYTES];

	return put(a, zeros, backup_padding(size));
}

static bool
put_text(struct archive *a, const char *name, struct span text)
{
	return put_header(a, name, text.len) && put(a, text.p, text.len) &&
	       put_padding(a, text.len);
}

/* The size of the file as it was opened: another may take its place. */
static bool
size_of(int fd, uint64_t *size)
{
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0)
		return false;
	*size = (uint64_t)st.st_size;
	return true;
}

/* The first size bytes of a file; WHOLE: all. */
#define WHOLE UINT64_MAX
static bool
put_file(struct archive *a, const char *name, const char *path, uint64_t size)
{
	static _Thread_local char piece[PIECE_BYTES];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool ok = size != WHOLE || size_of(fd, &size);

	if (!ok)
		error_errno(a->err, "cannot read %.150s", path);
	ok = ok && put_header(a, name, size);
	for (uint64_t at = 0; ok && at < size;) {
		size_t n = size - at < sizeof(piece) ? (size_t)(size - at)
						     : sizeof(piece);

		ok = fd >= 0 && file_pread_all(fd, piece, n, (off_t)at);
		if (!ok)
			error_errno(a->err, "cannot read %.150s", path);
		ok = ok && put(a, piece, n);
		at += n;
	}
	if (fd >= 0)
		close(fd);
	return ok && put_padding(a, size);
}

/* Behind the last line of the segment that ends a batch, or seals it. */
static bool
whole_bytes(const struct journal *j, uint32_t segment, uint64_t *size,
    struct error *err)
{
	enum line_result result;
	struct line_reader r;
	struct span line;
	off_t at;

	*size = 0;
	if (!line_reader_open(&r, j, segment, 0, err))
		return false;
	while ((result = line_reader_next(&r, &line, &at, err)) == LINE_GOT) {
		struct error ignored;
		struct event ev;

		if (journal_line_type(line) != LINE_EVENT) {
			*size = (uint64_t)line_reader_at(&r);
			continue;
		}
		if (!event_decode(line, &ev, &ignored))
			break;
		if (ev.batch_last)
			*size = (uint64_t)line_reader_at(&r);
		event_done(&ev);
	}
	line_reader_close(&r);
	return result != LINE_ERROR;
}

static bool
put_about(struct archive *a, struct store *st, uint32_t segments)
{
	char time[CLOCK_TEXT];
	enum privacy privacy;
	struct buf text;
	bool ok;

	if (!store_privacy(st, &privacy, a->err))
		return false;
	clock_format(a->now, time);
	buf_init(&text, 1024);
	json_begin(&text);
	json_int(&text, "v", 1);
	json_text(&text, "backup", span_of("suppressd"));
	json_text(&text, "ts", span_of(time));
	json_int(&text, "segments", segments);
	json_text(&text, "privacy",
	    span_of(names_text(privacy_names, (int)privacy)));
	json_end(&text);
	buf_add_char(&text, '\n');
	ok = put_text(a, BACKUP_ABOUT, buf_span(&text));
	buf_done(&text);
	return ok;
}

static bool
put_segments(struct archive *a, struct store *st, uint32_t last)
{
	for (uint32_t i = 1; i <= last; i++) {
		char path[JOURNAL_PATH_TEXT], name[64];
		uint64_t size = WHOLE;

		journal_path(st->journal, i, path);
		snprintf(name, sizeof(name), BACKUP_SEGMENT, i);
		if (i == last && !whole_bytes(st->journal, i, &size, a->err))
			return false;
		if (!put_file(a, name, path, size))
			return false;
	}
	return true;
}

static bool
put_end(struct archive *a)
{
	static const char zeros[2 * BACKUP_BLOCK_BYTES];
	char text[BACKUP_SUM_TEXT + 1];
	uint8_t sum[HASH_LONG_BYTES];

	hash_end(&a->sum, sum);
	hash_begin(&a->sum, NULL, sizeof(sum)); /* of what nobody asks for */
	hash_hex(sum, sizeof(sum), text);
	text[BACKUP_SUM_TEXT - 1] = '\n';
	return put_text(a, BACKUP_CHECKSUM,
		   (struct span){ text, BACKUP_SUM_TEXT }) &&
	       put(a, zeros, sizeof(zeros));
}

/* Of the segments, for those who wait. */
static uint64_t
total_bytes(const struct store *st, uint32_t last)
{
	uint64_t total = 0;

	for (uint32_t i = 1; i <= last; i++) {
		char path[JOURNAL_PATH_TEXT];
		struct stat file;

		journal_path(st->journal, i, path);
		if (stat(path, &file) == 0)
			total += (uint64_t)file.st_size;
	}
	return total;
}

bool
backup_write(struct store *st, int fd, int64_t now, backup_fn *tell, void *arg,
    struct error *err)
{
	struct archive a = { .fd = fd,
		.now = now,
		.tell = tell,
		.arg = arg,
		.err = err };
	char path[STORE_PATH_TEXT];
	uint32_t first, last;

	if (!journal_segments(st->journal, &first, &last, err))
		return false;
	store_path(st, "key", path);
	a.total = total_bytes(st, last);
	hash_begin(&a.sum, NULL, HASH_LONG_BYTES);
	return put_about(&a, st, last) &&
	       put_file(&a, BACKUP_KEY, path, WHOLE) &&
	       put_segments(&a, st, last) && put_end(&a);
}
