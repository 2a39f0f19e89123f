#include "ctl/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/span.h"

#define PATH_TEXT 4096
#define PIECE_BYTES (64 * 1024)

/* More mails of one name are no accident. */
#define NAMES_MAX 1000

static bool
join(char out[PATH_TEXT], const char *dir, const char *folder, const char *name,
    struct error *err)
{
	if (snprintf(out, PATH_TEXT, "%s/%s%s%s", dir, folder,
		name[0] != '\0' ? "/" : "", name) < PATH_TEXT)
		return true;
	error_set(err, ERROR_INVALID, "%.180s: the path is too long", dir);
	return false;
}

bool
archive_make(const char *dir, struct error *err)
{
	return file_make_maildir(dir, 0700, err) && file_sync_dir(dir, err);
}

bool
archive_takes(const char *dir, const char *from, struct error *err)
{
	struct stat a, b;

	if (stat(dir, &a) == 0 && stat(from, &b) == 0 && a.st_dev == b.st_dev &&
	    a.st_ino == b.st_ino) {
		error_set(err, ERROR_INVALID, "%.180s can't take its own mails",
		    from);
		return false;
	}
	return true;
}

/* Both have been opened. *same is set if both can be read. */
static bool
compare(int a, int b, bool *same)
{
	char from_a[PIECE_BYTES], from_b[PIECE_BYTES];
	struct stat at_a, at_b;
	off_t at = 0;

	if (fstat(a, &at_a) != 0 || fstat(b, &at_b) != 0)
		return false;
	*same = at_a.st_size == at_b.st_size;
	while (*same && at < at_a.st_size) {
		size_t n = at_a.st_size - at < PIECE_BYTES
			       ? (size_t)(at_a.st_size - at)
			       : PIECE_BYTES;

		if (!file_pread_all(a, from_a, n, at) ||
		    !file_pread_all(b, from_b, n, at))
			return false;
		*same = memcmp(from_a, from_b, n) == 0;
		at += (off_t)n;
	}
	return true;
}

/* Have two files the same content? */
static bool
are_same(const char *a, const char *b, bool *same)
{
	int fd_a = open(a, O_RDONLY | O_CLOEXEC);
	int fd_b = open(b, O_RDONLY | O_CLOEXEC);
	bool ok = fd_a >= 0 && fd_b >= 0 && compare(fd_a, fd_b, same);

	if (fd_a >= 0)
		close(fd_a);
	if (fd_b >= 0)
		close(fd_b);
	return ok;
}

static bool
copy_bytes(int from, int to)
{
	char piece[PIECE_BYTES];
	struct stat st;

	for (;;) {
		ssize_t got = read(from, piece, sizeof(piece));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 || !file_write_all(to, piece, (size_t)got))
			return false;
		if (got == 0)
			break;
	}
	/* A Maildir tells by a mail's time when it came. */
	return fstat(from, &st) == 0 && fchmod(to, st.st_mode & 0777) == 0 &&
	       futimens(to,
		   (const struct timespec[]){ st.st_atim, st.st_mtim }) == 0 &&
	       fsync(to) == 0;
}

/* A durable copy under a name of its own in tmp. errno is kept. */
static bool
copy_file(const char *path, const char *to)
{
	int in = open(path, O_RDONLY | O_CLOEXEC), out = -1, why;
	bool ok;

	if (in >= 0)
		out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	ok = out >= 0 && copy_bytes(in, out);
	why = errno;
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
	if (out >= 0 && !ok)
		unlink(to);
	errno = why;
	return ok;
}

/* "new" or "cur", and the name behind it. */
static void
take_apart(const char *path, char folder[4], const char **name)
{
	const char *slash = strrchr(path, '/');

	*name = slash + 1;
	memcpy(folder, slash - 3, 3);
	folder[3] = '\0';
}

/* The n-th name: "NAME", "NAME.1:2,S" ... */
static bool
number_name(char *out, size_t size, const char *name, unsigned n)
{
	size_t stem = span_find(span_of(name), ':');
	char number[16] = "";

	if (n > 0)
		snprintf(number, sizeof(number), ".%u", n);
	return snprintf(out, size, "%.*s%s%s", (int)stem, name, number,
		   name + stem) < (int)size;
}

/* Never over another file. Not every file system can rename so: link(2) then
 * does it in two steps. */
static bool
rename_new(const char *from, const char *to)
{
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return true;
	return errno == EINVAL && link(from, to) == 0 && unlink(from) == 0;
}

/*
 * Gives the file at path its place in dir, under the first name that is free.
 * Where the same mail is there already, a run that was killed has put it
 * there, and path goes. False: errno, EXDEV on another file system.
 */
static bool
place(const char *dir, const char *path, const char *folder, const char *name)
{
	char to[PATH_TEXT], free_name[NAME_MAX + 1];
	struct error ignored;
	bool same = false;

	for (unsigned n = 0; n < NAMES_MAX; n++) {
		if (!number_name(free_name, sizeof(free_name), name, n) ||
		    !join(to, dir, folder, free_name, &ignored)) {
			errno = ENAMETOOLONG;
			return false;
		}
		if (rename_new(path, to))
			return true;
		if (errno != EEXIST)
			return false;
		if (are_same(path, to, &same) && same)
			return unlink(path) == 0;
	}
	errno = EEXIST;
	return false;
}

static bool
is_gone(const char *path)
{
	return errno == ENOENT && access(path, F_OK) != 0;
}

/* Across file systems: the mail is removed when its copy is durable. */
static bool
copy_over(const char *dir, const char *path, const char *folder,
    const char *name, struct error *err)
{
	char copy[PATH_TEXT], to[PATH_TEXT], own[32];

	snprintf(own, sizeof(own), "suppressctl.%ld", (long)getpid());
	if (!join(copy, dir, "tmp", own, err) ||
	    !join(to, dir, folder, "", err))
		return false;
	unlink(copy); /* of a process that was killed and had our number */
	if (!copy_file(path, copy)) {
		if (is_gone(path))
			return true;
		error_errno(err, "cannot copy %.120s to %.80s", path, dir);
		return false;
	}
	if (!place(dir, copy, folder, name)) {
		error_errno(err, "cannot move %.120s to %.80s", path, dir);
		unlink(copy);
		return false;
	}
	if (!file_sync_dir(to, err))
		return false;
	if (unlink(path) == 0 || is_gone(path))
		return true;
	error_errno(err, "cannot remove %.180s", path);
	return false;
}

bool
archive_move(const char *dir, const char *path, struct error *err)
{
	char folder[4];
	const char *name;

	take_apart(path, folder, &name);
	if (place(dir, path, folder, name) || is_gone(path))
		return true;
	if (errno == EXDEV)
		return copy_over(dir, path, folder, name, err);
	error_errno(err, "cannot move %.120s to %.80s", path, dir);
	return false;
}
