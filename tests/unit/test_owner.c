/* Root at work in somebody's directory. */
#include "db/owner.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

static struct owner owner;

/* Whose a new file is. */
static uid_t
user_of(const char *name)
{
	struct error err;
	struct stat st;
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", scratch_dir, name);
	ck_assert_msg(file_create(path, span_of(""), 0600, &err), "%s",
	    err.text);
	ck_assert_int_eq(stat(path, &st), 0);
	return st.st_uid;
}

/* What is called within works as the owner, too, and does not end it. */
START_TEST(one_within_the_other)
{
	const struct passwd *nobody = getpwnam("nobody");

	ck_assert_int_eq(chown(scratch_dir, nobody->pw_uid, nobody->pw_gid), 0);
	owner_of(scratch_dir, &owner);
	owner_begin(&owner);
	ck_assert_uint_eq(user_of("first"), nobody->pw_uid);
	owner_begin(&owner);
	ck_assert_uint_eq(user_of("within"), nobody->pw_uid);
	owner_end(&owner);
	ck_assert_uint_eq(user_of("behind"), nobody->pw_uid);
	owner_end(&owner);
	ck_assert_uint_eq(user_of("after"), 0);
}
END_TEST

/* Our own directory, and one that is not there. */
START_TEST(ours)
{
	owner_of(scratch_dir, &owner);
	ck_assert(!owner.is_other);
	owner_of("/nonexistent", &owner);
	ck_assert(!owner.is_other);
	owner_begin(&owner);
	ck_assert_uint_eq(user_of("file"), geteuid());
	owner_end(&owner);
}
END_TEST

static Suite *
owner_suite(void)
{
	Suite *s = suite_create("owner");
	TCase *t = tcase_create("owner");

	tcase_add_checked_fixture(t, scratch_begin, scratch_end);
	/* Nobody else can be another one. */
	if (geteuid() == 0)
		tcase_add_test(t, one_within_the_other);
	tcase_add_test(t, ours);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(owner_suite)
