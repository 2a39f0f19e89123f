#include "db/owner.h"

#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

void
owner_of(const char *dir, struct owner *o)
{
	struct stat st;

	*o = (struct owner){ .is_other = false };
	if (geteuid() != 0 || stat(dir, &st) != 0 || st.st_uid == 0)
		return;
	*o = (struct owner){ true, st.st_uid, st.st_gid };
}

/* The group first: the user has no right to it. */
static void
become(uid_t user, gid_t group)
{
	(void)setfsgid(group);
	(void)setfsuid(user);
}

/* How often this thread has begun. */
static _Thread_local unsigned depth;

void
owner_begin(const struct owner *o)
{
	if (o->is_other && depth++ == 0)
		become(o->user, o->group);
}

void
owner_end(const struct owner *o)
{
	if (o->is_other && --depth == 0)
		become(geteuid(), getegid());
}
