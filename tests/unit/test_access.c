#include "policy/access.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

#define NOW INT64_C(1764162000)

static struct error err;
static struct access_token got;
static char text[ACCESS_TEXT];
static char dir[256];

static void
set_up(void)
{
	const struct access_token t = { .name = "shop",
		.scope = ACCESS_WRITE,
		.made = NOW,
		.expires = NOW + 60 };

	scratch_begin();
	snprintf(dir, sizeof(dir), "%s/tokens", scratch_dir);
	ck_assert_msg(access_make(dir, &t, -1, text, &err), "%s", err.text);
}

static bool
is_good(const char *token, int64_t now)
{
	bool found;

	ck_assert_msg(
	    access_check(dir, span_of(token), now, &got, &found, &err), "%s",
	    err.text);
	return found;
}

START_TEST(knows_its_own)
{
	ck_assert(is_good(text, NOW));
	ck_assert_str_eq(got.name, "shop");
	ck_assert_int_eq(got.scope, ACCESS_WRITE);
	ck_assert_int_eq(got.made, NOW);
}
END_TEST

START_TEST(expires_to_the_second)
{
	ck_assert(is_good(text, NOW + 59));
	ck_assert(!is_good(text, NOW + 60));
}
END_TEST

START_TEST(is_gone_when_it_is_revoked)
{
	ck_assert(access_revoke(dir, "shop", &err));
	ck_assert(!is_good(text, NOW));
	ck_assert(!access_revoke(dir, "shop", &err));
}
END_TEST

/* Each single letter of it counts, and so does its end. */
START_TEST(knows_no_other)
{
	char other[ACCESS_TEXT + 1];
	size_t len = strlen(text);

	for (size_t i = 0; i < len; i++) {
		memcpy(other, text, sizeof(text));
		other[i] = other[i] == 'a' ? 'b' : 'a';
		ck_assert_msg(!is_good(other, NOW), "%s", other);
		memcpy(other, text, i);
		other[i] = '\0';
		ck_assert_msg(!is_good(other, NOW), "%s", other);
	}
	snprintf(other, sizeof(other), "%sa", text);
	ck_assert(!is_good(other, NOW));
	ck_assert(!is_good("", NOW));
	ck_assert(!is_good("suppressd.../tokens/shop.x", NOW));
}
END_TEST

/* As a session asks, which has no text any more. */
START_TEST(holds_until_it_is_revoked)
{
	const struct access_token t = { .name = "shop",
		.scope = ACCESS_WRITE,
		.made = NOW };
	struct access_token session;
	char other[ACCESS_TEXT];
	bool found;

	ck_assert(is_good(text, NOW));
	session = got;
	ck_assert(access_holds(dir, &session, NOW + 59, &found, &err));
	ck_assert(found);
	ck_assert(access_holds(dir, &session, NOW + 60, &found, &err));
	ck_assert(!found);
	ck_assert(access_revoke(dir, "shop", &err));
	ck_assert(access_holds(dir, &session, NOW, &found, &err));
	ck_assert(!found);
	ck_assert(access_make(dir, &t, -1, other, &err));
	ck_assert(access_holds(dir, &session, NOW, &found, &err));
	ck_assert(!found);
}
END_TEST

/* A file that has been read, and was old enough, is only looked at. */
START_TEST(is_known_again_while_its_file_stays)
{
	struct access_token known,
	    t = { .name = "shop", .scope = ACCESS_ADMIN };
	char path[300];
	struct stat st;
	int64_t now;

	snprintf(path, sizeof(path), "%s/shop.token", dir);
	ck_assert(access_revoke(dir, "shop", &err));
	ck_assert(access_make(dir, &t, -1, text, &err));
	ck_assert_int_eq(stat(path, &st), 0);
	now = st.st_ctim.tv_sec + 1;
	ck_assert(is_good(text, now));
	ck_assert(!access_again(dir, &got, span_of(text), now + 9));
	ck_assert(is_good(text, now + 1));
	known = got;
	ck_assert(access_again(dir, &known, span_of(text), now + 9));
	ck_assert(!access_again(dir, &known, span_of("suppressd.shop.a"), now));
	known.expires = now + 9;
	ck_assert(access_again(dir, &known, span_of(text), now + 8));
	ck_assert(!access_again(dir, &known, span_of(text), now + 9));
	known = got;
	known.changed.tv_nsec ^= 1;
	ck_assert(!access_again(dir, &known, span_of(text), now + 1));
	known = got;
	known.inode++;
	ck_assert(!access_again(dir, &known, span_of(text), now + 1));
	ck_assert(access_revoke(dir, "shop", &err));
	ck_assert(!access_again(dir, &got, span_of(text), now + 1));
}
END_TEST

/* What is broken is not "no such token": the log has to say so. */
START_TEST(cannot_tell_of_a_broken_file)
{
	bool found;

	ck_assert(file_replace(dir, "shop.token",
	    span_of("suppressd-api-token 1\nscope write\n"), 0600, &err));
	ck_assert(!access_check(dir, span_of(text), NOW, &got, &found, &err));
	ck_assert_int_eq(err.code, ERROR_CORRUPT);
	ck_assert(!found);
}
END_TEST

static Suite *
access_suite(void)
{
	Suite *s = suite_create("access");
	TCase *t = tcase_create("access");

	tcase_add_checked_fixture(t, set_up, scratch_end);
	tcase_add_test(t, knows_its_own);
	tcase_add_test(t, expires_to_the_second);
	tcase_add_test(t, is_gone_when_it_is_revoked);
	tcase_add_test(t, holds_until_it_is_revoked);
	tcase_add_test(t, knows_no_other);
	tcase_add_test(t, is_known_again_while_its_file_stays);
	tcase_add_test(t, cannot_tell_of_a_broken_file);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(access_suite)
