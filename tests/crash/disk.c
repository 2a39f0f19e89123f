#include "tests/crash/disk.h"

#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/mem.h"

#define PAGE 4096

/* A page as it was when its file was last synced. */
struct page {
	struct page *next;
	off_t at;
	char bytes[PAGE];
	size_t len; /* less at the file's end */
};

struct file {
	struct file *next;
	dev_t device;
	ino_t inode;
	int fd;     /* our own; never closed, or TDB would lose its locks */
	bool dirty; /* anything to take back */
	off_t size; /* when it was last synced */
	struct page *pages;
};

/* A name that its directory does not have for sure yet. */
struct entry {
	struct entry *next;
	char path[PATH_MAX];
	char before[PATH_MAX + 8]; /* a link to what it was; "": nothing */
};

static struct file *files;
static struct entry *entries;

static struct file *
file_of(int fd)
{
	char path[64];
	struct file *f;
	struct stat st;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return NULL;
	for (f = files; f != NULL; f = f->next)
		if (f->device == st.st_dev && f->inode == st.st_ino)
			break;
	if (f == NULL) {
		f = mem_new(1, sizeof(*f));
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		*f = (struct file){ .next = files,
			.device = st.st_dev,
			.inode = st.st_ino,
			.fd = (int)syscall(SYS_openat, AT_FDCWD, path,
			    O_RDWR | O_CLOEXEC, 0) };
		files = f;
	}
	if (!f->dirty)
		f->size = st.st_size;
	f->dirty = true;
	return f;
}

static void
remember(struct file *f, off_t at)
{
	struct page *p;

	for (p = f->pages; p != NULL; p = p->next)
		if (p->at == at)
			return;
	p = mem_new(1, sizeof(*p));
	p->next = f->pages;
	p->at = at;
	if (at < f->size) {
		ssize_t got = pread(f->fd, p->bytes, PAGE, at);

		p->len = got > 0 ? (size_t)got : 0;
		if (at + (off_t)p->len > f->size)
			p->len = (size_t)(f->size - at);
	}
	f->pages = p;
}

void
disk_write(int fd, off_t at, size_t len)
{
	struct file *f = file_of(fd);

	if (f != NULL)
		for (off_t p = at - at % PAGE; p < at + (off_t)len; p += PAGE)
			remember(f, p);
}

void
disk_resize(int fd, off_t size)
{
	struct file *f = file_of(fd);

	/* What is cut off must be there to come back. */
	if (f != NULL)
		for (off_t p = size - size % PAGE; p < f->size; p += PAGE)
			remember(f, p);
}

static struct entry *
entry_of(const char *path)
{
	struct entry *e;

	for (e = entries; e != NULL; e = e->next)
		if (strcmp(e->path, path) == 0)
			return e;
	e = mem_new(1, sizeof(*e));
	e->next = entries;
	snprintf(e->path, sizeof(e->path), "%s", path);
	entries = e;
	return e;
}

void
disk_create(const char *path)
{
	(void)entry_of(path);
}

void
disk_rename(const char *from, const char *to)
{
	struct entry *e, **at;
	bool known = false;

	/* The name that goes is no worry: a crash may leave it or not. */
	for (at = &entries; *at != NULL; at = &(*at)->next)
		if (strcmp((*at)->path, from) == 0)
			break;
	if (*at != NULL) {
		e = *at;
		*at = e->next;
		free(e);
	}
	for (e = entries; e != NULL; e = e->next)
		known = known || strcmp(e->path, to) == 0;
	e = entry_of(to);
	if (known)
		return;
	snprintf(e->before, sizeof(e->before), "%s.undo", to);
	if (link(to, e->before) != 0)
		e->before[0] = '\0';
}

static void
sync_directory(const char *dir)
{
	size_t len = strlen(dir);
	struct entry *e, **at = &entries;

	while ((e = *at) != NULL) {
		if (strncmp(e->path, dir, len) != 0 || e->path[len] != '/' ||
		    strchr(e->path + len + 1, '/') != NULL) {
			at = &e->next;
			continue;
		}
		*at = e->next;
		if (e->before[0] != '\0')
			syscall(SYS_unlink, e->before);
		free(e);
	}
}

void
disk_sync(int fd)
{
	char link_path[64], path[PATH_MAX];
	struct page *p, *next;
	struct file *f;
	struct stat st;
	ssize_t len;

	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		snprintf(link_path, sizeof(link_path), "/proc/self/fd/%d", fd);
		len = readlink(link_path, path, sizeof(path) - 1);
		path[len > 0 ? len : 0] = '\0';
		sync_directory(path);
		return;
	}
	f = file_of(fd);
	if (f == NULL)
		return;
	for (p = f->pages; p != NULL; p = next) {
		next = p->next;
		free(p);
	}
	f->pages = NULL;
	f->dirty = false;
}

static bool
stays(unsigned *seed)
{
	return *seed != 0 && (rand_r(seed) >> 4) % 2 == 0;
}

static void
lose_pages(struct file *f, unsigned *seed)
{
	off_t size = f->size;
	struct stat st;

	for (struct page *p = f->pages; p != NULL; p = p->next) {
		static const char zeros[PAGE];

		if (stays(seed)) {
			if (fstat(f->fd, &st) == 0 && p->at + PAGE > size)
				size = st.st_size < p->at + PAGE ? st.st_size
								 : p->at + PAGE;
			continue;
		}
		syscall(SYS_pwrite64, f->fd, zeros, (size_t)PAGE, p->at);
		syscall(SYS_pwrite64, f->fd, p->bytes, p->len, p->at);
	}
	syscall(SYS_ftruncate, f->fd, size > f->size ? size : f->size);
}

void
disk_lose(unsigned seed)
{
	for (struct file *f = files; f != NULL; f = f->next)
		if (f->dirty && f->fd >= 0)
			lose_pages(f, &seed);
	for (struct entry *e = entries; e != NULL; e = e->next) {
		if (stays(&seed)) {
			if (e->before[0] != '\0')
				syscall(SYS_unlink, e->before);
		} else if (e->before[0] != '\0') {
			syscall(SYS_rename, e->before, e->path);
		} else {
			syscall(SYS_unlink, e->path);
		}
	}
}
