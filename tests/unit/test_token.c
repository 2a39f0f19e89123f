#include "tests/unit/unit.h"

#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "policy/token.h"
#include "tests/unit/ring.h"

#define NOW (INT64_C(20782) * 86400)
#define JOE "joe@example.net"
#define JIM "jim@example.net"

static struct keys *ring;
static const struct key *key;

static void
begin(void)
{
	scratch_begin();
	ring_put("a.key", "2026-11-25", RING_ZERO_TO_31, 0600);
	ring = ring_load("");
	key = keys_signer(ring);
	ck_assert_ptr_nonnull(key);
}

static void
end(void)
{
	keys_unref(ring);
	scratch_end();
}

/* The caller's: buf_done(). */
static struct buf
header(const char *stream, char *const *who, size_t n, size_t all, size_t max)
{
	struct buf out;

	buf_init(&out, LIMIT_TOKEN_BYTES);
	token_header(key, NOW, stream, who, n, all, max, &out);
	ck_assert(!out.full);
	return out;
}

static struct buf
header_for(const char *address)
{
	char *const who[] = { (char *)(uintptr_t)address };

	return header("default", who, 1, 1, 4096);
}

static bool
opens(struct span text, struct token *t, enum token_fault *fault)
{
	/* An exact block, so that ASan sees overreads. */
	char *exact = mem_dup(text.p, text.len);
	bool ok;

	exact = mem_resize(exact, text.len != 0 ? text.len : 1, 1);
	ok = token_read(ring, (struct span){ exact, text.len }, t, fault);
	free(exact);
	return ok;
}

/* One line of tests/data/token.vectors. */
struct vector {
	struct span form, secret, day, stream, max, who, text;
};

static bool
next_vector(struct span *lines, struct vector *v)
{
	struct span line;

	do
		if (!span_line(lines, &line))
			return false;
	while (line.len == 0 || line.p[0] == '#');
	ck_assert(
	    span_cut(&line, ' ', &v->form) &&
	    span_cut(&line, ' ', &v->secret) && span_cut(&line, ' ', &v->day) &&
	    span_cut(&line, ' ', &v->stream) && span_cut(&line, ' ', &v->max) &&
	    span_cut(&line, ' ', &v->who));
	v->text = line;
	return true;
}

static size_t
number(struct span s)
{
	unsigned long long n;

	ck_assert(span_number(s, 65535, &n));
	return (size_t)n;
}

/* "%20" is a blank; a number of recipients is r0@example.net and so on. */
static size_t
recipients(struct span who, char **list)
{
	unsigned long long n = 1;
	char text[64], *blank;
	bool many = span_number(who, 400, &n);

	for (size_t i = 0; i < n; i++) {
		snprintf(text, sizeof(text), "r%zu@example.net", i);
		list[i] = many ? mem_dup_text(text) : mem_dup(who.p, who.len);
	}
	blank = strstr(list[0], "%20");
	if (blank != NULL) {
		*blank = ' ';
		memmove(blank + 1, blank + 3, strlen(blank + 3) + 1);
	}
	return (size_t)n;
}

static void
check_vector(const struct vector *v)
{
	char secret[2 * HASH_KEY_BYTES + 1], stream[LIMIT_STREAM_TEXT];
	char *list[400] = { NULL }, brief[TOKEN_SHORT_TEXT];
	size_t n = recipients(v->who, list), max = number(v->max);
	int64_t now = (int64_t)number(v->day) * 86400 + 86399;
	enum token_fault fault;
	struct buf out, flat;
	struct token t;

	ck_assert(span_copy(v->secret, secret, sizeof(secret)));
	ck_assert(span_copy(v->stream, stream, sizeof(stream)));
	ring_put("a.key", "2026-11-25", secret, 0600);
	keys_unref(ring);
	ring = ring_load("");
	key = keys_signer(ring);
	buf_init(&out, LIMIT_TOKEN_BYTES);
	buf_init(&flat, LIMIT_TOKEN_BYTES);
	if (span_is(v->form, "short")) {
		token_short(key, now, stream, list[0], brief);
		buf_add_text(&out, brief);
	} else {
		token_header(key, now, stream, list, n, n, max, &out);
		ck_assert_uint_le(out.len + strlen(TOKEN_HEADER ": "), max);
	}
	for (size_t i = 0; i < out.len; i++)
		if (strchr("\n\t", out.p[i]) == NULL)
			buf_add_char(&flat, out.p[i]);
	ck_assert_msg(span_is(v->text, buf_text(&flat)), "%.*s\n%s",
	    (int)v->text.len, v->text.p, buf_text(&flat));
	ck_assert(opens(buf_span(&out), &t, &fault));
	ck_assert_int_eq(t.day, (int)number(v->day));
	ck_assert(token_is_for(&t, list[0]) && token_is_of(&t, stream));
	ck_assert(!token_is_for(&t, "no@example.net"));
	for (size_t i = 0; i < n; i++)
		free(list[i]);
	buf_done(&flat);
	buf_done(&out);
}

