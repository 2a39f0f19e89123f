#include "tests/crash/tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void
tree_remove(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void
failed(const char *path)
{
	perror(path);
	exit(2);
}

static void
copy_file(const char *from, const char *to, const struct stat *st)
{
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
	    st->st_mode & 0777);
	off_t left = st->st_size;

	if (in < 0 || out < 0)
		failed(to);
	while (left > 0) {
		ssize_t n = sendfile(out, in, NULL, (size_t)left);

		if (n <= 0)
			failed(to);
		left -= n;
	}
	close(in);
	close(out);
}

void
tree_copy(const char *from, const char *to)
{
	DIR *dir = opendir(from);
	struct dirent *entry;

	if (dir == NULL || mkdir(to, 0750) != 0)
		failed(to);
	while ((entry = readdir(dir)) != NULL) {
		char source[PATH_MAX], target[PATH_MAX];
		struct stat st;

		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		snprintf(source, sizeof(source), "%s/%s", from, entry->d_name);
		snprintf(target, sizeof(target), "%s/%s", to, entry->d_name);
		if (lstat(source, &st) != 0)
			failed(source);
		if (S_ISDIR(st.st_mode))
			tree_copy(source, target);
		else if (S_ISREG(st.st_mode))
			copy_file(source, target, &st);
	}
	closedir(dir);
}

static const char *wanted;

/* A file that is gone by now has no bytes. */
static int
mentions(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	struct error ignored;
	struct buf bytes;
	bool found;

	(void)ftw;
	if (type != FTW_F || !S_ISREG(st->st_mode) ||
	    strstr(path, ".tdb") != NULL || strstr(path, ".undo") != NULL)
		return 0;
	buf_init(&bytes, (size_t)st->st_size + 1);
	found = file_read_path(path, &bytes, &ignored) && bytes.len > 0 &&
		memmem(bytes.p, bytes.len, wanted, strlen(wanted)) != NULL;
	if (found)
		fprintf(stderr, "%s: has %s\n", path, wanted);
	buf_done(&bytes);
	return found;
}

bool
tree_mentions(const char *path, const char *text)
{
	wanted = text;
	return nftw(path, mentions, 16, FTW_PHYS) != 0;
}
