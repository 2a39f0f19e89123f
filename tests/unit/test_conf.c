#include "tests/unit/unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "tests/unit/scratch.h"
#include "tests/unit/settings_show.h"

static char path[128];

static void
begin(void)
{
	scratch_begin();
	snprintf(path, sizeof(path), "%s/t.conf", scratch_dir);
}

/* Loads a file with this content. */
static struct conf *
load(struct span content, struct error *err)
{
	struct error ignored;

	ck_assert(file_replace(scratch_dir, "t.conf", content, 0600, &ignored));
	return conf_load(path, err);
}

/* Each mistake, with the line that it is on and what is said behind it. */
static const struct {
	const char *content;
	int line;
	const char *says;
} mistakes[] = {
	{ "x = 1;", 1, "x: there is no such setting; suppressd.conf(5)" },
	{ "\n\nStore = \"/x\";", 3, "Store: there is no such setting" },
	{ "store = \"/a\";\nstore = \"/b\";", 2, "duplicate setting name" },
	{ "store = \"/a\n\";", 1, "store: a path has no control" },
	{ "debug = true;\nlog = \"x\";", 2, "log: 'x' is not known; it is" },
	{ "debug = 1;", 1, "debug: wants true or false" },
	{ "debug = yes;", 1, "syntax error" },
	{ "debug = true\nx y", 2, "syntax error" },
	{ "\xEF\xBB\xBF", 1, "syntax error; suppressd.conf(5) shows the form" },
	{ "store = \"/a;\n", 2, "syntax error" },
	{ "store", 1, "syntax error" },
	{ "store = 1.5;", 1, "store: wants a text in quotes" },
	{ "outbound = 1;", 1, "outbound: wants a group: { ... }" },
	{ "outbound = ( );", 1, "outbound: wants a group" },
	{ "outbound = {\n x = 1;\n};", 2, "outbound.x: there is no such" },
	{ "outbound = {\n bounces = [ ];\n};", 2,
	    "outbound.bounces: there is no such" },
	{ "outbound = {\n networks =\n [ \"a\" ];\n};", 2,
	    "outbound.networks: 'a' is no IP address" },
	{ "outbound = {\n networks = \"::1\";\n};", 2,
	    "outbound.networks: wants a list of texts" },
	{ "outbound = {\n networks = [ 1, 2 ];\n};", 2,
	    "outbound.networks: wants a list of texts" },
	{ "outbound = {\n networks = ( \"::1\", { } );\n};", 2,
	    "outbound.networks: wants a list of texts" },
	{ "inbound = { bounces = [ \"joe\" ]; };", 1,
	    "inbound.bounces: 'joe': 'joe' is no value: write joe@example" },
	{ "inbound = {\n\nreport_max_bytes = 5; };", 3,
	    "inbound.report_max_bytes: 5 is out of range; it is 1024 to" },
	{ "inbound = {\n processed = \"file\";\n};", 2,
	    "inbound.processed: \"file\" wants inbound.maildir, too" },
	{ "dns = { server = \"x\"; };", 1, "dns.server: write an IP" },
	{ "web = {\n listen = \"80\"; };", 2, "web.listen: write unix:/path" },
	{ "lookup = { socketmap = \"x\"; };", 1,
	    "lookup.socketmap: write unix:/path" },
	{ "lookup = { tcp_table = 1; };", 1, "lookup.tcp_table: wants a" },
	{ "webhooks = { url = \"http://far.example/\"; };", 1,
	    "webhooks.url: write https://host/path" },
	{ "web = {\n writes_per_minute = -1; };", 2,
	    "web.writes_per_minute: -1 is out of range" },
	{ "web = {\n metrics_open = 1; };", 2, "web.metrics_open: wants" },
	/* streams */
	{ "streams = 1;", 1, "streams: wants a list of groups" },
	{ "streams = { };", 1, "streams: wants a list of groups" },
	{ "streams = ( \"news\" );", 1, "streams: wants groups" },
	{ "streams = (\n{ });", 2, "streams[0]: a stream wants a name" },
	{ "streams = (\n{ name = \"*\"; });", 2, "streams[0]: \"*\" means" },
	{ "streams = (\n{ name = \"a\"; x = 1; });", 2,
	    "streams[0].x: there is no such setting" },
	{ "streams = ( { name = \"a\"; login = [ \"x\" ]; },\n"
	  "{ name = \"a\"; });",
	    2, "streams[1]: two streams have this name" },
	{ "streams = ( { name = \"a\"; },\n{ name = \"b\"; });", 2,
	    "streams[1]: a stream before this one has no condition" },
	{ "streams = (\n{ name = \"default\"; login = [ \"x\" ]; });", 2,
	    "streams[0]: \"default\" is the stream of what no other one" },
	{ "streams = (\n{ name = \"a\";\n action = \"drop\"; });", 3,
	    "streams[0].action: 'drop' is not known; it is reject, remove" },
	{ "streams = (\n{ name = \"a\";\n header = [ \"/(/\" ]; });", 3,
	    "streams[0].header: '/(/': " },
	{ "streams = (\n{ name = \"a\";\n unsubscribe_https = \"x\"; });", 3,
	    "streams[0].unsubscribe_https: write https://host/path/" },
	{ "streams = ( { name = \"a\"; sender = [ \"x\" ]; },\n"
	  "{ name = \"b\";\n unsubscribe_mailto = \"u@example.com\"; });",
	    3,
	    "streams[1].unsubscribe_mailto: is no address of "
	    "inbound.unsubscribe" },
	{ "streams = (\n{ name = \"a\";\n cfbl = \"u@example.com\"; });\n"
	  "inbound = { unsubscribe = [ \"u@example.com\" ]; };",
	    3, "streams[0].cfbl: is no address of inbound.complaints" },
	{ "streams = (\n{ name = \"a\";\n return_path = \"b@example.com\"; });",
	    3, "streams[0].return_path: is no address of inbound.bounces" },
	{ "streams = (\n{ name = \"a\";\n return_path = \"b+c@example.com\"; "
	  "});\n"
	  "inbound = { bounces = [ \"@example.com\" ]; };",
	    3,
	    "streams[0].return_path: wants 1 to 24 letters, digits, \".\", "
	    "\"-\" and" },
	{ "streams = (\n{ name = \"a\";\n return_path = "
	  "\"abcdefghijabcdefghijabcde@example.com\"; });\n"
	  "inbound = { bounces = [ \"@example.com\" ]; };",
	    3, "streams[0].return_path: wants 1 to 24 letters" },
	/* replies */
	{ "replies = 1;", 1, "replies: wants a group" },
	{ "replies = {\n bounce = { }; };", 2,
	    "replies.bounce: is no source; it is user, api, lead, bounced" },
	{ "replies = {\n user = 1; };", 2, "replies.user: wants a group" },
	{ "replies = {\n user = {\n x = 1; }; };", 3,
	    "replies.user.x: there is no such setting" },
	{ "replies = {\n user = {\n code = 450; }; };", 2,
	    "replies.user: code and status differ" },
	{ "replies = {\n user = {\n status = \"4.7.1\"; }; };", 2,
	    "replies.user: code and status differ" },
	{ "replies = {\n user = { code = 421; status = \"4.7.1\"; }; };", 2,
	    "replies.user: 421 and 521 end the connection" },
	{ "replies = {\n user = { code = 521; }; };", 2,
	    "replies.user: 421 and 521 end the connection" },
	{ "replies = {\n user = { code = 560; }; };", 2,
	    "replies.user: the second digit" },
	{ "replies = {\n user = {\n text = \"a\\nb\"; }; };", 3,
	    "replies.user.text: wants one line of 1 to 299 bytes" },
	/* what libconfig would do without telling well */
	{ "\n @include \"/tmp\"\n", 2, "@include: is not supported" },
};

