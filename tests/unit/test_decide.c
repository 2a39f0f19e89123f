#include "tests/unit/unit.h"

#include <string.h>

#include "base/limits.h"
#include "policy/decide.h"
#include "tests/unit/conf_text.h"

#define NOW 1000

/* One reason of a record; a stream "" ends a list of them. */
struct row {
	enum source source;
	const char *stream;
	int64_t since;
	int64_t expires; /* 0: never */
};
#define ROWS_MAX 8

static struct value key;

static void
begin(void)
{
	struct error err = { 0 };

	ck_assert(value_parse(span_of("joe@example.net"), &key, &err));
}

static void
add_row(struct record *rec, const struct row *row)
{
	rec->reasons[rec->reasons_n++] = (struct reason){
		.source = row->source,
		.stream = name_hash(row->stream),
		.since = row->since,
		.expires = row->expires,
		.count = 1,
	};
}

/* The caller's: record_done(). */
static struct record
record_of(const struct row *rows)
{
	struct record rec = { .reasons =
				  mem_new(ROWS_MAX, sizeof(*rec.reasons)) };

	for (size_t i = 0; i < ROWS_MAX && rows[i].stream != NULL; i++)
		add_row(&rec, &rows[i]);
	return rec;
}

/* "news" is stopped by everything, "receipts" by two sources, "open" by
 * none. */
static const char streams[] =
    "streams = ("
    " { name = \"receipts\"; login = [ \"shop\" ];"
    "   blocks = [ \"bounced\", \"user\" ]; },"
    " { name = \"open\"; login = [ \"open\" ]; blocks = [ ]; },"
    " { name = \"news\"; } );";

/* Who speaks, design sections 3 and 6: 0 is nobody. */
static const struct {
	const char *what;
	const char *stream;
	struct row rows[ROWS_MAX];
	enum source want;
	int64_t since;
} cases[] = {
	{ "no reason", "news", { { 0 } }, 0, 0 },
	{ "a user's", "news", { { SOURCE_USER, "*", 5, 0 } }, SOURCE_USER, 5 },
	{ "a program's", "news", { { SOURCE_API, "*", 5, 0 } }, SOURCE_API, 5 },
	{ "a lead's", "news", { { SOURCE_LEAD, "*", 5, 0 } }, SOURCE_LEAD, 5 },
	{ "a bounce", "news", { { SOURCE_BOUNCED, "*", 5, 0 } }, SOURCE_BOUNCED,
	    5 },
	{ "a complaint", "news", { { SOURCE_ABUSE, "*", 5, 0 } }, SOURCE_ABUSE,
	    5 },
	{ "a source that the stream lists", "receipts",
	    { { SOURCE_BOUNCED, "*", 5, 0 } }, SOURCE_BOUNCED, 5 },
	{ "one that it does not list", "receipts",
	    { { SOURCE_LEAD, "*", 5, 0 } }, 0, 0 },
	{ "a complaint that it does not list", "receipts",
	    { { SOURCE_ABUSE, "*", 5, 0 } }, 0, 0 },
	{ "a stream that lists none", "open",
	    { { SOURCE_BOUNCED, "*", 5, 0 }, { SOURCE_ABUSE, "*", 5, 0 } }, 0,
	    0 },
	{ "for this stream", "news", { { SOURCE_LEAD, "news", 5, 0 } },
	    SOURCE_LEAD, 5 },
	{ "for another stream", "news", { { SOURCE_LEAD, "receipts", 5, 0 } },
	    0, 0 },
	{ "a stream that is no more", "news", { { SOURCE_LEAD, "old", 5, 0 } },
	    0, 0 },
	{ "for this stream, a source it does not list", "receipts",
	    { { SOURCE_LEAD, "receipts", 5, 0 } }, 0, 0 },
	{ "names have a case", "news", { { SOURCE_LEAD, "News", 5, 0 } }, 0,
	    0 },
	{ "expired", "news", { { SOURCE_BOUNCED, "*", 5, NOW - 1 } }, 0, 0 },
	{ "expires now", "news", { { SOURCE_BOUNCED, "*", 5, NOW } }, 0, 0 },
	{ "expires next", "news", { { SOURCE_BOUNCED, "*", 5, NOW + 1 } },
	    SOURCE_BOUNCED, 5 },
	{ "an expired one beside a live one", "news",
	    { { SOURCE_ABUSE, "*", 5, 10 }, { SOURCE_BOUNCED, "*", 7, 0 } },
	    SOURCE_BOUNCED, 7 },
	{ "abuse before lead", "news",
	    { { SOURCE_LEAD, "*", 1, 0 }, { SOURCE_ABUSE, "*", 9, 0 } },
	    SOURCE_ABUSE, 9 },
	{ "lead before user", "news",
	    { { SOURCE_USER, "*", 1, 0 }, { SOURCE_LEAD, "*", 9, 0 } },
	    SOURCE_LEAD, 9 },
	{ "user before api", "news",
	    { { SOURCE_API, "*", 1, 0 }, { SOURCE_USER, "*", 9, 0 } },
	    SOURCE_USER, 9 },
	{ "api before bounced", "news",
	    { { SOURCE_BOUNCED, "*", 1, 0 }, { SOURCE_API, "*", 9, 0 } },
	    SOURCE_API, 9 },
	{ "the order in the record is nothing", "news",
	    { { SOURCE_ABUSE, "*", 9, 0 }, { SOURCE_USER, "*", 1, 0 },
		{ SOURCE_BOUNCED, "*", 2, 0 } },
	    SOURCE_ABUSE, 9 },
	{ "the stronger that does not count is not heard", "receipts",
	    { { SOURCE_ABUSE, "*", 1, 0 }, { SOURCE_USER, "*", 9, 0 } },
	    SOURCE_USER, 9 },
	{ "the stronger of another stream is not heard", "news",
	    { { SOURCE_LEAD, "receipts", 1, 0 }, { SOURCE_API, "*", 9, 0 } },
	    SOURCE_API, 9 },
	{ "of two the oldest", "news",
	    { { SOURCE_LEAD, "*", 9, 0 }, { SOURCE_LEAD, "news", 3, 0 },
		{ SOURCE_LEAD, "*", 4, 0 } },
	    SOURCE_LEAD, 3 },
};