/* An independent implementation (token_vectors.py) makes the same. */
START_TEST(is_as_described)
{
	const char *srcdir = getenv("SRCDIR");
	struct span lines;
	struct vector v;
	struct error err;
	struct buf file;
	char path[256];
	size_t n = 0;

	snprintf(path, sizeof(path), "%s/tests/data/token.vectors",
	    srcdir != NULL ? srcdir : ".");
	buf_init(&file, 64 * 1024);
	ck_assert_msg(file_read_path(path, &file, &err), "%s", err.text);
	for (lines = buf_span(&file); next_vector(&lines, &v); n++)
		check_vector(&v);
	ck_assert_uint_eq(n, 18);
	buf_done(&file);
}
END_TEST

/* Every byte counts: none may be changed, dropped or added. */
static void
check_changes(struct span text)
{
	enum token_fault fault;
	struct token t;
	char *bad = mem_dup(text.p, text.len);

	for (size_t i = 0; i < text.len; i++) {
		char was = bad[i];

		bad[i] = was == 'q' ? 'x' : 'q';
		ck_assert_msg(
		    !opens((struct span){ bad, text.len }, &t, &fault) ||
			(t.form == TOKEN_SHORT && !token_is_for(&t, JOE)),
		    "letter %zu", i);
		bad[i] = was;
		ck_assert_msg(!opens((struct span){ bad, i }, &t, &fault),
		    "cut to %zu", i);
	}
	free(bad);
}

START_TEST(bears_no_change)
{
	char brief[TOKEN_SHORT_TEXT], flat[256], longer[260];
	struct buf h = header_for(JOE);
	enum token_fault fault;
	struct token t;
	size_t n = 0;

	token_short(key, NOW, "default", JOE, brief);
	check_changes(span_of(brief));
	for (size_t i = 0; i < h.len; i++)
		if (strchr("\n\t", h.p[i]) == NULL)
			flat[n++] = h.p[i];
	flat[n] = '\0';
	check_changes((struct span){ flat, n });
	snprintf(longer, sizeof(longer), "%sa", flat);
	ck_assert(!opens(span_of(longer), &t, &fault));
	snprintf(longer, sizeof(longer), "%saa", flat);
	ck_assert(!opens(span_of(longer), &t, &fault));
	snprintf(longer, sizeof(longer), "%saa", brief);
	ck_assert(!opens(span_of(longer), &t, &fault));
	buf_done(&h);
}
END_TEST

/* Mailers change the case of local parts, fold headers and unfold them. */
START_TEST(bears_its_way)
{
	struct buf h = header_for(JOE);
	enum token_fault fault;
	struct token t;

	for (size_t i = 0; i < h.len; i++)
		h.p[i] = h.p[i] == '\n'                ? '\r'
			 : i % 2 == 0 && h.p[i] >= 'a' ? (char)(h.p[i] - 32)
						       : h.p[i];
	ck_assert(opens(buf_span(&h), &t, &fault));
	ck_assert_int_eq(t.form, TOKEN_ONE);
	ck_assert_str_eq(t.addr.text, JOE);
	ck_assert_str_eq(t.addr.domain, "example.net");
	buf_done(&h);
}
END_TEST

/* The lines of a header, RFC 5322 2.1.1, and the places for short ones. */
START_TEST(fits)
{
	char *who[400], brief[TOKEN_SHORT_TEXT];
	struct span lines, line;
	struct buf h;

	for (size_t i = 0; i < ARRAY_LEN(who); i++)
		who[i] = (char *)(uintptr_t)JOE;
	h = header("default", who, ARRAY_LEN(who), ARRAY_LEN(who), 4096);
	lines = buf_span(&h);
	while (span_line(&lines, &line))
		ck_assert_uint_le(line.len, 78);
	buf_done(&h);
	token_short(key, NOW, "default", JOE, brief);
	ck_assert_uint_le(strlen(brief), 38);
	ck_assert_uint_le(strlen("bounces+") + strlen(brief), 64);
	ck_assert_uint_eq(strspn(brief, "abcdefghijklmnopqrstuvwxyz234567"),
	    strlen(brief));
}
END_TEST

