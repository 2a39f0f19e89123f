/*
 * ring - keys in the scratch directory, with secrets that the test knows.
 */
#ifndef TESTS_UNIT_RING_H
#define TESTS_UNIT_RING_H

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "policy/keys.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

#define RING_ZERO_TO_31                                                        \
	"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define RING_OTHER                                                             \
	"ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100"

/* Writes the file of a key; name with its ending, made a date. */
static inline void
ring_put(const char *name, const char *made, const char *secret, mode_t mode)
{
	char path[200];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", scratch_dir, name);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fprintf(f, "suppressd-key 1\nmade %s\nsecret %s\n", made, secret);
	fclose(f);
	ck_assert_int_eq(chmod(path, mode), 0);
}

/* The caller's: keys_unref(). */
static inline struct keys *
ring_load(const char *sign)
{
	struct error failed = { 0 };
	struct keys *ring = keys_load(scratch_dir, sign, &failed);

	ck_assert_msg(ring != NULL, "%s", failed.text);
	return ring;
}

#endif
