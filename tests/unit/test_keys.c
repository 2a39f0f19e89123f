#include "tests/unit/ring.h"

#include <string.h>

#define NOV "2026-11-25T13:00:00Z"
#define DEC "2026-12-01T00:00:00Z"
#define SECRET_DIGITS "1a1b1c1d1e1f"

static struct error err;

static void
begin(void)
{
	scratch_begin();
	err = (struct error){ 0 };
}

static void
end(void)
{
	scratch_end();
}

static const char *
signer(const char *sign)
{
	static char id[LIMIT_KEY_ID_TEXT];
	struct keys *ring = ring_load(sign);
	const struct key *k = keys_signer(ring);

	snprintf(id, sizeof(id), "%s", k != NULL ? k->id : "");
	keys_unref(ring);
	return id;
}

/* The newest signs, unless another is named; a retired one never does. */
START_TEST(signs_with_one)
{
	ck_assert_str_eq(signer(""), "");
	ring_put("b.key", NOV, RING_ZERO_TO_31, 0600);
	ck_assert_str_eq(signer(""), "b");
	ring_put("a.key", DEC, RING_OTHER, 0600);
	ck_assert_str_eq(signer(""), "a");
	ck_assert_str_eq(signer("b"), "b");
	ck_assert(keys_retire(scratch_dir, "a", &err));
	ck_assert_str_eq(signer(""), "b");
	ck_assert_ptr_null(keys_load(scratch_dir, "a", &err));
	ck_assert_int_eq(err.code, ERROR_INVALID);
	ck_assert_ptr_nonnull(strstr(err.text, "token.sign"));
	ck_assert(!keys_retire(scratch_dir, "a", &err));
	ck_assert(!keys_retire(scratch_dir, "../b", &err));
}
END_TEST

START_TEST(keeps_those_that_verify)
{
	struct keys *ring;

	ring_put("a.retired.key", NOV, RING_OTHER, 0400);
	ring_put("b.key", DEC, RING_ZERO_TO_31, 0600);
	ring_put("README", DEC, "whatever", 0644);
	ring = ring_load("");
	ck_assert_str_eq(keys_at(ring, 0)->id, "a");
	ck_assert(keys_at(ring, 0)->retired);
	ck_assert_str_eq(keys_at(ring, 1)->id, "b");
	ck_assert_ptr_null(keys_at(ring, 2));
	ck_assert_mem_ne(keys_at(ring, 0)->tag, keys_at(ring, 1)->tag,
	    KEY_TAG_BYTES);
	ck_assert_ptr_eq(keys_ref(ring), ring);
	keys_unref(ring);
	ck_assert_ptr_nonnull(keys_signer(ring));
	keys_unref(ring);
	keys_unref(NULL);
	ck_assert_ptr_null(keys_signer(NULL));
	ck_assert_ptr_null(keys_at(NULL, 0));
}
END_TEST

/* What makes a ring be refused; no word of it tells a secret. */
static const struct {
	const char *name;
	const char *made;
	const char *secret;
	mode_t mode;
	enum error_code code;
	const char *says;
} bad[] = {
	{ "a.key", NOV, RING_OTHER, 0640, ERROR_REFUSED, "chmod 600" },
	{ "a.key", NOV, RING_OTHER, 0604, ERROR_REFUSED, "a.key" },
	{ "a.key", NOV, RING_OTHER, 0602, ERROR_REFUSED, "chmod 600" },
	{ "a.retired.key", NOV, RING_OTHER, 0644, ERROR_REFUSED, "600" },
	{ "a b.key", NOV, RING_OTHER, 0600, ERROR_INVALID, "letters" },
	{ ".key", NOV, RING_OTHER, 0600, ERROR_INVALID, "letters" },
	{ "a.key", "yesterday", RING_OTHER, 0600, ERROR_INVALID, "no key" },
	{ "a.key", NOV, SECRET_DIGITS, 0600, ERROR_INVALID, "no key" },
	{ "a.key", NOV, RING_OTHER "00", 0600, ERROR_INVALID, "no key" },
	{ "a.key", NOV, "x" RING_OTHER, 0600, ERROR_INVALID, "no key" },
	{ "a.key", NOV, RING_OTHER "\nmore", 0600, ERROR_INVALID, "no key" },
	{ "a.key", NOV, "", 0600, ERROR_INVALID, "no key" },
};

