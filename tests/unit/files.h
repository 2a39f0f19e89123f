/*
 * files - what stands in the files of a store in the scratch directory.
 */
#ifndef TESTS_UNIT_FILES_H
#define TESTS_UNIT_FILES_H

#include <ftw.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "tests/unit/stores.h"

static const char *files_wanted;

static inline int
files_have_it(const char *path, const struct stat *st, int type,
    struct FTW *ftw)
{
	struct buf bytes;
	bool found;

	(void)ftw;
	if (type != FTW_F || !S_ISREG(st->st_mode) || st->st_size == 0)
		return 0;
	buf_init(&bytes, (size_t)st->st_size);
	ck_assert(file_read_path(path, &bytes, &err));
	found = memmem(bytes.p, bytes.len, files_wanted,
		    strlen(files_wanted)) != NULL;
	buf_done(&bytes);
	return found;
}

/* Does a file of the store have it? The store is closed: TDB's lose their
 * locks to whoever reads them. */
static inline bool
is_in_files(const char *text)
{
	files_wanted = text;
	return nftw(scratch_dir, files_have_it, 16, FTW_PHYS) != 0;
}

#endif
