#include "tests/unit/unit.h"

#include <string.h>

#include "db/event.h"
#include "db/line.h"
#include "tests/unit/exact.h"

static struct error err;

static struct event
full_event(void)
{
	struct event ev = { .lsn = 7,
		.batch_first = 5,
		.batch_last = true,
		.at = 1764000000,
		.dot = { UINT64_C(0xFEDCBA9876543210), 0xDEADBEEF, 42 },
		.op = EVENT_ADD,
		.value = { KIND_EMAIL, "joe@example.com", "Joe@Example.com" },
		.source = SOURCE_BOUNCED,
		.stream = "news",
		.contact = "c-17",
		.since = 1763000000,
		.expires = 1800000000,
		.count = 3,
		.by = "suppressd",
		.why = "smtp; 550 \"no such user\" \\ \xC3\xBC\t\n\x01\x7F",
		.evidence = { "bounce", "bad-address", "5.1.1", "dsn-status",
		    "believed", "own-bounce", "00ff", "2025-11-12T10:11:12Z" },
		.prev = { 1, 4000000000 },
		.contact_prev = { 4000000000, 0 } };

	for (size_t i = 0; i < sizeof(ev.hash); i++)
		ev.hash[i] = (uint8_t)(0xF0 + i);
	ev.cover_n = 2;
	ev.cover = mem_new(2, sizeof(*ev.cover));
	ev.cover[0] = (struct dot){ 1, 2, 3 };
	ev.cover[1] = (struct dot){ UINT64_MAX, UINT32_MAX, INT64_MAX };
	return ev;
}

static void
same(const struct event *a, const struct event *b)
{
	ck_assert(a->lsn == b->lsn && a->batch_first == b->batch_first &&
		  a->batch_last == b->batch_last && a->at == b->at);
	ck_assert(dot_equal(&a->dot, &b->dot) && a->op == b->op);
	ck_assert_int_eq(a->value.kind, b->value.kind);
	ck_assert_str_eq(a->value.text, b->value.text);
	ck_assert_str_eq(a->value.shown, b->value.shown);
	ck_assert(memcmp(a->hash, b->hash, sizeof(a->hash)) == 0);
	ck_assert(a->source == b->source && a->since == b->since &&
		  a->expires == b->expires && a->count == b->count);
	ck_assert_str_eq(a->stream, b->stream);
	ck_assert_str_eq(a->contact, b->contact);
	ck_assert_int_eq(a->other_kind, b->other_kind);
	ck_assert_str_eq(a->other, b->other);
	ck_assert(
	    memcmp(a->other_hash, b->other_hash, sizeof(a->other_hash)) == 0);
	ck_assert_str_eq(a->by, b->by);
	ck_assert_str_eq(a->why, b->why);
	ck_assert_str_eq(a->evidence.report, b->evidence.report);
	ck_assert_str_eq(a->evidence.class, b->evidence.class);
	ck_assert_str_eq(a->evidence.status, b->evidence.status);
	ck_assert_str_eq(a->evidence.rule, b->evidence.rule);
	ck_assert_str_eq(a->evidence.trust, b->evidence.trust);
	ck_assert_str_eq(a->evidence.proof, b->evidence.proof);
	ck_assert_str_eq(a->evidence.ref, b->evidence.ref);
	ck_assert_str_eq(a->evidence.happened, b->evidence.happened);
	ck_assert_uint_eq(a->cover_n, b->cover_n);
	for (size_t i = 0; i < a->cover_n; i++)
		ck_assert(dot_equal(&a->cover[i], &b->cover[i]));
	ck_assert(a->prev.segment == b->prev.segment &&
		  a->prev.offset == b->prev.offset);
	ck_assert(a->contact_prev.segment == b->contact_prev.segment &&
		  a->contact_prev.offset == b->contact_prev.offset);
}

/* What an encoded line is without its LF, in an exact block. */
static struct span
line_of(const struct event *ev)
{
	struct buf out;
	struct span s;

	buf_init(&out, LIMIT_JOURNAL_LINE_BYTES);
	event_encode(ev, &out);
	ck_assert(!out.full && out.p[out.len - 1] == '\n');
	s = exact_bytes(out.p, out.len - 1);
	buf_done(&out);
	return s;
}

static void
round_trip(struct event *ev)
{
	struct span line = line_of(ev);
	struct event got;

	for (size_t i = 0; i < line.len; i++)
		ck_assert(line.p[i] >= 0x20 && line.p[i] < 0x7F);
	ck_assert_msg(event_decode(line, &got, &err), "%s", err.text);
	same(ev, &got);
	event_done(&got);
	event_done(ev);
	exact_free(line);
}

START_TEST(comes_back)
{
	struct event ev = full_event();

	round_trip(&ev);
}
END_TEST

START_TEST(least_comes_back)
{
	struct event ev = { .lsn = 1,
		.batch_first = 1,
		.op = EVENT_REPORT,
		.value = { KIND_DOMAIN, "@example.com", "" },
		.stream = "*" };

	round_trip(&ev);
}
END_TEST