START_TEST(names_the_place)
{
	struct error err = { 0 };
	struct conf *c = load(span_of(mistakes[_i].content), &err);
	char where[300];

	ck_assert_msg(c == NULL, "%s", mistakes[_i].content);
	ck_assert_int_eq(err.code, ERROR_INVALID);
	snprintf(where, sizeof(where), "%s:%d: %s", path, mistakes[_i].line,
	    mistakes[_i].says);
	ck_assert_msg(strncmp(err.text, where, strlen(where)) == 0, "%s",
	    err.text);
}
END_TEST

START_TEST(says_what_it_cannot_read)
{
	struct error err = { 0 };
	char *large;

	ck_assert_ptr_null(conf_load(path, &err));
	ck_assert_int_eq(err.code, ERROR_IO);
	ck_assert_ptr_nonnull(strstr(err.text, path));
	ck_assert_ptr_nonnull(strstr(err.text, strerror(ENOENT)));
	ck_assert_ptr_null(conf_load(scratch_dir, &err));
	ck_assert_ptr_nonnull(strstr(err.text, strerror(EISDIR)));
	ck_assert_ptr_null(load((struct span){ "\n#\0\n", 4 }, &err));
	ck_assert_int_eq(err.code, ERROR_INVALID);
	ck_assert_ptr_nonnull(strstr(err.text, ":2: a NUL byte"));
	large = mem_new(LIMIT_CONF_BYTES + 1, 1);
	memset(large, '\n', LIMIT_CONF_BYTES + 1);
	ck_assert_ptr_null(
	    load((struct span){ large, LIMIT_CONF_BYTES + 1 }, &err));
	ck_assert_int_eq(err.code, ERROR_LIMIT);
	free(large);
}
END_TEST

