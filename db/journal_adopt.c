/*
 * journal_adopt - makes the segment that grows ours, without its torn end.
 */
#include "db/journal_impl.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"

/* Copies what is cut off, synced, into the quarantine. */
static bool
keep(const char *path, const char *dir, uint32_t segment, off_t from, off_t to,
    struct error *err)
{
	char name[128], time[CLOCK_TEXT];
	struct buf bytes;
	bool ok = false;
	int fd;

	clock_format(clock_now(), time);
	snprintf(name, sizeof(name), "%010u-%lld-%s.jsonl", segment,
	    (long long)from, time);
	buf_init(&bytes, (size_t)(to - from));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || lseek(fd, from, SEEK_SET) < 0)
		error_errno(err, "%.150s", path);
	else
		ok = file_read_all(fd, path, &bytes, err) &&
		     file_replace(dir, name, buf_span(&bytes), 0640, err);
	if (fd >= 0)
		close(fd);
	buf_done(&bytes);
	return ok;
}

bool
journal_adopt(struct journal *j, struct journal_pos end, uint64_t count,
    const char *quarantine_dir, uint64_t *cut, struct error *err)
{
	char path[JOURNAL_PATH_TEXT];
	struct stat st;

	journal_path(j, end.segment, path);
	j->fd = open(path, O_RDWR | O_CLOEXEC);
	if (j->fd < 0 || fstat(j->fd, &st) != 0) {
		error_errno(err, "%.180s", path);
		return false;
	}
	j->segment = end.segment;
	j->end = end.offset;
	j->count = count;
	*cut = (uint64_t)(st.st_size - j->end);
	if (*cut > 0 &&
	    !keep(path, quarantine_dir, end.segment, j->end, st.st_size, err))
		return false;
	/* What a dead process has written is not durable yet. */
	if ((*cut > 0 && ftruncate(j->fd, j->end) != 0) ||
	    fdatasync(j->fd) != 0) {
		error_errno(err, "%.180s", path);
		return false;
	}
	return true;
}