START_TEST(a_link_comes_back)
{
	struct event ev = { .lsn = 1,
		.batch_first = 1,
		.op = EVENT_LINK,
		.value = { KIND_CONTACT, "c-17", "Joe Doe" },
		.contact = "c-17",
		.other_kind = KIND_PHONE,
		.other = "+33612345678",
		.other_hash = { 1, 2, 255 } };

	round_trip(&ev);
}
END_TEST

/* Every text at its longest, of what takes most room. */
START_TEST(most_comes_back)
{
	struct event ev = full_event();

	memset(ev.why, '\x01', sizeof(ev.why) - 1);
	memset(ev.by, '"', sizeof(ev.by) - 1);
	memset(ev.value.shown, '\x7F', sizeof(ev.value.shown) - 1);
	memset(ev.evidence.rule, '\\', sizeof(ev.evidence.rule) - 1);
	round_trip(&ev);
}
END_TEST

/* No bit of a line may change unseen, and no prefix is a line. */
START_TEST(every_flipped_bit_is_seen)
{
	struct event ev = full_event(), got;
	struct span line = line_of(&ev);
	char *bytes = (char *)line.p;

	for (size_t i = 0; i < line.len * 8; i++) {
		bytes[i / 8] ^= (char)(1 << i % 8);
		ck_assert_msg(!event_decode(line, &got, &err), "bit %zu", i);
		ck_assert_int_eq(err.code, ERROR_CORRUPT);
		bytes[i / 8] ^= (char)(1 << i % 8);
	}
	for (size_t n = 0; n < line.len; n++)
		ck_assert(
		    !event_decode((struct span){ line.p, n }, &got, &err));
	exact_free(line);
	event_done(&ev);
}
END_TEST

/* As event.c describes it: what would say nothing is not there. */
#define PLAIN                                                                  \
	"{\"v\":1,\"lsn\":7,\"b\":7,\"ts\":\"2026-01-02T03:04:05Z\","          \
	"\"node\":\"00000000000000aa\",\"inc\":\"00000001\",\"seq\":3,"        \
	"\"op\":\"add\",\"kind\":\"email\",\"value\":\"a@x.test\","            \
	"\"h\":\"000102030405060708090a0b0c0d0e0f\",\"source\":\"user\","      \
	"\"by\":\"alice\",\"why\":\"\""

static struct event
plain_event(void)
{
	struct event ev = { .lsn = 7,
		.batch_first = 7,
		.at = 1767323045, /* date -d 2026-01-02T03:04:05Z +%s */
		.dot = { 0xAA, 1, 3 },
		.op = EVENT_ADD,
		.value = { KIND_EMAIL, "a@x.test", "a@x.test" },
		.source = SOURCE_USER,
		.stream = "*",
		.since = 1767323045,
		.count = 1,
		.by = "alice" };

	for (size_t i = 0; i < sizeof(ev.hash); i++)
		ev.hash[i] = (uint8_t)i;
	return ev;
}

START_TEST(says_no_more_than_it_must)
{
	struct event ev = plain_event();
	struct span line = line_of(&ev);

	ck_assert_msg(line.len == sizeof(PLAIN) - 1 + 18 &&
			  memcmp(line.p, PLAIN, sizeof(PLAIN) - 1) == 0,
	    "%.*s", (int)line.len, line.p);
	exact_free(line);
	round_trip(&ev);
}
END_TEST

/* The last line of a batch is known when it stands there already. */
START_TEST(is_sealed_as_the_last)
{
	struct event ev = plain_event(), got;
	struct span line;
	struct buf out;
	size_t second;

	buf_init(&out, LIMIT_JOURNAL_LINE_BYTES);
	event_encode(&ev, &out);
	second = out.len;
	event_encode(&ev, &out);
	event_seal_batch(&out, second);
	ck_assert_uint_eq(out.len, second * 2 + EVENT_SEAL_BYTES);
	line = exact_bytes(out.p, second - 1);
	ck_assert_msg(event_decode(line, &got, &err), "%s", err.text);
	ck_assert(!got.batch_last);
	event_done(&got);
	exact_free(line);
	ev.batch_last = true;
	line = line_of(&ev);
	ck_assert_uint_eq(line.len, out.len - second - 1);
	ck_assert(memcmp(line.p, out.p + second, line.len) == 0);
	exact_free(line);
	buf_done(&out);
}
END_TEST

#define START                                                                  \
	"{\"v\":1,\"lsn\":1,\"b\":1,\"last\":true,"                            \
	"\"ts\":\"2026-01-02T03:04:05Z\",\"node\":\"00000000000000aa\","       \
	"\"inc\":\"00000001\",\"seq\":1,"
#define VALUE                                                                  \
	"\"kind\":\"email\",\"value\":\"a@x.test\","                           \
	"\"h\":\"000102030405060708090a0b0c0d0e0f\","
#define REST                                                                   \
	"\"source\":\"user\",\"stream\":\"*\","                                \
	"\"since\":\"2026-01-02T03:04:05Z\",\"expires\":\"\",\"count\":1,"     \
	"\"by\":\"alice\",\"why\":\"\",\"cov\":[],\"prev\":\"\",\"cprev\":"    \
	"\"\""