START_TEST(refuses)
{
	ring_put("b.key", NOV, RING_ZERO_TO_31, 0600);
	ring_put(bad[_i].name, bad[_i].made, bad[_i].secret, bad[_i].mode);
	ck_assert_ptr_null(keys_load(scratch_dir, "", &err));
	ck_assert_msg(err.code == bad[_i].code &&
			  strstr(err.text, bad[_i].says) != NULL,
	    "%s", err.text);
	ck_assert_ptr_null(strstr(err.text, SECRET_DIGITS));
	ck_assert_ptr_null(strstr(err.text, "ffeedd"));
}
END_TEST

START_TEST(refuses_an_open_directory)
{
	ring_put("b.key", NOV, RING_ZERO_TO_31, 0600);
	ck_assert_int_eq(chmod(scratch_dir, 0770), 0);
	ck_assert_ptr_null(keys_load(scratch_dir, "", &err));
	ck_assert_int_eq(err.code, ERROR_REFUSED);
	ck_assert_ptr_nonnull(strstr(err.text, "chmod go-w"));
}
END_TEST

START_TEST(refuses_too_many)
{
	char name[32];

	for (int i = 0; i <= KEYS_MAX; i++) {
		snprintf(name, sizeof(name), "k%d.key", i);
		ring_put(name, NOV, RING_OTHER, 0600);
	}
	ck_assert_ptr_null(keys_load(scratch_dir, "", &err));
	ck_assert_int_eq(err.code, ERROR_LIMIT);
}
END_TEST

START_TEST(makes_keys)
{
	char dir[128], path[192], id[LIMIT_KEY_ID_TEXT] = "";
	struct keys *ring;
	struct stat st;

	snprintf(dir, sizeof(dir), "%s/keys", scratch_dir);
	/* A directory that is not there holds no keys. */
	ring = keys_load(dir, "", &err);
	ck_assert_ptr_nonnull(ring);
	keys_unref(ring);
	ck_assert(keys_make(dir, id, 1795611600, -1, -1, &err));
	ck_assert_str_eq(id, "2026-11-25");
	id[0] = '\0';
	ck_assert(keys_make(dir, id, 1795611601, -1, -1, &err));
	ck_assert_str_eq(id, "2026-11-25-2");
	ck_assert(!keys_make(dir, id, 1795611601, -1, -1, &err));
	ck_assert_int_eq(err.code, ERROR_INVALID);
	ck_assert(keys_retire(dir, id, &err));
	/* A retired key's ID stays taken. */
	ck_assert(!keys_make(dir, id, 1795611601, -1, -1, &err));
	ck_assert_int_eq(stat(dir, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0700);
	snprintf(path, sizeof(path), "%s/2026-11-25.key", dir);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0600);
	ring = keys_load(dir, "", &err);
	ck_assert_msg(ring != NULL, "%s", err.text);
	ck_assert_str_eq(keys_signer(ring)->id, "2026-11-25");
	ck_assert_int_eq(keys_signer(ring)->made, 1795611600);
	keys_unref(ring);
}
END_TEST

/* The flags of the mapping that an address lies in: proc(5), VmFlags. */
static bool
has_flag(const void *address, const char *flag)
{
	FILE *f = fopen("/proc/self/smaps", "r");
	unsigned long from, to, at = (unsigned long)(uintptr_t)address;
	bool within = false, found = false;
	char line[512];

	ck_assert_ptr_nonnull(f);
	while (fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			within = from <= at && at < to;
		if (within && strncmp(line, "VmFlags:", 8) == 0)
			found = strstr(line, flag) != NULL;
	}
	fclose(f);
	return found;
}

/* "dd": do not include the area into a core dump. */
START_TEST(stays_out_of_core_dumps)
{
	struct keys *ring;

	ring_put("b.key", NOV, RING_ZERO_TO_31, 0600);
	ring = ring_load("");
	ck_assert(has_flag(keys_signer(ring)->secrets, " dd"));
	ck_assert(!has_flag(&err, " dd"));
	keys_unref(ring);
}
END_TEST

static Suite *
keys_suite(void)
{
	Suite *s = suite_create("keys");
	TCase *t = tcase_create("keys");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_test(t, signs_with_one);
	tcase_add_test(t, keeps_those_that_verify);
	tcase_add_loop_test(t, refuses, 0, ARRAY_LEN(bad));
	tcase_add_test(t, refuses_an_open_directory);
	tcase_add_test(t, refuses_too_many);
	tcase_add_test(t, makes_keys);
	tcase_add_test(t, stays_out_of_core_dumps);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(keys_suite)
