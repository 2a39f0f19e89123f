#include "db/wire.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/unit.h"

static struct error err;

/* Each member of a change that is not a text, at another value. */
static const struct change changes[] = {
	{ .op = CHANGE_ADD, .source = SOURCE_USER, .expires = 4000000000 },
	{ .op = CHANGE_ADD, .source = SOURCE_BOUNCED, .guard = { 50, 20 } },
	{ .op = CHANGE_REMOVE, .source = SOURCE_ABUSE, .force = true },
	{ .op = CHANGE_REMOVE, .began = 1764061200 },
	{ .op = CHANGE_REPORT, .source = SOURCE_LEAD, .most_a_day = 1000 },
	{ .op = CHANGE_EXPIRE },
	{ .op = CHANGE_CREATE },
	{ .op = CHANGE_RENAME },
	{ .op = CHANGE_BLOCK, .source = SOURCE_USER },
	{ .op = CHANGE_UNBLOCK },
	{ .op = CHANGE_FORGET },
	{ .op = CHANGE_LINK },
	{ .op = CHANGE_UNLINK },
};

START_TEST(a_change_comes_as_it_went)
{
	struct change c = changes[_i], got;
	struct span line;
	struct buf out;

	value_of(&c.value,
	    change_is_of_contact(c.op) ? KIND_CONTACT : KIND_EMAIL, "joe");
	for (size_t i = 0; i < CHANGE_TEXTS; i++)
		if (((char *)&c)[change_texts[i].offset] == '\0')
			(void)span_copy(span_of(change_texts[i].name),
			    (char *)&c + change_texts[i].offset,
			    change_texts[i].size);
	buf_init(&out, WIRE_LINE_BYTES);
	wire_change_encode(&c, &out);
	line = (struct span){ out.p, out.len - 1 };
	ck_assert_int_eq(out.p[line.len], '\n');
	ck_assert_msg(wire_change_decode(line, &got, &err), "%s", err.text);
	ck_assert_int_eq(got.op, c.op);
	ck_assert_int_eq(got.value.kind, c.value.kind);
	ck_assert_int_eq(got.source, c.source);
	ck_assert_int_eq(got.began, c.began);
	ck_assert_int_eq(got.expires, c.expires);
	ck_assert_int_eq(got.force, c.force);
	ck_assert_uint_eq(got.guard.least, c.guard.least);
	ck_assert_uint_eq(got.guard.percent, c.guard.percent);
	ck_assert_uint_eq(got.most_a_day, c.most_a_day);
	for (size_t i = 0; i < CHANGE_TEXTS; i++)
		ck_assert_str_eq((char *)&got + change_texts[i].offset,
		    (char *)&c + change_texts[i].offset);
	buf_done(&out);
}
END_TEST

static const struct change_result results[] = {
	{ 0 },
	{ .changed = true },
	{ .again = true },
	{ .kept = true },
	{ .held = true },
	{ .dropped = true },
	{ .lifted = 80 },
	{ .contact = true },
	{ .put = 200 },
};

START_TEST(a_result_comes_as_it_went)
{
	const struct change_result *r = &results[_i];
	struct change_result got;
	struct buf out;

	buf_init(&out, WIRE_LINE_BYTES);
	wire_result_encode(r, &out);
	ck_assert_msg(
	    wire_result_decode((struct span){ out.p, out.len - 1 }, &got, &err),
	    "%s", err.text);
	ck_assert_int_eq(got.changed, r->changed);
	ck_assert_int_eq(got.kept, r->kept);
	ck_assert_int_eq(got.held, r->held);
	ck_assert_int_eq(got.dropped, r->dropped);
	ck_assert_uint_eq(got.lifted, r->lifted);
	ck_assert_int_eq(got.contact, r->contact);
	ck_assert_uint_eq(got.put, r->put);
	buf_done(&out);
}
END_TEST

