#include "base/user.h"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

static const struct passwd *
look_up(const char *name, struct error *err)
{
	const struct passwd *pw = getpwnam(name);

	if (pw == NULL)
		error_set(err, ERROR_INVALID,
		    "user: there is no '%.40s' on this system: add it, or "
		    "name another",
		    name);
	else if (geteuid() != 0 && geteuid() != pw->pw_uid)
		error_set(err, ERROR_INVALID,
		    "user: only root can become '%.40s': start it as root or "
		    "as that user",
		    name);
	else
		return pw;
	return NULL;
}

bool
user_check(const char *name, struct error *err)
{
	return look_up(name, err) != NULL;
}

bool
user_become(const char *name, struct error *err)
{
	const struct passwd *pw = look_up(name, err);

	if (pw == NULL)
		return false;
	if (geteuid() == pw->pw_uid)
		return true;
	if (initgroups(name, pw->pw_gid) == 0 && setgid(pw->pw_gid) == 0 &&
	    setuid(pw->pw_uid) == 0) {
		/* The way back must be closed. */
		if (setuid(0) != 0)
			return true;
		error_set(err, ERROR_REFUSED,
		    "user: '%.40s' could become root again", name);
		return false;
	}
	error_errno(err, "user: cannot become '%.40s'", name);
	return false;
}
