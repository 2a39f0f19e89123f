/*
 * scratch - a directory of its own for each test, gone afterwards.
 */
#ifndef TESTS_UNIT_SCRATCH_H
#define TESTS_UNIT_SCRATCH_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char scratch_dir[64];

static inline int
scratch_unlink(const char *path, const struct stat *st, int type,
    struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline void
scratch_begin(void)
{
	snprintf(scratch_dir, sizeof(scratch_dir),
	    "/tmp/suppressd-unit.XXXXXX");
	if (mkdtemp(scratch_dir) == NULL)
		abort();
}

static inline void
scratch_end(void)
{
	nftw(scratch_dir, scratch_unlink, 16, FTW_DEPTH | FTW_PHYS);
}

#endif
