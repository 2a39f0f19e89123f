/*
 * mem - allocation that does not fail: without memory the process aborts
 * and is started again. What it returns is freed with free().
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

/* n zeroed elements of size bytes. */
void *mem_new(size_t n, size_t size);

/* As realloc(3) for n elements; new ones are not zeroed. */
void *mem_resize(void *old, size_t n, size_t size);

/* A NUL-ended copy of len bytes. */
char *mem_dup(const char *bytes, size_t len);

/* A copy of a NUL-ended text. */
char *mem_dup_text(const char *text);

/* For a program that runs for long with many threads: what big work needed once
 * is given back to the system when it is freed, and threads share a few heaps,
 * where each would get its own. Before there are threads. */
void mem_stay_small(void);

/*
 * So many things were worked at, and what that needed is free again. After
 * each ten thousand what is free in the middle of a heap is given back, too,
 * which takes some milliseconds: something small that stays behind it would
 * keep it for ever. Thread safe.
 */
void mem_worked(size_t things);

#endif
