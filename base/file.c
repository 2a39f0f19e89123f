#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE_BYTES (64 * 1024)

bool
file_read_all(int fd, const char *name, struct buf *out, struct error *err)
{
	char piece[PIECE_BYTES];

	for (;;) {
		ssize_t got = read(fd, piece, sizeof(piece));
		size_t room = out->max - out->len;

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			error_errno(err, "%.180s", name);
			return false;
		}
		if (got == 0)
			return true;
		if ((size_t)got > room) {
			buf_add(out, piece, room);
			error_set(err, ERROR_LIMIT,
			    "%.180s: larger than %zu bytes", name, out->max);
			return false;
		}
		buf_add(out, piece, (size_t)got);
	}
}

bool
file_read_path(const char *path, struct buf *out, struct error *err)
{
	bool ok;
	int fd;

	if (strcmp(path, "-") == 0)
		return file_read_all(STDIN_FILENO, "standard input", out, err);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		error_errno(err, "%.180s", path);
		return false;
	}
	ok = file_read_all(fd, path, out, err);
	close(fd);
	return ok;
}

bool
file_write_all(int fd, const void *bytes, size_t len)
{
	const char *p = bytes;

	while (len > 0) {
		ssize_t done = write(fd, p, len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return false;
		p += done;
		len -= (size_t)done;
	}
	return true;
}

bool
file_pwrite_all(int fd, const void *bytes, size_t len, off_t at)
{
	const char *p = bytes;

	while (len > 0) {
		ssize_t done = pwrite(fd, p, len, at);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return false;
		p += done;
		at += done;
		len -= (size_t)done;
	}
	return true;
}

bool
file_pread_all(int fd, void *bytes, size_t len, off_t at)
{
	char *p = bytes;

	while (len > 0) {
		ssize_t done = pread(fd, p, len, at);

		if (done < 0 && errno == EINTR)
			continue;
		if (done == 0)
			errno = 0;
		if (done <= 0)
			return false;
		p += done;
		at += done;
		len -= (size_t)done;
	}
	return true;
}

bool
file_sync_dir(const char *dir, struct error *err)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (!ok)
		error_errno(err, "cannot sync %.150s", dir);
	if (fd >= 0)
		close(fd);
	return ok;
}

bool
file_next_name(DIR *d, const char *path, const char **name, struct error *err)
{
	const struct dirent *entry;

	errno = 0;
	entry = readdir(d);
	*name = entry != NULL ? entry->d_name : NULL;
	if (entry != NULL || errno == 0)
		return true;
	error_errno(err, "%.180s", path);
	return false;
}

static bool
too_long(const char *dir, struct error *err)
{
	error_set(err, ERROR_LIMIT, "%.150s: the path is too long", dir);
	return false;
}

/* Leaves a whole, synced file at path, or none that is ours. how: O_EXCL, or
 * O_TRUNC to write over what is there. */
static bool
write_synced(const char *path, int how, struct span content, mode_t mode,
    struct error *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | how, mode);
	bool ok = fd >= 0 && fchmod(fd, mode) == 0 &&
		  file_write_all(fd, content.p, content.len) && fsync(fd) == 0;

	if (!ok)
		error_errno(err, "cannot write %.150s", path);
	if (fd >= 0 && close(fd) != 0 && ok) {
		error_errno(err, "cannot write %.150s", path);
		ok = false;
	}
	if (fd >= 0 && !ok)
		unlink(path);
	return ok;
}

bool
file_create(const char *path, struct span content, mode_t mode,
    struct error *err)
{
	return write_synced(path, O_EXCL, content, mode, err);
}

bool
file_take_after(int fd, const struct stat *old)
{
	struct stat st;

	return fstat(fd, &st) == 0 &&
	       ((st.st_uid == old->st_uid && st.st_gid == old->st_gid) ||
		   fchown(fd, old->st_uid, old->st_gid) == 0) &&
	       fchmod(fd, old->st_mode & 07777) == 0;
}

bool
file_replace(const char *dir, const char *name, struct span content,
    mode_t mode, struct error *err)
{
	char path[4096], fresh[4096 + 16];

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >=
	    (int)sizeof(path))
		return too_long(dir, err);
	snprintf(fresh, sizeof(fresh), "%s.%d", path, (int)getpid());
	if (!write_synced(fresh, O_TRUNC, content, mode, err))
		return false;
	if (rename(fresh, path) != 0) {
		error_errno(err, "cannot rename %.150s", fresh);
		unlink(fresh);
		return false;
	}
	return file_sync_dir(dir, err);
}

int
file_temporary(struct error *err)
{
	const char *dir = getenv("TMPDIR");
	int fd;

	if (dir == NULL || dir[0] == '\0')
		dir = "/var/tmp";
	fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0)
		error_errno(err, "cannot make a file in %.150s (TMPDIR)", dir);
	return fd;
}

static bool
make_dir(const char *path, mode_t mode, struct error *err)
{
	char parent[4096 + 8];

	if (mkdir(path, mode) != 0) {
		if (errno == EEXIST)
			return true;
		error_errno(err, "cannot make %.180s", path);
		return false;
	}
	snprintf(parent, sizeof(parent), "%s/..", path);
	return file_sync_dir(parent, err);
}

bool
file_make_maildir(const char *dir, mode_t mode, struct error *err)
{
	static const char *const folders[] = { "", "/tmp", "/new", "/cur" };

	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		char path[4096];

		if (snprintf(path, sizeof(path), "%s%s", dir, folders[i]) >=
		    (int)sizeof(path))
			return too_long(dir, err);
		if (!make_dir(path, mode, err))
			return false;
	}
	return true;
}
