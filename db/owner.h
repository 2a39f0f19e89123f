/*
 * owner - root works on somebody's store as that one: what it makes there is
 * theirs to use, and no link that they have put there leads it elsewhere. Who
 * asks for it (SO_PEERCRED) and what it may read in between stay root's.
 */
#ifndef DB_OWNER_H
#define DB_OWNER_H

#include <stdbool.h>
#include <sys/types.h>

struct owner {
	bool is_other; /* we are root, and it is not */
	uid_t user;
	gid_t group;
};

/* Whose a directory is; one that is not there yet is ours. */
void owner_of(const char *dir, struct owner *o);

/*
 * From here on, and up to here, files are opened and made as the owner, by
 * this thread (setfsuid(2)) and those that it begins. One pair may stand
 * within another of the same store.
 */
void owner_begin(const struct owner *o);
void owner_end(const struct owner *o);

#endif
