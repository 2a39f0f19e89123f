#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/net.h"
#include "tests/unit/exact.h"

static const struct {
	const char *in;
	const char *want; /* NULL: no address */
} addresses[] = {
	{ "192.0.2.1", "192.0.2.1" },
	{ "0.0.0.0", "0.0.0.0" },
	{ "255.255.255.255", "255.255.255.255" },
	{ "2001:db8::1", "2001:db8::1" },
	{ "2001:DB8:0:0:0:0:0:1", "2001:db8::1" },
	{ "::", "::" },
	/* RFC 5321, 4.1.3 */
	{ "[192.0.2.1]", "192.0.2.1" },
	{ "[IPv6:2001:db8::1]", "2001:db8::1" },
	{ "IPv6:2001:db8::1", "2001:db8::1" },
	{ "[2001:db8::1]", "2001:db8::1" },
	/* mapped, RFC 4291 2.5.5.2, is IPv4 */
	{ "::ffff:192.0.2.1", "192.0.2.1" },
	{ "::ffff:c000:201", "192.0.2.1" },
	{ "::192.0.2.1", "::192.0.2.1" },
	{ "2001:db8:1111:2222:3333:4444:255.255.255.255",
	    "2001:db8:1111:2222:3333:4444:ffff:ffff" },
	{ "192.0.2", NULL },
	{ "192.0.2.256", NULL },
	{ "192.0.2.1.", NULL },
	{ "192.0.2.1 ", NULL },
	{ "[192.0.2.1", NULL },
	{ "fe80::1%lo", NULL },
	{ "1:2:3:4:5:6:7:8:9", NULL },
	{ "1111:2222:3333:4444:5555:6666:123.123.123.1234", NULL },
	{ "[]", NULL },
	{ "IPv6:", NULL },
	{ "localhost", NULL },
	{ "", NULL },
};

START_TEST(reads_addresses)
{
	struct ip ip = { 0 };
	char text[IP_TEXT] = "";
	struct span in = exact(addresses[_i].in);
	bool ok = ip_parse(in, &ip);

	exact_free(in);
	ck_assert_msg(ok == (addresses[_i].want != NULL), "'%s'",
	    addresses[_i].in);
	ip_format(&ip, text);
	ck_assert_str_eq(text, ok ? addresses[_i].want : "");
}
END_TEST

START_TEST(refuses_nul)
{
	struct ip ip;
	struct span in = exact_bytes("192.0.2.1\0", 10);

	ck_assert(!ip_parse(in, &ip));
	exact_free(in);
}
END_TEST

START_TEST(reads_sockets)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	struct sockaddr local = { .sa_family = AF_UNIX };
	char text[IP_TEXT];
	struct ip ip;

	inet_pton(AF_INET, "192.0.2.7", &in.sin_addr);
	ck_assert(ip_from_sockaddr((struct sockaddr *)&in, &ip));
	ip_format(&ip, text);
	ck_assert_str_eq(text, "192.0.2.7");
	inet_pton(AF_INET6, "2001:db8::7", &in6.sin6_addr);
	ck_assert(ip_from_sockaddr((struct sockaddr *)&in6, &ip));
	ip_format(&ip, text);
	ck_assert_str_eq(text, "2001:db8::7");
	inet_pton(AF_INET6, "::ffff:192.0.2.8", &in6.sin6_addr);
	ck_assert(ip_from_sockaddr((struct sockaddr *)&in6, &ip));
	ck_assert_int_eq(ip.family, AF_INET);
	ip_format(&ip, text);
	ck_assert_str_eq(text, "192.0.2.8");
	ck_assert(!ip_from_sockaddr(&local, &ip));
}
END_TEST

static const struct {
	const char *net;
	const char *ip;
	bool want;
} networks[] = {
	{ "192.0.2.0/24", "192.0.2.0", true },
	{ "192.0.2.0/24", "192.0.2.255", true },
	{ "192.0.2.0/24", "192.0.3.0", false },
	{ "192.0.2.77/24", "192.0.2.1", true }, /* bits behind don't count */
	{ "192.0.2.128/25", "192.0.2.128", true },
	{ "192.0.2.128/25", "192.0.2.127", false },
	{ "192.0.2.4/30", "192.0.2.7", true },
	{ "192.0.2.4/30", "192.0.2.8", false },
	{ "192.0.2.1", "192.0.2.1", true },
	{ "192.0.2.1", "192.0.2.2", false },
	{ "192.0.2.1/32", "192.0.2.1", true },
	{ "0.0.0.0/0", "203.0.113.9", true },
	{ "0.0.0.0/0", "2001:db8::1", false },
	{ "::/0", "2001:db8::1", true },
	{ "::/0", "192.0.2.1", false },
	{ "2001:db8::/32", "2001:db8:ffff::1", true },
	{ "2001:db8::/32", "2001:db9::1", false },
	{ "2001:db8::/33", "2001:db8:8000::1", false },
	{ "[2001:db8::]/32", "2001:db8::1", true },
	{ "2001:db8::1", "2001:db8::1", true },
	{ "2001:db8::1/128", "2001:db8::2", false },
	{ "127.0.0.0/8", "::ffff:127.0.0.1", true },
	{ "::ffff:127.0.0.0/8", "127.0.0.1", true },
};

START_TEST(has_addresses)
{
	struct error err = { 0 };
	struct network net;
	struct ip ip;
	struct span in = exact(networks[_i].net);

	ck_assert_msg(network_parse(in, &net, &err), "%s", err.text);
	exact_free(in);
	ck_assert(ip_parse(span_of(networks[_i].ip), &ip));
	ck_assert_msg(network_has(&net, &ip) == networks[_i].want, "%s in %s",
	    networks[_i].ip, networks[_i].net);
}
END_TEST

static const struct {
	const char *in;
	const char *says;
} broken[] = {
	{ "", "write 192.0.2.0/24" },
	{ "/24", "write 192.0.2.0/24" },
	{ "192.0.2/24", "write 192.0.2.0/24" },
	{ "example.com", "'example.com' is no IP address" },
	{ "192.0.2.0/33", "from 0 to 32" },
	{ "192.0.2.0/-1", "from 0 to 32" },
	{ "192.0.2.0/", "from 0 to 32" },
	{ "192.0.2.0/2x", "from 0 to 32" },
	{ "192.0.2.0/24/8", "from 0 to 32" },
	{ "192.0.2.0/255.255.255.0", "from 0 to 32" },
	{ "192.0.2.0/99999999999999999999", "from 0 to 32" },
	{ "2001:db8::/129", "from 0 to 128" },
};

START_TEST(refuses_networks)
{
	struct error err = { 0 };
	struct network net = { .prefix = 77 };
	struct span in = exact(broken[_i].in);

	ck_assert(!network_parse(in, &net, &err));
	exact_free(in);
	ck_assert_int_eq(net.prefix, 77);
	ck_assert_int_eq(err.code, ERROR_INVALID);
	ck_assert_msg(strstr(err.text, broken[_i].says) != NULL, "%s",
	    err.text);
}
END_TEST

static Suite *
net_suite(void)
{
	Suite *s = suite_create("net");
	TCase *t = tcase_create("net");

	tcase_add_loop_test(t, reads_addresses, 0, ARRAY_LEN(addresses));
	tcase_add_test(t, refuses_nul);
	tcase_add_test(t, reads_sockets);
	tcase_add_loop_test(t, has_addresses, 0, ARRAY_LEN(networks));
	tcase_add_loop_test(t, refuses_networks, 0, ARRAY_LEN(broken));
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(net_suite)
