/*
 * disk - what a disk still has when the machine dies: it remembers what was
 * written and not synced since, and takes it back.
 */
#ifndef TESTS_CRASH_DISK_H
#define TESTS_CRASH_DISK_H

#include <sys/types.h>

/* Before each of these is done. */
void disk_write(int fd, off_t at, size_t len);
void disk_resize(int fd, off_t size);
void disk_rename(const char *from, const char *to);

/* After these are done. */
void disk_create(const char *path);
void disk_sync(int fd);

/*
 * Takes back all that is not durable. seed not 0: about half of the pages
 * stay, chosen by it; names of files, too.
 */
void disk_lose(unsigned seed);

#endif
