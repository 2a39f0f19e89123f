/*
 * tree - copies and removes whole directories.
 */
#ifndef TESTS_CRASH_TREE_H
#define TESTS_CRASH_TREE_H

#include <stdbool.h>

/* Files, directories; nothing else. Ends the program on failure. */
void tree_copy(const char *from, const char *to);

/* Has a file below path these bytes? But those of TDB, which must not be
 * opened in the process that has them open, and what disk.c keeps. */
bool tree_mentions(const char *path, const char *text);

/* Fine if it is not there. */
void tree_remove(const char *path);

#endif