/* A hidden recipient does not show in the length. */
START_TEST(hides_how_many)
{
	char *who[] = { "joe@example.net", "jim@example.net",
		"ann@example.net" };
	struct buf one = header_for(JOE);
	struct buf three = header("default", who, 3, 3, 4096);

	ck_assert_uint_eq(one.len, three.len);
	buf_done(&one);
	buf_done(&three);
}
END_TEST

START_TEST(knows_its_recipients)
{
	char *who[] = { (char *)(uintptr_t)JOE, (char *)(uintptr_t)JIM };
	struct buf h = header("news", who, 2, 2, 4096);
	enum token_fault fault;
	struct token t;

	ck_assert(opens(buf_span(&h), &t, &fault));
	ck_assert_int_eq(t.form, TOKEN_LIST);
	ck_assert_str_eq(t.addr.text, "");
	ck_assert(token_is_for(&t, JOE) && token_is_for(&t, JIM));
	ck_assert(!token_is_for(&t, "ann@example.net"));
	ck_assert(!token_is_for(&t, ""));
	ck_assert(token_is_of(&t, "news") && !token_is_of(&t, "default"));
	buf_done(&h);
	/* There was a third, whom the maker does not know. */
	h = header("news", who, 2, 3, 4096);
	ck_assert(opens(buf_span(&h), &t, &fault));
	ck_assert_int_eq(t.form, TOKEN_PART);
	buf_done(&h);
}
END_TEST

/* The same message again has the same token; nothing else has. */
START_TEST(is_deterministic)
{
	struct buf a = header_for(JOE), b = header_for(JOE), c;
	struct token x, y;
	enum token_fault fault;

	c = header_for(JIM);
	ck_assert_str_eq(buf_text(&a), buf_text(&b));
	ck_assert_str_ne(buf_text(&a), buf_text(&c));
	ck_assert(opens(buf_span(&a), &x, &fault));
	ck_assert(opens(buf_span(&b), &y, &fault));
	ck_assert(token_is_same(&x, &y));
	ck_assert(opens(buf_span(&c), &y, &fault));
	ck_assert(!token_is_same(&x, &y));
	buf_done(&a);
	buf_done(&b);
	buf_done(&c);
}
END_TEST

/* What no key of ours has made says which fault it has. */
START_TEST(tells_the_fault)
{
	static const struct {
		const char *text;
		enum token_fault fault;
	} bad[] = {
		{ "", TOKEN_NO_TOKEN },
		{ "bounces", TOKEN_NO_TOKEN },
		{ "joe@example.net", TOKEN_NO_TOKEN },
		{ "12345", TOKEN_NO_TOKEN },
		{ "ceaaaaaa", TOKEN_NO_TOKEN },
	};
	struct buf h = header_for(JOE);
	enum token_fault fault;
	struct token t;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		ck_assert(!opens(span_of(bad[i].text), &t, &fault));
		ck_assert_int_eq(fault, bad[i].fault);
	}
	h.p[60] = h.p[60] == 'a' ? 'b' : 'a';
	ck_assert(!opens(buf_span(&h), &t, &fault));
	ck_assert_int_eq(fault, TOKEN_FORGED);
	keys_unref(ring);
	ring_put("a.key", "2026-11-25", RING_OTHER, 0600);
	ring = ring_load("");
	ck_assert(!opens(buf_span(&h), &t, &fault));
	ck_assert_int_eq(fault, TOKEN_NO_KEY);
	ck_assert(!token_read(NULL, buf_span(&h), &t, &fault));
	ck_assert_int_eq(fault, TOKEN_NO_KEY);
	buf_done(&h);
}
END_TEST

static Suite *
token_suite(void)
{
	Suite *s = suite_create("token");
	TCase *t = tcase_create("token");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_test(t, is_as_described);
	tcase_add_test(t, bears_no_change);
	tcase_add_test(t, bears_its_way);
	tcase_add_test(t, fits);
	tcase_add_test(t, hides_how_many);
	tcase_add_test(t, knows_its_recipients);
	tcase_add_test(t, is_deterministic);
	tcase_add_test(t, tells_the_fault);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(token_suite)
