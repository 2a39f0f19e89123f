/*
 * Each test has a process of its own, which does not come back from what it
 * becomes. Who is not root can only stay who it is.
 */
#include "base/user.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/unit/unit.h"

#define OTHER "nobody"

/* What the kernel may do with it: refuse, or (never, and that is the point)
 * say that it is done and leave the process as it is. */
static enum { HONEST, REFUSES, PRETENDS } kernel;

int
setuid(uid_t uid)
{
	if (kernel == PRETENDS)
		return 0;
	if (kernel == REFUSES) {
		errno = EAGAIN;
		return -1;
	}
	return (int)syscall(SYS_setuid, uid);
}

START_TEST(there_is_no_such_user)
{
	struct error err = { 0 };

	ck_assert(!user_check("no-such-user", &err));
	ck_assert_int_eq(err.code, ERROR_INVALID);
	ck_assert_ptr_nonnull(strstr(err.text, "'no-such-user'"));
	err.code = 0;
	ck_assert(!user_become("no-such-user", &err));
	ck_assert_int_eq(err.code, ERROR_INVALID);
}
END_TEST

START_TEST(stays_who_it_is)
{
	const struct passwd *me = getpwuid(geteuid());
	struct error err;

	if (me == NULL)
		return;
	ck_assert(user_check(me->pw_name, &err));
	ck_assert(user_become(me->pw_name, &err));
	ck_assert_uint_eq(geteuid(), me->pw_uid);
}
END_TEST

START_TEST(becomes_another_for_good)
{
	const struct passwd *other = getpwnam(OTHER);
	struct error err = { 0 };
	uid_t real, effective, saved;

	ck_assert_ptr_nonnull(other);
	ck_assert_msg(user_check(OTHER, &err), "%s", err.text);
	ck_assert_msg(user_become(OTHER, &err), "%s", err.text);
	ck_assert_int_eq(getresuid(&real, &effective, &saved), 0);
	ck_assert_uint_eq(real, other->pw_uid);
	ck_assert_uint_eq(effective, other->pw_uid);
	ck_assert_uint_eq(saved, other->pw_uid);
	ck_assert_uint_eq(getegid(), other->pw_gid);
	/* Root's groups are gone, too. */
	ck_assert_int_le(getgroups(0, NULL), 1);
	ck_assert_int_eq(setgroups(0, NULL), -1);
	/* And from here there is no way to a third. */
	ck_assert(!user_check("daemon", &err));
	ck_assert_int_eq(err.code, ERROR_INVALID);
	ck_assert_ptr_nonnull(strstr(err.text, "only root"));
	ck_assert(!user_become("root", &err));
	ck_assert(user_become(OTHER, &err));
}
END_TEST

START_TEST(tells_that_it_could_not)
{
	struct error err = { 0 };

	kernel = REFUSES;
	ck_assert(!user_become(OTHER, &err));
	ck_assert_int_eq(err.code, ERROR_IO);
	ck_assert_ptr_nonnull(strstr(err.text, strerror(EAGAIN)));
	ck_assert_uint_eq(geteuid(), 0);
}
END_TEST

START_TEST(the_way_back_has_to_be_closed)
{
	struct error err = { 0 };

	kernel = PRETENDS;
	ck_assert(!user_become(OTHER, &err));
	ck_assert_int_eq(err.code, ERROR_REFUSED);
	ck_assert_ptr_nonnull(strstr(err.text, "root again"));
}
END_TEST

static Suite *
user_suite(void)
{
	Suite *s = suite_create("user");
	TCase *t = tcase_create("user");

	tcase_add_test(t, there_is_no_such_user);
	tcase_add_test(t, stays_who_it_is);
	if (geteuid() == 0) {
		tcase_add_test(t, becomes_another_for_good);
		tcase_add_test(t, tells_that_it_could_not);
		tcase_add_test(t, the_way_back_has_to_be_closed);
	}
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(user_suite)
