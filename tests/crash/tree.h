/*
 * tree - copies and removes whole directories.
 */
#ifndef TESTS_CRASH_TREE_H
#define TESTS_CRASH_TREE_H

/* Files, directories; nothing else. Ends the program on failure. */
void tree_copy(const char *from, const char *to);

/* Fine if it is not there. */
void tree_remove(const char *path);

#endif
