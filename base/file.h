/*
 * file - whole reads, whole writes, and what makes a rename durable.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/error.h"

/*
 * Reads fd to its end into out. ERROR_LIMIT if it is larger than out's
 * maximum (out then holds what fitted). name is for the error text.
 */
bool file_read_all(int fd, const char *name, struct buf *out,
    struct error *err) MUST_CHECK;

/* As file_read_all() for a path; "-" is standard input. */
bool file_read_path(const char *path, struct buf *out,
    struct error *err) MUST_CHECK;

/* Writes all of it, whatever write(2) takes at a time. errno is kept. */
bool file_write_all(int fd, const void *bytes, size_t len) MUST_CHECK;
bool file_pwrite_all(int fd, const void *bytes, size_t len,
    off_t at) MUST_CHECK;

/* Exactly len bytes at an offset; false with errno 0: the file is shorter. */
bool file_pread_all(int fd, void *bytes, size_t len, off_t at) MUST_CHECK;

/* Gives a new file the owner, the group and the mode of the one whose place
 * it takes. False: errno. */
bool file_take_after(int fd, const struct stat *old) MUST_CHECK;

/*
 * Writes dir/name at once or not at all: a temporary file, fsync, rename,
 * fsync of the directory.
 */
bool file_replace(const char *dir, const char *name, struct span content,
    mode_t mode, struct error *err) MUST_CHECK;

/* A new file: all of it, synced, or not there. Never over another. */
bool file_create(const char *path, struct span content, mode_t mode,
    struct error *err) MUST_CHECK;

/*
 * A new file to write and read back that nobody else finds: it has no name,
 * and goes when its descriptor, the caller's, is closed. It lies in the
 * directory that TMPDIR names in the environment, or in /var/tmp: it may be
 * large. -1: ERROR_IO names the directory.
 */
int file_temporary(struct error *err) MUST_CHECK;

/* Makes dir and its folders tmp, new and cur, where they are missing, each
 * durable in its parent. */
bool file_make_maildir(const char *dir, mode_t mode,
    struct error *err) MUST_CHECK;

bool file_sync_dir(const char *dir, struct error *err) MUST_CHECK;

/* The next name in a directory, borrowed until the next call; NULL: that was
 * the last one. False: what is left can't be read; path is for err. */
bool file_next_name(DIR *d, const char *path, const char **name,
    struct error *err) MUST_CHECK;

#endif
