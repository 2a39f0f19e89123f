#include "tests/unit/unit.h"

#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "policy/return_path.h"
#include "tests/unit/ring.h"

#define NOW (INT64_C(20782) * 86400)
#define BASE "bounces@bounces.example.com"
#define NEWS "news@example.com"
#define JOE "joe@example.net"
#define JIM "jim@example.net"

static struct keys *ring;
static const struct key *key;

static void
with_key(const char *secret)
{
	ring_put("a.key", "2026-11-25", secret, 0600);
	keys_unref(ring);
	ring = ring_load("");
	key = keys_signer(ring);
	ck_assert_ptr_nonnull(key);
}

static void
begin(void)
{
	scratch_begin();
	with_key(RING_ZERO_TO_31);
}

static void
end(void)
{
	keys_unref(ring);
	ring = NULL;
	scratch_end();
}

static struct addr *
address(struct span text, struct addr *out)
{
	struct error err;

	ck_assert_msg(addr_parse(text, out, &err), "%.*s: %s", (int)text.len,
	    text.p, err.text);
	return out;
}

/* recipient NULL: several. */
static bool
make(const char *base, const char *sender, const char *recipient, size_t spare,
    char out[LIMIT_VALUE_TEXT])
{
	struct addr b, s;

	return return_path_make(key, NOW, address(span_of(base), &b),
	    address(span_of(sender), &s), recipient, spare, out);
}

static bool
reads(const char *text, struct token *t, enum token_fault *fault)
{
	struct addr a;

	return return_path_read(ring, address(span_of(text), &a), t, fault);
}

static size_t
number(struct span s)
{
	unsigned long long n;

	ck_assert(span_number(s, 65535, &n));
	return (size_t)n;
}

/* One line of tests/data/return_path.vectors. */
static void
check_vector(struct span line)
{
	struct span secret, day, base, sender, who;
	char hex[2 * HASH_KEY_BYTES + 1], out[LIMIT_VALUE_TEXT];
	struct addr b, s, to = { .text = "" };
	enum token_fault fault;
	struct token t;
	char *blank;
	bool one;

	ck_assert(span_cut(&line, ' ', &secret) && span_cut(&line, ' ', &day) &&
		  span_cut(&line, ' ', &base) &&
		  span_cut(&line, ' ', &sender) && span_cut(&line, ' ', &who));
	ck_assert(span_copy(secret, hex, sizeof(hex)));
	with_key(hex);
	one = !span_is(who, "-");
	if (one)
		ck_assert(span_copy(who, to.text, sizeof(to.text)));
	blank = strstr(to.text, "%20");
	if (blank != NULL) {
		*blank = ' ';
		memmove(blank + 1, blank + 3, strlen(blank + 3) + 1);
	}
	ck_assert(return_path_make(key, (int64_t)number(day) * 86400 + 86399,
	    address(base, &b), address(sender, &s), one ? to.text : NULL, 0,
	    out));
	ck_assert_msg(span_is(line, out), "%.*s\n%s", (int)line.len, line.p,
	    out);
	ck_assert(reads(out, &t, &fault));
	ck_assert_int_eq(t.form, one ? TOKEN_PATH : TOKEN_PATHS);
	ck_assert_int_eq(t.day, (int)number(day));
	ck_assert_str_eq(t.addr.text, s.text);
	ck_assert_str_eq(t.addr.shown, s.shown);
	ck_assert(token_is_for(&t, to.text) == one);
	ck_assert(!token_is_for(&t, JIM));
}

/* An independent implementation (return_path_vectors.py) makes the same. */
START_TEST(is_as_described)
{
	const char *srcdir = getenv("SRCDIR");
	struct span lines, line;
	struct error err;
	struct buf file;
	char path[256];
	size_t n = 0;

	snprintf(path, sizeof(path), "%s/tests/data/return_path.vectors",
	    srcdir != NULL ? srcdir : ".");
	buf_init(&file, 64 * 1024);
	ck_assert_msg(file_read_path(path, &file, &err), "%s", err.text);
	for (lines = buf_span(&file); span_line(&lines, &line);)
		if (line.len > 0 && line.p[0] != '#') {
			check_vector(line);
			n++;
		}
	ck_assert_uint_eq(n, 9);
	buf_done(&file);
}
END_TEST

