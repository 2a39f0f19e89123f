#include "tests/crash/fault.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/crash/disk.h"

const struct name fault_names[] = {
	{ FAULT_NONE, "none" },
	{ FAULT_KILL, "kill" },
	{ FAULT_TORN, "torn" },
	{ FAULT_SHORT, "short" },
	{ FAULT_EIO, "eio" },
	{ FAULT_ENOSPC, "enospc" },
	{ FAULT_EIO_ON, "eio-on" },
	{ FAULT_FULL_ON, "full-on" },
	{ FAULT_POWER, "power" },
	{ FAULT_PAGES, "pages" },
	{ FAULT_READ, "read" },
	{ FAULT_READ_ON, "read-on" },
	{ 0, NULL },
};

static enum fault_mode mode;
static long wanted, count;
static bool armed;

void
fault_arm(enum fault_mode how, long at)
{
	mode = how;
	wanted = at;
	count = 0;
	armed = true;
}

long
fault_count(void)
{
	return count;
}

static void
die(void)
{
	if (mode == FAULT_POWER || mode == FAULT_PAGES)
		disk_lose(mode == FAULT_PAGES ? (unsigned)wanted : 0);
	syscall(SYS_kill, getpid(), SIGKILL);
	_exit(0);
}

static bool
of_reads(void)
{
	return mode == FAULT_READ || mode == FAULT_READ_ON;
}

/* The error of this call; 0: none. *half: only half of it is done. */
static int
strike(bool writes, bool *half)
{
	*half = false;
	if (!armed || of_reads() || ++count < wanted || wanted == 0)
		return 0;
	if (mode == FAULT_EIO_ON)
		return EIO;
	if (mode == FAULT_FULL_ON)
		return writes ? ENOSPC : 0;
	if (count > wanted)
		return 0;
	switch (mode) {
	case FAULT_KILL:
	case FAULT_POWER:
	case FAULT_PAGES:
		die();
		return 0;
	case FAULT_TORN:
	case FAULT_SHORT:
		*half = writes;
		return 0;
	case FAULT_EIO:
		return EIO;
	case FAULT_ENOSPC:
		return writes ? ENOSPC : 0;
	default:
		return 0;
	}
}

static bool
fails(bool writes)
{
	bool half;
	int error = strike(writes, &half);

	if (error != 0)
		errno = error;
	return error != 0;
}

/* A call that reads. */
static bool
is_blind(int error)
{
	if (!armed || !of_reads() || ++count < wanted || wanted == 0 ||
	    (mode == FAULT_READ && count > wanted))
		return false;
	errno = error;
	return true;
}

ssize_t
read(int fd, void *to, size_t len)
{
	return is_blind(EIO) ? -1 : syscall(SYS_read, fd, to, len);
}

ssize_t
pread(int fd, void *to, size_t len, off_t at)
{
	return is_blind(EIO) ? -1 : syscall(SYS_pread64, fd, to, len, at);
}

int
fstat(int fd, struct stat *st)
{
	return is_blind(EIO) ? -1 : (int)syscall(SYS_fstat, fd, st);
}

DIR *
opendir(const char *path)
{
	int fd = is_blind(EMFILE) ? -1
				  : (int)syscall(SYS_openat, AT_FDCWD, path,
					O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? NULL : fdopendir(fd);
}

struct dirent *
readdir(DIR *dir)
{
	return is_blind(EIO) ? NULL : (struct dirent *)(void *)readdir64(dir);
}

ssize_t
pwrite(int fd, const void *bytes, size_t len, off_t at)
{
	bool half;
	int error = strike(true, &half);

	if (error != 0) {
		errno = error;
		return -1;
	}
	if (half && len > 1)
		len /= 2;
	if (armed)
		disk_write(fd, at, len);
	len = (size_t)syscall(SYS_pwrite64, fd, bytes, len, at);
	if (half && mode == FAULT_TORN)
		die();
	return (ssize_t)len;
}

ssize_t
write(int fd, const void *bytes, size_t len)
{
	off_t at = lseek(fd, 0, SEEK_CUR);

	if (at < 0 || fd <= STDERR_FILENO)
		return syscall(SYS_write, fd, bytes, len);
	len = (size_t)pwrite(fd, bytes, len, at);
	if ((ssize_t)len > 0)
		lseek(fd, (off_t)len, SEEK_CUR);
	return (ssize_t)len;
}

int
ftruncate(int fd, off_t size)
{
	if (fails(true))
		return -1;
	if (armed)
		disk_resize(fd, size);
	return (int)syscall(SYS_ftruncate, fd, size);
}

int
posix_fallocate(int fd, off_t at, off_t len)
{
	if (fails(true))
		return errno;
	if (armed)
		disk_resize(fd, at + len);
	return syscall(SYS_fallocate, fd, 0, at, len) == 0 ? 0 : errno;
}

static int
sync_fd(int fd, long number)
{
	int failed;

	if (fails(false))
		return -1;
	failed = (int)syscall(number, fd);
	if (armed && failed == 0)
		disk_sync(fd);
	return failed;
}

int
fsync(int fd)
{
	return sync_fd(fd, SYS_fsync);
}

int
fdatasync(int fd)
{
	return sync_fd(fd, SYS_fdatasync);
}

int
rename(const char *from, const char *to)
{
	if (fails(false))
		return -1;
	if (armed)
		disk_rename(from, to);
	return (int)syscall(SYS_rename, from, to);
}

int
unlink(const char *path)
{
	return fails(false) ? -1 : (int)syscall(SYS_unlink, path);
}

int
mkdir(const char *path, mode_t how)
{
	return fails(true) ? -1 : (int)syscall(SYS_mkdir, path, how);
}

int
open(const char *path, int flags, ...)
{
	mode_t how = 0;
	va_list rest;
	bool fresh;
	int fd;

	if ((flags & (O_CREAT | O_TMPFILE)) == 0)
		return is_blind(EMFILE)
			   ? -1
			   : (int)syscall(SYS_openat, AT_FDCWD, path, flags);
	va_start(rest, flags);
	how = va_arg(rest, mode_t);
	va_end(rest);
	if (fails(true))
		return -1;
	fresh = access(path, F_OK) != 0;
	fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags & ~O_TRUNC, how);
	if (fd >= 0 && armed && fresh)
		disk_create(path);
	if (fd >= 0 && (flags & O_TRUNC) != 0 && ftruncate(fd, 0) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* TDB then reads and writes instead. What is mapped to be read may stay so,
 * while it is not reading that fails. The generation word is 8 bytes. */
void *
mmap(void *where, size_t len, int protection, int flags, int fd, off_t at)
{
	if (armed && fd >= 0 && (flags & MAP_SHARED) != 0 &&
	    (protection & PROT_WRITE) != 0 && len > 8) {
		errno = ENODEV;
		return MAP_FAILED;
	}
	if (fd >= 0 && is_blind(ENOMEM))
		return MAP_FAILED;
	return (void *)syscall(SYS_mmap, where, len, protection, flags, fd, at);
}