/* Lines with a right checksum and another form. */
static const struct {
	const char *body;
	bool good;
} forms[] = {
	{ START "\"op\":\"add\"," VALUE REST, true },
	/* what a newer version adds is passed over, in any place */
	{ START "\"op\":\"add\",\"new\":[\"x\"]," VALUE REST, true },
	{ START "\"op\":\"add\"," VALUE REST ",\"k\":-1", true },
	{ START "\"op\":\"subtract\"," VALUE REST, false },
	{ START "\"op\":1," VALUE REST, false },
	{ START VALUE REST, false }, /* no op */
	{ PLAIN, true },
	{ PLAIN ",\"shown\":\"\"", true },
	{ PLAIN ",\"cov\":{}", false },
	{ START "\"op\":\"add\",\"by\":\"alice\",\"why\":\"\"", false },
	{ START "\"op\":\"add\"," VALUE "\"by\":\"alice\"", false },
	{ START "\"op\":\"add\"," VALUE REST ",\"cov\":[]", true }, /* again */
	{ START "\"op\":\"add\"," VALUE REST ",\"cov\":[\"1-1-1\"]", false },
	{ START "\"op\":\"add\"," VALUE REST ",\"count\":4294967296", false },
	{ START "\"op\":\"add\"," VALUE REST ",\"count\":-1", false },
	{ START "\"op\":\"add\"," VALUE REST ",\"lsn\":0", false },
	{ START "\"op\":\"add\"," VALUE REST ",\"b\":0", false },
	{ START "\"op\":\"add\"," VALUE REST ",\"v\":2", false },
	{ START "\"op\":\"add\"," VALUE REST ",\"last\":1", false },
	{ START "\"op\":\"add\"," VALUE REST ",\"inc\":\"1\"", false },
	{ START "\"op\":\"add\"," VALUE REST ",\"node\":\"xy\"", false },
	{ START "\"op\":\"add\"," VALUE REST ",\"h\":\"00\"", false },
	{ START "\"op\":\"add\"," VALUE REST ",\"prev\":\"0:1\"", false },
	{ START "\"op\":\"add\"," VALUE REST ",\"prev\":\"1\"", false },
	{ START "\"op\":\"add\"," VALUE REST ",\"prev\":\"1:4294967296\"",
	    false },
	{ START "\"op\":\"add\"," VALUE REST ",\"since\":\"yesterday\"",
	    false },
	{ START "\"op\":\"add\"," VALUE REST ",\"source\":\"foe\"", false },
	{ START "\"op\":\"add\"," VALUE REST ",\"kind\":\"fax\"", false },
	{ START "\"op\":\"add\"," VALUE REST ",\"okind\":\"fax\"", false },
	{ START "\"op\":\"add\"," VALUE REST ",\"oh\":\"00\"", false },
	{ START "\"op\":\"add\"," VALUE REST ",\"by\":\"\\u0000\"", false },
	{ START "\"op\":\"add\"," VALUE REST ",\"by\":\"\\ud800\"", false },
	{ START "\"op\":\"add\"," VALUE REST ",", false },
	{ START "\"op\":\"add\"," VALUE REST "}", false },
	{ "[]", false },
	{ "{", false },
};

START_TEST(reads_its_own_form_only)
{
	struct event ev;
	struct span line;
	struct buf out;
	bool ok;

	buf_init(&out, LIMIT_JOURNAL_LINE_BYTES);
	buf_add_text(&out, forms[_i].body);
	line_seal(&out, 0);
	line = exact_bytes(out.p, out.len - 1);
	ok = event_decode(line, &ev, &err);
	ck_assert_msg(ok == forms[_i].good, "%s", err.text);
	if (ok) {
		ck_assert_str_eq(ev.value.text, "a@x.test");
		ck_assert_int_eq(ev.at, 1767323045); /* date -d ... +%s */
		ck_assert_str_eq(ev.by, "alice");
		event_done(&ev);
	} else {
		ck_assert_int_eq(err.code, ERROR_CORRUPT);
	}
	exact_free(line);
	buf_done(&out);
}
END_TEST

START_TEST(says_when_it_did_not_fit)
{
	struct event ev = full_event();
	struct buf out;

	buf_init(&out, 100);
	event_encode(&ev, &out);
	ck_assert(out.full);
	buf_done(&out);
	event_done(&ev);
}
END_TEST

static Suite *
event_suite(void)
{
	Suite *s = suite_create("event");
	TCase *t = tcase_create("event");

	tcase_add_test(t, comes_back);
	tcase_add_test(t, least_comes_back);
	tcase_add_test(t, a_link_comes_back);
	tcase_add_test(t, most_comes_back);
	tcase_add_test(t, says_no_more_than_it_must);
	tcase_add_test(t, is_sealed_as_the_last);
	tcase_add_test(t, every_flipped_bit_is_seen);
	tcase_add_loop_test(t, reads_its_own_form_only, 0, ARRAY_LEN(forms));
	tcase_add_test(t, says_when_it_did_not_fit);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(event_suite)