/* What a mailer may do to it on its way, and XVERP behind it. */
START_TEST(bears_its_way)
{
	static const char *const behind[] = { "", "+joe=example.net",
		"+a+b=example.net", "+x" };
	char out[LIMIT_VALUE_TEXT], changed[LIMIT_VALUE_TEXT];
	struct span rest, local;
	enum token_fault fault;
	struct token t;

	ck_assert(make(BASE, "News+Tag@Example.com", JOE, 0, out));
	for (size_t i = 0; i < ARRAY_LEN(behind); i++) {
		rest = span_of(out);
		ck_assert(span_cut(&rest, '@', &local));
		snprintf(changed, sizeof(changed), "%.*s%s@%s", (int)local.len,
		    local.p, behind[i], rest.p);
		ck_assert_msg(reads(changed, &t, &fault), "%s", changed);
		ck_assert_str_eq(t.addr.shown, "News+Tag@example.com");
		ck_assert(token_is_for(&t, JOE));
		/* XVERP for a local part in quotes, facts of Postfix. */
		snprintf(changed, sizeof(changed), "\"%.*s+q q=out.test\"@%s",
		    (int)local.len, local.p, rest.p);
		ck_assert(reads(changed, &t, &fault));
		ck_assert_str_eq(t.addr.text, "news+tag@example.com");
	}
	for (char *c = out; *c != '\0'; c++)
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 32);
	ck_assert(reads(out, &t, &fault));
	ck_assert_str_eq(t.addr.text, "news+tag@example.com");
	ck_assert(token_is_for(&t, JOE) && !token_is_for(&t, JIM));
}
END_TEST

/* No letter of its local part may be changed, dropped or added. */
START_TEST(bears_no_change)
{
	char out[LIMIT_VALUE_TEXT], bad[LIMIT_VALUE_TEXT];
	enum token_fault fault;
	struct token t;
	size_t first = strlen("bounces+"), end;

	ck_assert(make(BASE, NEWS, JOE, 0, out));
	end = strlen(out) - strlen("@bounces.example.com");
	for (size_t i = first; i < end; i++) {
		snprintf(bad, sizeof(bad), "%s", out);
		bad[i] = bad[i] == 'q' ? 'x' : 'q';
		ck_assert_msg(!reads(bad, &t, &fault) || !token_is_for(&t, JOE),
		    "%s", bad);
		/* Without it, and with it twice. */
		snprintf(bad, sizeof(bad), "%.*s%s", (int)i, out, out + i + 1);
		ck_assert_msg(!reads(bad, &t, &fault), "%s", bad);
		snprintf(bad, sizeof(bad), "%.*s%s", (int)i + 1, out, out + i);
		ck_assert_msg(!reads(bad, &t, &fault), "%s", bad);
	}
}
END_TEST

/* One to several can't be made one to somebody, nor the other way round. */
START_TEST(keeps_its_form)
{
	char one[LIMIT_VALUE_TEXT], several[LIMIT_VALUE_TEXT];
	char bad[LIMIT_VALUE_TEXT];
	enum token_fault fault;
	struct token t;
	size_t first = strlen("bounces+");

	ck_assert(make(BASE, NEWS, JOE, 0, one));
	ck_assert(make(BASE, NEWS, NULL, 0, several));
	ck_assert(reads(several, &t, &fault));
	ck_assert_int_eq(t.form, TOKEN_PATHS);
	ck_assert(!token_is_for(&t, JOE) && !token_is_for(&t, ""));
	/* the first 10 bytes of that for one, under the other's first letters
	 */
	snprintf(bad, sizeof(bad), "%s", several);
	memcpy(bad + first + 2, one + first + 2, 14);
	ck_assert(!reads(bad, &t, &fault));
	ck_assert_int_eq(fault, TOKEN_FORGED);
	snprintf(bad, sizeof(bad), "bounces+%.16s+news=@bounces.example.com",
	    one + first);
	ck_assert(!reads(bad, &t, &fault));
	ck_assert_int_eq(fault, TOKEN_NO_TOKEN);
}
END_TEST

