/*
 * spoil - junk over files of the index while it is open. (They are mapped: not
 * shorter.)
 */
#ifndef TESTS_UNIT_SPOIL_H
#define TESTS_UNIT_SPOIL_H

#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/unit.h"

/* All that TDB has; which values are there at all. */
#define SPOIL_RECORDS "index/*.tdb"
#define SPOIL_MEMBERS "index/*.members"

/* Header and all of each file of the store that the pattern fits. */
static inline void
spoil_files(const char *store, const char *pattern, char with)
{
	char path[192], junk[4096];
	glob_t found;

	memset(junk, with, sizeof(junk));
	snprintf(path, sizeof(path), "%s/%s", store, pattern);
	ck_assert_int_eq(glob(path, 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		int fd = open(found.gl_pathv[i], O_WRONLY);
		off_t size;

		ck_assert_int_ge(fd, 0);
		size = lseek(fd, 0, SEEK_END);
		for (off_t at = 0, n; at < size; at += n) {
			n = size - at < (off_t)sizeof(junk)
				? size - at
				: (off_t)sizeof(junk);
			ck_assert_int_eq(pwrite(fd, junk, (size_t)n, at), n);
		}
		close(fd);
	}
	globfree(&found);
}

#endif