START_TEST(an_erasure_comes_as_it_went)
{
	const struct erasure e = { .events = 3, .refusals = 2, .files = 1 };
	uint64_t done = 0, total = 0;
	struct erasure got;
	struct buf out;

	buf_init(&out, WIRE_LINE_BYTES);
	wire_erasure_encode(&e, &out);
	ck_assert(wire_erasure_decode((struct span){ out.p, out.len - 1 }, &got,
	    &err));
	ck_assert(got.events == 3 && got.refusals == 2 && got.files == 1);
	buf_reset(&out);
	wire_progress_encode(7, 9, &out);
	ck_assert(wire_progress_decode((struct span){ out.p, out.len - 1 },
	    &done, &total));
	ck_assert(done == 7 && total == 9);
	/* The answer is none. */
	buf_reset(&out);
	wire_answer_encode(true, 0, &err, &out);
	ck_assert(!wire_progress_decode((struct span){ out.p, out.len - 1 },
	    &done, &total));
	buf_done(&out);
}
END_TEST

/* No change: an operation or value that there is not, numbers that are
 * none of ours. */
static const char *const bad[] = {
	"",
	"{}",
	"{\"op\":\"add\",\"kind\":\"email\"}",
	"{\"op\":\"empty\",\"kind\":\"email\",\"value\":\"a@example.net\"}",
	"{\"op\":\"add\",\"kind\":\"fax\",\"value\":\"a@example.net\"}",
	"{\"op\":\"report\",\"kind\":\"email\",\"value\":\"a@example.net\","
	"\"most_a_day\":-1}",
	"{\"op\":\"report\",\"kind\":\"email\",\"value\":\"a@example.net\","
	"\"most_a_day\":4294967296}",
};

START_TEST(refuses_what_is_no_change)
{
	struct change c;

	ck_assert(!wire_change_decode(span_of(bad[_i]), &c, &err));
	ck_assert_int_ne(err.code, ERROR_NONE);
}
END_TEST

/* What a reader has that is sent these bytes and no more. */
static bool
read_lines(const char *sent, size_t n, size_t room, struct buf *out)
{
	struct wire_reader in;
	struct buf bytes;
	int ends[2];
	bool ok;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	buf_init(&bytes, 100);
	buf_init(out, room);
	buf_add_span(&bytes, span_of(sent));
	ck_assert(wire_send(ends[0], &bytes));
	close(ends[0]);
	wire_reader_init(&in, ends[1]);
	ok = wire_lines(&in, n, out, &err);
	wire_reader_done(&in);
	close(ends[1]);
	buf_done(&bytes);
	return ok;
}

static const struct {
	const char *sent;
	size_t n, room;
	const char *want;
	enum error_code code; /* where there is nothing to want */
} cut[] = {
	{ "a\n\nbc\nd\n", 3, 100, "a\n\nbc\n", 0 },
	{ "a\n", 0, 100, "", 0 },
	{ "a\nb", 2, 100, NULL, ERROR_IO },
	{ "a\n", 2, 100, NULL, ERROR_NONE },
	{ "ab\ncd\n", 2, 5, NULL, ERROR_LIMIT },
};

START_TEST(lines_come_as_they_went)
{
	struct buf out;
	bool ok = read_lines(cut[_i].sent, cut[_i].n, cut[_i].room, &out);

	ck_assert_int_eq(ok, cut[_i].want != NULL);
	if (ok)
		ck_assert(span_is(buf_span(&out), cut[_i].want));
	else
		ck_assert_int_eq(err.code, cut[_i].code);
	buf_done(&out);
}
END_TEST

static Suite *
wire_suite(void)
{
	Suite *s = suite_create("wire");
	TCase *t = tcase_create("wire");

	tcase_add_loop_test(t, a_change_comes_as_it_went, 0,
	    ARRAY_LEN(changes));
	tcase_add_loop_test(t, a_result_comes_as_it_went, 0,
	    ARRAY_LEN(results));
	tcase_add_test(t, an_erasure_comes_as_it_went);
	tcase_add_loop_test(t, refuses_what_is_no_change, 0, ARRAY_LEN(bad));
	tcase_add_loop_test(t, lines_come_as_they_went, 0, ARRAY_LEN(cut));
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(wire_suite)
