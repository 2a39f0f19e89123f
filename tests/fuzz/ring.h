/*
 * ring - a key for the fuzzers of what is made with one.
 */
#ifndef TESTS_FUZZ_RING_H
#define TESTS_FUZZ_RING_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "policy/keys.h"
#include "tests/fuzz/fuzz.h"

/* A ring with one key, made at the first call and never freed. */
static inline const struct keys *
fuzz_ring(void)
{
	static struct keys *made;
	char dir[] = "/tmp/suppressd-fuzz.XXXXXX", id[LIMIT_KEY_ID_TEXT] = "k";
	char path[64];
	struct error err;

	if (made != NULL)
		return made;
	need(mkdtemp(dir) != NULL);
	need(keys_make(dir, id, 0, -1, -1, &err));
	made = keys_load(dir, "", &err);
	need(made != NULL);
	snprintf(path, sizeof(path), "%s/k.key", dir);
	unlink(path);
	rmdir(dir);
	return made;
}

#endif
