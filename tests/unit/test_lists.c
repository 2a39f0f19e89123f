#include "tests/unit/unit.h"

#include "conf/settings.h"
#include "tests/unit/conf_text.h"

/* A configuration whose protected values, patterns and networks are these. */
static struct conf *
made(const char *name, const char *const *texts)
{
	const struct setting_row *row = conf_rows;
	struct given g = { .type = GIVEN_TEXTS, .texts = (const char **)texts };
	struct conf *c = conf_defaults();
	struct error err;

	while (strcmp(row->name, name) != 0)
		row++;
	while (texts[g.n] != NULL)
		g.n++;
	ck_assert_msg(setting_take(row, &g, c, &err), "%s", err.text);
	return c;
}

static const struct {
	const char *list[3];
	const char *addr;
	bool want;
} addrs[] = {
	{ { "joe@example.com" }, "joe@example.com", true },
	{ { "Joe@Example.com" }, "JOE@example.COM", true },
	{ { "amy@example.com", "joe@example.com" }, "joe@example.com", true },
	{ { NULL }, "joe@example.com", false },
	{ { "joe@example.com" }, "joe@example.net", false },
	{ { "joe@example.com" }, "joe@a.example.com", false },
	{ { "joe@example.com" }, "joey@example.com", false },
	/* tags of the address don't matter, those of the list do */
	{ { "joe@example.com" }, "joe+tag@example.com", true },
	{ { "joe@example.com" }, "joe+a+b@example.com", true },
	{ { "joe@example.com" }, "joe+@example.com", true },
	{ { "joe@example.com" }, "jo+e@example.com", false },
	{ { "joe+tag@example.com" }, "joe+tag@example.com", true },
	{ { "joe+tag@example.com" }, "joe@example.com", false },
	{ { "joe+tag@example.com" }, "joe+x@example.com", false },
	{ { "+joe@example.com" }, "+joe@example.com", true },
	{ { "joe@example.com" }, "\"joe+odd tag\"@example.com", true },
	{ { "\"odd joe\"@example.com" }, "\"odd joe+tag\"@example.com", true },
	/* domains */
	{ { "@example.com" }, "joe@example.com", true },
	{ { "@example.com" }, "joe+tag@EXAMPLE.com", true },
	{ { "@example.com" }, "joe@a.example.com", false },
	{ { "@example.com" }, "joe@badexample.com", false },
	{ { "@.example.com" }, "joe@a.example.com", true },
	{ { "@.example.com" }, "joe@a.b.example.com", true },
	{ { "@.example.com" }, "joe@example.com", false },
	{ { "@.example.com" }, "joe@badexample.com", false },
	{ { "@.com" }, "joe@example.com", true },
	{ { "@[192.0.2.1]" }, "joe@[192.0.2.1]", true },
	{ { "@b\xC3\xBC"
	    "cher.test" },
	    "joe@xn--bcher-kva.test", true },
};

START_TEST(has_addresses)
{
	struct conf *c = made("protected", addrs[_i].list);
	struct error err = { 0 };
	struct addr a;

	ck_assert(addr_parse(span_of(addrs[_i].addr), &a, &err));
	ck_assert_msg(conf_has_addr(&c->protected, &a) == addrs[_i].want,
	    "%s in %s", addrs[_i].addr, addrs[_i].list[0]);
	conf_unref(c);
}
END_TEST

static const struct {
	const char *text;
	bool want;
} texts[] = {
	{ "local", true },
	{ "LMTP", false }, /* as it is written */
	{ "lmtp", true },
	{ "loca", false },
	{ "locals", false },
	{ "", false },
};

START_TEST(has_texts)
{
	struct conf *c = conf_defaults();

	ck_assert(
	    conf_has_text(&c->local_mailers, texts[_i].text) == texts[_i].want);
	ck_assert(!conf_has_text(&c->bounces, texts[_i].text));
	conf_unref(c);
}
END_TEST

static const struct {
	const char *text;
	bool want;
} patterns[] = {
	{ "ORIGINATING", true },
	{ "originating", true },
	{ "news-1", true },
	{ "news", false },
	{ "xORIGINATING", false },
	{ "", false },
};

START_TEST(has_matches)
{
	const char *const list[] = { "ORIGINATING", "news-*", NULL };
	struct conf *c = made("daemons", list);

	ck_assert(conf_matches(&c->outbound_daemons, patterns[_i].text) ==
		  patterns[_i].want);
	ck_assert(!conf_matches(&c->streams[0].login, patterns[_i].text));
	conf_unref(c);
}
END_TEST

static const struct {
	const char *ip;
	bool want;
} addresses[] = {
	{ "127.0.0.1", true },
	{ "127.255.255.255", true },
	{ "::ffff:127.0.0.1", true },
	{ "::1", true },
	{ "128.0.0.1", false },
	{ "::2", false },
};

START_TEST(has_networks)
{
	struct conf *c = conf_defaults();
	struct ip ip;

	ck_assert(ip_parse(span_of(addresses[_i].ip), &ip));
	ck_assert(
	    conf_networks(&c->outbound_networks, &ip) == addresses[_i].want);
	ck_assert(!conf_networks(&c->streams[0].client, &ip));
	conf_unref(c);
}
END_TEST

/* sendmail(1) has no client address. */
START_TEST(has_no_absent_address)
{
	struct conf *c = conf_defaults();
	struct ip none = { 0 };

	ck_assert(!conf_networks(&c->outbound_networks, &none));
	conf_unref(c);
}
END_TEST

START_TEST(names_streams)
{
	struct conf *c = conf_of("streams = ( { name = \"news\"; "
				 "login = [ \"app\" ]; } );");

	ck_assert_ptr_eq(conf_stream_named(c, "news"), &c->streams[0]);
	ck_assert_ptr_eq(conf_stream_named(c, CONF_DEFAULT_STREAM),
	    &c->streams[1]);
	ck_assert_ptr_null(conf_stream_named(c, "News"));
	ck_assert_ptr_null(conf_stream_named(c, "*"));
	ck_assert_ptr_null(conf_stream_named(c, ""));
	conf_unref(c);
}
END_TEST

static Suite *
lists_suite(void)
{
	Suite *s = suite_create("lists");
	TCase *t = tcase_create("lists");

	tcase_add_loop_test(t, has_addresses, 0, ARRAY_LEN(addrs));
	tcase_add_loop_test(t, has_texts, 0, ARRAY_LEN(texts));
	tcase_add_loop_test(t, has_matches, 0, ARRAY_LEN(patterns));
	tcase_add_loop_test(t, has_networks, 0, ARRAY_LEN(addresses));
	tcase_add_test(t, has_no_absent_address);
	tcase_add_test(t, names_streams);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(lists_suite)