START_TEST(who_speaks)
{
	struct conf *conf = conf_of(streams);
	struct record rec = record_of(cases[_i].rows);
	const struct conf_stream *stream =
	    conf_stream_named(conf, cases[_i].stream);
	struct verdict v = { .code = 999 };
	bool blocked = decide(conf, stream, &key, &rec, NOW, &v);

	ck_assert_msg(blocked == (cases[_i].want != 0), "%s", cases[_i].what);
	if (blocked) {
		ck_assert_msg(v.source == cases[_i].want, "%s", cases[_i].what);
		ck_assert_int_eq(v.since, cases[_i].since);
		ck_assert_str_eq(v.value, "joe@example.net");
		ck_assert_ptr_eq(v.stream, stream);
	} else {
		/* What the keys before it said stays. */
		ck_assert_int_eq(v.code, 999);
	}
	record_done(&rec);
	conf_unref(conf);
}
END_TEST

/* A person may leave hundreds of lists; none of them may hide the others. */
START_TEST(looks_at_every_reason)
{
	enum { N = 900 };
	struct conf *conf = conf_of(streams);
	struct record rec = { .reasons = mem_new(N, sizeof(*rec.reasons)) };
	struct verdict v = { 0 };
	struct row row = { SOURCE_LEAD, NULL, 5, 0 };
	char name[32];

	for (int i = 0; i + 1 < N; i++) {
		snprintf(name, sizeof(name), "list-%d", i);
		row.stream = name;
		add_row(&rec, &row);
	}
	row.stream = "news";
	add_row(&rec, &row);
	ck_assert(
	    decide(conf, conf_stream_named(conf, "news"), &key, &rec, NOW, &v));
	ck_assert_int_eq(v.source, SOURCE_LEAD);
	record_done(&rec);
	conf_unref(conf);
}
END_TEST

/* The actions; code and first digit of the status for a 550 5.x reply. */
static const struct {
	const char *action;
	enum verdict_action want;
	int code;
	char digit;
} actions[] = {
	{ "reject", VERDICT_REJECT, 550, '5' },
	{ "remove", VERDICT_REMOVE, 550, '5' },
	{ "hold", VERDICT_HOLD, 550, '5' },
	{ "defer", VERDICT_DEFER, 450, '4' },
	{ "observe", VERDICT_OBSERVE, 550, '5' },
};

static const struct {
	enum source source;
	const char *name;
	const char *status; /* behind the first digit */
} sources[] = {
	{ SOURCE_USER, "user", ".7.10" },
	{ SOURCE_API, "api", ".7.20" },
	{ SOURCE_LEAD, "lead", ".7.30" },
	{ SOURCE_BOUNCED, "bounced", ".1.1" },
	{ SOURCE_ABUSE, "abuse", ".7.50" },
};

