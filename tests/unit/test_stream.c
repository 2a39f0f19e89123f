#include "tests/unit/unit.h"

#include <string.h>

#include "policy/stream.h"
#include "tests/unit/conf_text.h"

#define HEADERS_MAX 3

/* What a case knows of the sending side; NULL: nothing. */
struct facts {
	const char *login;
	const char *daemon;
	const char *sender;
	const char *client;
	const char *headers[HEADERS_MAX];
	bool seen; /* the headers have come */
};

/* One row a condition, one with several, and the rest. */
static const char conditions[] =
    "streams = ("
    " { name = \"login\"; login = [ \"shop-*\", \"till\" ]; },"
    " { name = \"client\"; client = [ \"192.0.2.0/24\","
    "   \"2001:db8::/32\" ]; },"
    " { name = \"daemon\"; daemon = [ \"BULK\" ]; },"
    " { name = \"sender\"; sender = [ \"*@news.example.com\" ]; },"
    " { name = \"both\"; login = [ \"app\" ];"
    "   sender = [ \"app@example.com\" ]; },"
    " { name = \"header\"; header = [ \"X-Stream: news\","
    "   \"List-Id: *\" ]; },"
    " { name = \"login-header\"; login = [ \"app\" ];"
    "   header = [ \"/^Precedence: bulk$/\" ]; },"
    " { name = \"rest\"; } );";

/* Which row takes it; NULL: the headers have to be seen first. */
static const struct {
	const char *what;
	struct facts facts;
	const char *want;
} cases[] = {
	{ "a login", { .login = "till" }, "login" },
	{ "a pattern of logins", { .login = "shop-2" }, "login" },
	{ "the first row wins", { .login = "till", .daemon = "BULK" },
	    "login" },
	{ "a network", { .client = "192.0.2.200" }, "client" },
	{ "a mapped address", { .client = "::ffff:192.0.2.200" }, "client" },
	{ "an IPv6 network", { .client = "2001:db8:1::5" }, "client" },
	{ "outside of the network",
	    { .client = "192.0.3.1", .headers = { NULL }, .seen = true },
	    "rest" },
	{ "a daemon", { .daemon = "BULK" }, "daemon" },
	{ "a daemon that is like it",
	    { .daemon = "BULKY", .headers = { NULL }, .seen = true }, "rest" },
	{ "a sender", { .sender = "joe@news.example.com" }, "sender" },
	{ "the null sender is none",
	    { .sender = "", .headers = { NULL }, .seen = true }, "rest" },
	{ "both conditions", { .login = "app", .sender = "app@example.com" },
	    "both" },
	{ "one of both",
	    { .login = "app",
		.sender = "joe@example.com",
		.headers = { NULL },
		.seen = true },
	    "rest" },
	{ "a header",
	    { .headers = { "Subject: x", "X-Stream: news" }, .seen = true },
	    "header" },
	{ "any value", { .headers = { "List-Id: <a.b>" }, .seen = true },
	    "header" },
	{ "another value", { .headers = { "X-Stream: x" }, .seen = true },
	    "rest" },
	{ "no header", { .headers = { NULL }, .seen = true }, "rest" },
	{ "headers must be waited for", { .login = "joe" }, NULL },
	{ "nothing is known", { .login = NULL }, NULL },
	{ "a login and a header",
	    { .login = "app", .headers = { "Precedence: bulk" }, .seen = true },
	    "login-header" },
	{ "the header without the login",
	    { .login = "joe", .headers = { "Precedence: bulk" }, .seen = true },
	    "rest" },
	{ "one row's header, another's login",
	    { .login = "app",
		.headers = { "Precedence: bulk", "List-Id: x" },
		.seen = true },
	    "header" },
	{ "rows before the header don't wait", { .daemon = "BULK" }, "daemon" },
};

static const struct conf_stream *
pick(const struct conf *conf, const struct facts *f)
{
	struct conf_texts headers = { .list = mem_new(HEADERS_MAX,
					  sizeof(char *)) };
	struct sender_facts facts = {
		.login = f->login != NULL ? f->login : "",
		.daemon = f->daemon != NULL ? f->daemon : "",
		.sender = f->sender != NULL ? f->sender : "",
		.headers = f->seen ? &headers : NULL,
	};
	const struct conf_stream *picked;

	for (; headers.n < HEADERS_MAX && f->headers[headers.n] != NULL;
	     headers.n++)
		headers.list[headers.n] = mem_dup(f->headers[headers.n],
		    strlen(f->headers[headers.n]));
	if (f->client != NULL)
		ck_assert(ip_parse(span_of(f->client), &facts.client));
	picked = stream_pick(conf, &facts);
	for (size_t i = 0; i < headers.n; i++)
		free(headers.list[i]);
	free(headers.list);
	return picked;
}

START_TEST(picks_the_first_that_fits)
{
	struct conf *conf = conf_of(conditions);
	const struct conf_stream *picked = pick(conf, &cases[_i].facts);

	if (cases[_i].want == NULL)
		ck_assert_msg(picked == NULL, "%s", cases[_i].what);
	else
		ck_assert_msg(picked != NULL &&
				  strcmp(picked->name, cases[_i].want) == 0,
		    "%s: %s", cases[_i].what,
		    picked != NULL ? picked->name : "waits");
	conf_unref(conf);
}
END_TEST

/* A header condition waits only for mail that its row could take. */
START_TEST(waits_for_no_other_row)
{
	struct conf *conf =
	    conf_of("streams = ( { name = \"a\"; login = [ \"app\" ];"
		    " header = [ \"List-Id: *\" ]; }, { name = \"b\"; } );");
	const struct facts app = { .login = "app" }, joe = { .login = "joe" };

	ck_assert_ptr_null(pick(conf, &app));
	ck_assert_ptr_eq(pick(conf, &joe), &conf->streams[1]);
	conf_unref(conf);
}
END_TEST

/* The last row always matches, whether it is written or not. */
static const char *const lasts[] = {
	"",
	"streams = ( { name = \"only\"; } );",
	"streams = ( { name = \"a\"; login = [ \"app\" ]; } );",
};

START_TEST(the_last_row_takes_the_rest)
{
	struct conf *conf = conf_of(lasts[_i]);
	const struct facts joe = { .login = "joe" };

	ck_assert_ptr_eq(pick(conf, &joe), &conf->streams[conf->streams_n - 1]);
	conf_unref(conf);
}
END_TEST

static Suite *
stream_suite(void)
{
	Suite *s = suite_create("stream");
	TCase *t = tcase_create("stream");

	tcase_add_loop_test(t, picks_the_first_that_fits, 0, ARRAY_LEN(cases));
	tcase_add_test(t, waits_for_no_other_row);
	tcase_add_loop_test(t, the_last_row_takes_the_rest, 0,
	    ARRAY_LEN(lasts));
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(stream_suite)