START_TEST(tells_the_fault)
{
	static const char *const others[] = { BASE, "bounces+@example.com",
		"bounces++@example.com", "bounces+x+y@example.com",
		"bounces+joe=example.net@example.com", "\"+\"@example.com" };
	char out[LIMIT_VALUE_TEXT], moved[LIMIT_VALUE_TEXT];
	enum token_fault fault;
	struct token t;

	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		ck_assert(!reads(others[i], &t, &fault));
		ck_assert_int_eq(fault, TOKEN_NO_TOKEN);
	}
	ck_assert(make(BASE, NEWS, JOE, 0, out));
	/* "news=" is somebody else's below another domain. */
	snprintf(moved, sizeof(moved), "%.*s@bounces.evil.example",
	    (int)span_find(span_of(out), '@'), out);
	ck_assert(!reads(moved, &t, &fault));
	ck_assert_int_eq(fault, TOKEN_FORGED);
	with_key(RING_OTHER);
	ck_assert(!reads(out, &t, &fault));
	ck_assert_int_eq(fault, TOKEN_NO_KEY);
	keys_unref(ring);
	ring = NULL;
	ck_assert(!reads(out, &t, &fault));
	ck_assert_int_eq(fault, TOKEN_NO_KEY);
}
END_TEST

/* RFC 5321 4.5.3.1.1: "bounces+", 29 letters, "+", and 26 for the sender. */
#define USER10 "abcdefghij"
static const struct {
	const char *base, *sender;
	size_t spare;
	bool fits;
} sizes[] = {
	{ BASE, USER10 USER10 "abcdef@bounces.example.com", 0, true },
	{ BASE, USER10 USER10 "abcdefg@bounces.example.com", 0, false },
	{ BASE, USER10 USER10 "abcde@example.com", 0, true },
	{ BASE, USER10 USER10 "abcdef@example.com", 0, false },
	{ BASE, "abcdefghijklm@shop.example", 0, true },
	{ BASE, "abcdefghijklmnop@shop.example", 0, false },
	{ BASE, USER10 "abc@bounces.example.com", 13, true },
	{ BASE, USER10 "abc@bounces.example.com", 14, false },
	{ BASE, NEWS, SIZE_MAX / 2, false },
	/* whose sender not every mailer would take */
	{ BASE, "\"a b\"@example.com", 0, false },
	{ BASE, "\"a@b\"@example.com", 0, false },
	{ BASE, "s\xC3\xBC@example.com", 0, false },
	{ BASE, "root@[192.0.2.1]", 0, false },
};

START_TEST(fits)
{
	char out[LIMIT_VALUE_TEXT];
	enum token_fault fault;
	struct addr sender;
	struct token t;

	ck_assert_int_eq(
	    make(sizes[_i].base, sizes[_i].sender, JOE, sizes[_i].spare, out),
	    sizes[_i].fits);
	if (!sizes[_i].fits)
		return;
	ck_assert_uint_le(span_find(span_of(out), '@') + sizes[_i].spare, 64);
	ck_assert(reads(out, &t, &fault));
	ck_assert_str_eq(t.addr.text,
	    address(span_of(sizes[_i].sender), &sender)->text);
}
END_TEST

static Suite *
return_path_suite(void)
{
	Suite *s = suite_create("return_path");
	TCase *t = tcase_create("return_path");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_test(t, is_as_described);
	tcase_add_test(t, bears_its_way);
	tcase_add_test(t, bears_no_change);
	tcase_add_test(t, keeps_its_form);
	tcase_add_test(t, tells_the_fault);
	tcase_add_loop_test(t, fits, 0, ARRAY_LEN(sizes));
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(return_path_suite)
