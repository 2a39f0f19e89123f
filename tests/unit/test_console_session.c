#include "web/console/session.h"

#include <string.h>

#include "tests/unit/unit.h"

#define NOW INT64_C(1764000000)

static const struct access_token anna = { .name = "anna",
	.scope = ACCESS_WRITE };

START_TEST(begins_and_ends)
{
	struct sessions *s = sessions_new();
	char one[SESSION_ID_TEXT], two[SESSION_ID_TEXT];
	struct access_token who = { 0 };

	ck_assert(!session_find(s, "", NOW, &who));
	session_visit(one);
	ck_assert(!session_find(s, one, NOW, &who));
	session_begin(s, &anna, NOW, one);
	session_begin(s, &anna, NOW, two);
	ck_assert_str_ne(one, two);
	ck_assert(session_find(s, one, NOW, &who));
	ck_assert_str_eq(who.name, "anna");
	ck_assert_int_eq(who.scope, ACCESS_WRITE);
	session_end(s, one);
	ck_assert(!session_find(s, one, NOW, &who));
	ck_assert(session_find(s, two, NOW, &who));
	sessions_free(s);
}
END_TEST

START_TEST(has_an_age)
{
	struct sessions *s = sessions_new();
	char idle[SESSION_ID_TEXT], busy[SESSION_ID_TEXT];
	struct access_token who;
	int64_t at = NOW;

	session_begin(s, &anna, NOW, idle);
	session_begin(s, &anna, NOW, busy);
	for (; at < NOW + SESSION_AGE_S; at += SESSION_IDLE_S - 1)
		ck_assert(session_find(s, busy, at, &who));
	ck_assert(!session_find(s, idle, NOW + SESSION_IDLE_S, &who));
	ck_assert(!session_find(s, busy, NOW + SESSION_AGE_S, &who));
	sessions_free(s);
}
END_TEST

/* The one that was used longest ago makes room. */
START_TEST(has_a_number)
{
	struct sessions *s = sessions_new();
	char first[SESSION_ID_TEXT], second[SESSION_ID_TEXT];
	char other[SESSION_ID_TEXT];
	struct access_token who;

	session_begin(s, &anna, NOW, first);
	session_begin(s, &anna, NOW, second);
	ck_assert(session_find(s, first, NOW + 1, &who));
	for (int i = 2; i <= SESSIONS_MAX; i++)
		session_begin(s, &anna, NOW + 1, other);
	ck_assert(session_find(s, first, NOW + 2, &who));
	ck_assert(!session_find(s, second, NOW + 2, &who));
	ck_assert(session_find(s, other, NOW + 2, &who));
	sessions_free(s);
}
END_TEST

START_TEST(marks_forms)
{
	struct sessions *s = sessions_new(), *stranger = sessions_new();
	char one[SESSION_ID_TEXT], two[SESSION_ID_TEXT];
	char mark[SESSION_MARK_TEXT];

	session_visit(one);
	session_visit(two);
	session_mark(s, one, mark);
	ck_assert(session_has_mark(s, one, mark));
	ck_assert(!session_has_mark(s, two, mark));
	ck_assert(!session_has_mark(stranger, one, mark));
	mark[5] ^= 1;
	ck_assert(!session_has_mark(s, one, mark));
	ck_assert(!session_has_mark(s, one, ""));
	session_mark(s, "", mark);
	ck_assert(!session_has_mark(s, "", mark));
	sessions_free(s);
	sessions_free(stranger);
}
END_TEST

START_TEST(says_once)
{
	struct sessions *s = sessions_new();
	char id[SESSION_ID_TEXT], words[SESSION_WORDS_TEXT];

	session_begin(s, &anna, NOW, id);
	ck_assert(!session_said(s, id, words));
	session_say(s, id, "done");
	session_say(s, "nobody", "not this");
	ck_assert(session_said(s, id, words));
	ck_assert_str_eq(words, "done");
	ck_assert(!session_said(s, id, words));
	sessions_free(s);
}
END_TEST

static Suite *
session_suite(void)
{
	Suite *suite = suite_create("console session");
	TCase *tc = tcase_create("session");

	tcase_add_test(tc, begins_and_ends);
	tcase_add_test(tc, has_an_age);
	tcase_add_test(tc, has_a_number);
	tcase_add_test(tc, marks_forms);
	tcase_add_test(tc, says_once);
	suite_add_tcase(suite, tc);
	return suite;
}

UNIT_MAIN(session_suite)