/* One setting of each kind, as README and manual write them. */
static const char good[] =
    "# a comment\n"
    "store = \"/srv/list\"; // another\n"
    "socket : \"inet:8891@127.0.0.1\"\n"
    "debug = TRUE;\n"
    "on_error = \"accept\";\n"
    "privacy = \"hashed\";\n"
    "outbound = { networks = ( \"192.0.2.0/24\" ); null_sender = true; };\n"
    "streams = (\n"
    "  { name = \"receipts\"; login = [ \"shop-app\" ];\n"
    "    blocks = [ \"bounced\", \"user\" ]; },\n"
    "  { name = \"news\"; header = [ \"X-Stream: news\", \"List-Id: *\" ];\n"
    "    action = \"remove\"; } );\n"
    "replies = { bounced = { code = 450; status = \"4.2.1\";\n"
    "  text = \"later\"; }; };\n"
    "inbound = { bounces = [ \"@Bounces.example.com\" ];\n"
    "  own_domains = [ ]; report_max_bytes = 0x100000; };\n"
    "review = { days = 7; per_day = 50; };\n"
    "refusals = { days = 90; max_mib = 100; };\n";

START_TEST(loads_a_good_file)
{
	struct error err = { 0 };
	struct conf *c = load(span_of(good), &err);

	ck_assert_msg(c != NULL, "%s", err.text);
	ck_assert_str_eq(c->path, path);
	ck_assert_str_eq(c->store, "/srv/list");
	ck_assert_str_eq(c->socket, "inet:8891@127.0.0.1");
	ck_assert(c->log_debug);
	ck_assert_int_eq(c->on_error, ON_ERROR_ACCEPT);
	ck_assert_int_eq(c->privacy, CONF_HASHED);
	ck_assert_uint_eq(c->outbound_networks.n, 1);
	ck_assert(c->filter_null_sender);
	ck_assert_uint_eq(c->streams_n, 3);
	ck_assert_str_eq(c->streams[0].name, "receipts");
	ck_assert_uint_eq(c->streams[0].blocks, 1U << 4 | 1U << 1);
	ck_assert_int_eq(c->streams[0].action, ACTION_REJECT);
	ck_assert_str_eq(c->streams[1].name, "news");
	ck_assert_uint_eq(c->streams[1].header.n, 2);
	ck_assert_uint_eq(c->streams[1].blocks, SETTINGS_EVERY_SOURCE);
	ck_assert_int_eq(c->streams[1].action, ACTION_REMOVE);
	/* and one for the rest, which blocks everything */
	ck_assert_str_eq(c->streams[2].name, "default");
	ck_assert_uint_eq(c->streams[2].blocks, SETTINGS_EVERY_SOURCE);
	ck_assert_int_eq(c->streams[2].action, ACTION_REJECT);
	ck_assert(c->streams_need_headers);
	ck_assert_int_eq(c->replies[4].code, 450);
	ck_assert_str_eq(c->replies[4].text, "later");
	ck_assert_int_eq(c->replies[1].code, 550);
	ck_assert_str_eq(c->bounces.list[0], "@bounces.example.com");
	ck_assert_int_eq(c->report_max_bytes, 1048576);
	ck_assert_int_eq(c->review_days, 7);
	ck_assert_int_eq(c->review_per_day, 50);
	ck_assert_int_eq(c->refusals_days, 90);
	ck_assert_int_eq(c->refusals_max_mib, 100);
	ck_assert_int_eq(c->dns_port, 53);
	conf_unref(c);
}
END_TEST

/* A last stream without a condition is the one for the rest. */
START_TEST(keeps_a_stream_for_the_rest)
{
	struct error err = { 0 };
	struct conf *c =
	    load(span_of("streams = ( { name = \"all\"; } );"), &err);

	ck_assert_msg(c != NULL, "%s", err.text);
	ck_assert_uint_eq(c->streams_n, 1);
	ck_assert(!c->streams_need_headers);
	conf_unref(c);
}
END_TEST

START_TEST(counts_references)
{
	struct conf *c = conf_defaults();

	ck_assert_ptr_eq(conf_ref(c), c);
	conf_unref(c);
	ck_assert_str_eq(c->streams[0].name, "default"); /* still there */
	conf_unref(c);
	conf_unref(NULL);
}
END_TEST