START_TEST(action_and_source)
{
	size_t a = (size_t)_i / ARRAY_LEN(sources);
	size_t s = (size_t)_i % ARRAY_LEN(sources);
	const struct row rows[ROWS_MAX] = { { sources[s].source, "*", 5, 0 } };
	struct record rec = record_of(rows);
	char text[512], want[128];
	struct verdict v = { 0 };
	struct conf *conf;

	snprintf(text, sizeof(text),
	    "streams = ( { name = \"all\"; action = \"%s\"; } );"
	    "replies = { %s = { status = \"5%s\"; text = \"No: %s 100%%\"; };"
	    "};",
	    actions[a].action, sources[s].name, sources[s].status,
	    sources[s].name);
	conf = conf_of(text);
	ck_assert(decide(conf, &conf->streams[0], &key, &rec, NOW, &v));
	ck_assert_int_eq(v.action, actions[a].want);
	ck_assert_int_eq(v.source, sources[s].source);
	ck_assert_int_eq(v.code, actions[a].code);
	snprintf(want, sizeof(want), "%c%s", actions[a].digit,
	    sources[s].status);
	ck_assert_str_eq(v.status, want);
	/* A "%" is single here, and our mark is in every refusal. */
	snprintf(want, sizeof(want), "No: %s 100%% (suppressd)",
	    sources[s].name);
	ck_assert_str_eq(v.text, want);
	record_done(&rec);
	conf_unref(conf);
}
END_TEST

/* Code and status that are configured, and what is sent: their classes are
 * the same, or Postfix answers with an error of its own. */
static const struct {
	const char *action;
	const char *reply;
	int code;
	const char *status;
} replies[] = {
	{ "reject", "code = 554; status = \"5.1.1\";", 554, "5.1.1" },
	{ "reject", "code = 450; status = \"4.7.1\";", 450, "4.7.1" },
	{ "defer", "code = 554; status = \"5.1.1\";", 450, "4.1.1" },
	{ "defer", "code = 451; status = \"4.2.0\";", 451, "4.2.0" },
	{ "defer", "code = 550; status = \"5.100.999\";", 450, "4.100.999" },
};

START_TEST(reply_codes)
{
	const struct row rows[ROWS_MAX] = { { SOURCE_USER, "*", 5, 0 } };
	struct record rec = record_of(rows);
	struct verdict v = { 0 };
	struct conf *conf;
	char text[512];

	snprintf(text, sizeof(text),
	    "streams = ( { name = \"all\"; action = \"%s\"; } );"
	    "replies = { user = { %s }; };",
	    replies[_i].action, replies[_i].reply);
	conf = conf_of(text);
	ck_assert(decide(conf, &conf->streams[0], &key, &rec, NOW, &v));
	ck_assert_int_eq(v.code, replies[_i].code);
	ck_assert_str_eq(v.status, replies[_i].status);
	record_done(&rec);
	conf_unref(conf);
}
END_TEST

/* The longest text that a configuration may have keeps the mark. */
START_TEST(the_longest_reply)
{
	const struct row rows[ROWS_MAX] = { { SOURCE_USER, "*", 5, 0 } };
	struct record rec = record_of(rows);
	char text[512], words[LIMIT_REPLY_TEXT - 100];
	struct verdict v = { 0 };
	struct conf *conf;

	memset(words, 'x', sizeof(words) - 1);
	words[sizeof(words) - 1] = '\0';
	snprintf(text, sizeof(text),
	    "replies = { user = { text = \"%s\"; }; };", words);
	conf = conf_of(text);
	ck_assert(decide(conf, &conf->streams[0], &key, &rec, NOW, &v));
	ck_assert_uint_eq(strlen(v.text),
	    sizeof(words) - 1 + strlen(" " DECIDE_MARK));
	ck_assert_ptr_nonnull(strstr(v.text, DECIDE_MARK));
	record_done(&rec);
	conf_unref(conf);
}
END_TEST

static Suite *
decide_suite(void)
{
	Suite *s = suite_create("decide");
	TCase *t = tcase_create("decide");

	tcase_add_checked_fixture(t, begin, NULL);
	tcase_add_loop_test(t, who_speaks, 0, ARRAY_LEN(cases));
	tcase_add_test(t, looks_at_every_reason);
	tcase_add_loop_test(t, action_and_source, 0,
	    ARRAY_LEN(actions) * ARRAY_LEN(sources));
	tcase_add_loop_test(t, reply_codes, 0, ARRAY_LEN(replies));
	tcase_add_test(t, the_longest_reply);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(decide_suite)
