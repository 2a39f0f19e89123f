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

/*
 * So many things were worked at, and what that needed is free again. After
 * each ten thousand it is given back to the system, which takes some
 * milliseconds: the C library keeps it, for each thread on its own, and what
 * one did once would stay for ever. Thread safe.
 */
void mem_worked(size_t things);

/* Threads share a few heaps, where each of many would get its own and keep what
 * it once needed. Before there are threads. */
void mem_share(void);

#endif
