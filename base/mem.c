#include "base/mem.h"

#include <malloc.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Two for each of a small machine's processors. */
#define HEAPS 4

/* The C library's own first value: but where nobody sets it, it grows with
 * each large block that is freed, to 32 MiB, and each heap keeps twice that. */
#define LARGE_BYTES (128 * 1024)

#define TRIM_AFTER 10000

static void *
checked(void *p)
{
	if (p == NULL) {
		fputs("out of memory\n", stderr);
		abort();
	}
	return p;
}

void *
mem_new(size_t n, size_t size)
{
	return checked(calloc(n != 0 ? n : 1, size));
}

void *
mem_resize(void *old, size_t n, size_t size)
{
	return checked(reallocarray(old, n != 0 ? n : 1, size));
}

char *
mem_dup(const char *bytes, size_t len)
{
	char *copy = mem_new(len + 1, 1);

	if (len != 0)
		memcpy(copy, bytes, len);
	return copy;
}

char *
mem_dup_text(const char *text)
{
	return mem_dup(text, strlen(text));
}

void
mem_stay_small(void)
{
	(void)mallopt(M_ARENA_MAX, HEAPS);
	(void)mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
	(void)mallopt(M_TRIM_THRESHOLD, LARGE_BYTES);
}

void
mem_worked(size_t things)
{
	static atomic_size_t sum;

	if (atomic_fetch_add(&sum, things) + things < TRIM_AFTER)
		return;
	atomic_store(&sum, 0);
	(void)malloc_trim(0);
}