/* What the manual gives as the default of each row. */
static const struct {
	const char *name;
	const char *want;
} defaults[] = {
	{ "store", STATEDIR },
	{ "socket", "unix:/var/spool/postfix/suppress/milter.sock" },
	{ "log", "stderr" },
	{ "debug", "false" },
	{ "user", "" },
	{ "on_error", "defer" },
	{ "privacy", "plain" },
	{ "phone_region", "" },
	{ "daemons", "[ORIGINATING]" },
	{ "networks", "[127.0.0.0/8, ::1/128]" },
	{ "authenticated", "true" },
	{ "local_daemons", "[LOCAL]" },
	{ "local_mailers", "[local, virtual, lmtp, discard]" },
	{ "null_sender", "false" },
	{ "sms_gateways", "[]" },
	{ "bounce_daemons", "[BOUNCE]" },
	{ "bounces", "[]" },
	{ "complaints", "[]" },
	{ "unsubscribe", "[]" },
	{ "own_domains", "[]" },
	{ "protected", "[]" },
	{ "trusted_reporters", "[]" },
	{ "opt_out", "false" },
	{ "authserv_ids", "[]" },
	{ "processed", "deliver" },
	{ "maildir", "" },
	{ "report_max_bytes", "10485760" },
	{ "rules", "" },
	{ "days", "5" },
	{ "window_days", "30" },
	{ "first_days", "14" },
	{ "most_days", "180" },
	{ "addresses", "50" },
	{ "percent", "20" },
	{ "days", "30" },
	{ "per_day", "1000" },
	{ "own_bounce", "0x0A" },
	{ "token", "0x1E" },
	{ "authentication_results", "0x0E" },
	{ "spf", "0x0E" },
	{ "unproven", "0x00" },
	{ "keep", "0x16" },
	{ "days", "30" },
	{ "max_mib", "1024" },
	{ "keys", SYSCONFDIR "/suppressd/keys" },
	{ "sign", "" },
	{ "max_bytes", "4096" },
	{ "listen", "inet:8325@127.0.0.1" },
	{ "templates", PKGDATADIR "/unsubscribe" },
	{ "tokens", SYSCONFDIR "/suppressd/tokens" },
	{ "user", "" },
	{ "connections", "4096" },
	{ "timeout_s", "15" },
	{ "writes_per_minute", "6000" },
	{ "import_max_mib", "64" },
	{ "metrics_open", "false" },
	{ "socketmap", "" },
	{ "tcp_table", "" },
	{ "url", "" },
	{ "secret", SYSCONFDIR "/suppressd/webhook.secret" },
	{ "state", STATEDIR "-web" },
	{ "server", "" },
	{ "port", "53" },
	{ "timeout_s", "5" },
};

/* An empty file is the same as none. */
START_TEST(has_defaults)
{
	struct error err = { 0 };
	struct conf *c = _i == 0 ? conf_defaults() : load(span_of(""), &err);
	struct buf got;

	ck_assert_msg(c != NULL, "%s", err.text);
	buf_init(&got, 1000);
	for (size_t i = 0; i < ARRAY_LEN(defaults); i++) {
		ck_assert_str_eq(conf_rows[i].name, defaults[i].name);
		buf_reset(&got);
		setting_show(&conf_rows[i], c, &got);
		ck_assert_str_eq(buf_text(&got), defaults[i].want);
	}
	ck_assert_ptr_null(conf_rows[ARRAY_LEN(defaults)].name);
	ck_assert_uint_eq(c->streams_n, 1);
	ck_assert(!conf_stream_has_condition(&c->streams[0]));
	for (size_t i = 1; i < CONF_SOURCES; i++) {
		ck_assert_int_eq(c->replies[i].code, 550);
		ck_assert_str_eq(c->replies[i].status, "5.7.1");
		ck_assert_ptr_nonnull(
		    strstr(c->replies[i].text, "this recipient is suppressed"));
	}
	buf_done(&got);
	conf_unref(c);
}
END_TEST

static Suite *
conf_suite(void)
{
	Suite *s = suite_create("conf");
	TCase *t = tcase_create("conf");

	tcase_add_checked_fixture(t, begin, scratch_end);
	tcase_add_loop_test(t, names_the_place, 0, ARRAY_LEN(mistakes));
	tcase_add_test(t, says_what_it_cannot_read);
	tcase_add_test(t, loads_a_good_file);
	tcase_add_test(t, keeps_a_stream_for_the_rest);
	tcase_add_test(t, counts_references);
	tcase_add_loop_test(t, has_defaults, 0, 2);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(conf_suite)
