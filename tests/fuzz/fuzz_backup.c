/*
 * An archive from anywhere, read as a backup: a store with its files and no
 * others, or an error that says why. Each input is read as it is and with its
 * sums put right, which else keep all out.
 */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "db/backup_impl.h"

const char *const fuzz_inputs[] = {
	"tests/fuzz/corpus/backup",
	NULL,
};

/* Removes what is in dir, and it; counts the files. Each must be of a store:
 * "key", or one of "journal". */
static size_t
sweep(const char *dir, bool journal)
{
	char path[PATH_MAX];
	struct dirent *e;
	size_t files = 0;
	struct stat st;
	DIR *d = opendir(dir);

	if (d == NULL)
		return 0;
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		need(lstat(path, &st) == 0);
		if (S_ISDIR(st.st_mode)) {
			need(!journal && strcmp(e->d_name, "journal") == 0);
			files += sweep(path, true);
			continue;
		}
		need(S_ISREG(st.st_mode) && (st.st_mode & 07007) == 0);
		need(journal ? strlen(e->d_name) == strlen("0000000001.jsonl")
			     : strcmp(e->d_name, BACKUP_KEY) == 0);
		need(unlink(path) == 0);
		files++;
	}
	closedir(d);
	need(rmdir(dir) == 0);
	return files;
}

/* The archive's bytes, from a file of memory. */
static void
read_back(const uint8_t *data, size_t size)
{
	const char *tmp = getenv("TMPDIR"); /* best where syncs cost nothing */
	char top[PATH_MAX - 8], dir[PATH_MAX];
	int fd = memfd_create("backup", MFD_CLOEXEC);
	struct error err = { 0 };
	size_t files;
	bool ok;

	snprintf(top, sizeof(top), "%s/fuzz-backup.XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	need(fd >= 0 && mkdtemp(top) != NULL);
	need(write(fd, data, size) == (ssize_t)size);
	need(lseek(fd, 0, SEEK_SET) == 0);
	snprintf(dir, sizeof(dir), "%s/store", top);
	ok = backup_read(fd, dir, &err);
	files = sweep(dir, false);
	/* At least the key and a segment. */
	need(ok ? files >= 2 : err.code == ERROR_CORRUPT);
	need(!ok || lseek(fd, 0, SEEK_CUR) <= (off_t)size);
	close(fd);
	need(rmdir(top) == 0);
}

static uint64_t
size_of(const char *header)
{
	uint64_t size = 0;

	for (int i = 124; i < 135; i++)
		size = size * 8 + (uint64_t)(header[i] & 7);
	return size;
}

/* Puts in the sum of each header, and that of all. */
static void
mend(char *bytes, size_t len)
{
	size_t at = 0;

	while (len - at >= BACKUP_BLOCK_BYTES) {
		char *header = bytes + at, sum[8];
		uint64_t size = size_of(header);
		uint8_t all[HASH_LONG_BYTES];
		struct hash h;

		snprintf(sum, sizeof(sum), "%06o", backup_header_sum(header));
		memcpy(header + 148, sum, 6);
		size += backup_padding(size);
		if (size > len - at - BACKUP_BLOCK_BYTES)
			return;
		if (strncmp(header, BACKUP_CHECKSUM, 100) == 0 && size > 0) {
			hash_begin(&h, NULL, HASH_LONG_BYTES);
			hash_add(&h, (struct span){ bytes, at });
			hash_end(&h, all);
			hash_hex(all, sizeof(all), header + BACKUP_BLOCK_BYTES);
			header[BACKUP_BLOCK_BYTES + BACKUP_SUM_TEXT - 1] = '\n';
			return;
		}
		at += BACKUP_BLOCK_BYTES + (size_t)size;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = mem_dup((const char *)data, size);

	read_back(data, size);
	mend(copy, size);
	read_back((const uint8_t *)copy, size);
	free(copy);
	return 0;
}
