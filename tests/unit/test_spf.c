/*
 * What spf_check() answers, with the child, libspf2 and a name server as
 * they are. The expectations are those of RFC 7208.
 */
#include "tests/unit/spf_unit.h"

#include <sys/syscall.h>
#include <time.h>

#include "base/buf.h"

#define FRIEND "192.0.2.5"
#define STRANGER "203.0.113.9"

static const struct dns_row zone[] = {
	{ "pass.example.org", DNS_TXT, "v=spf1 ip4:192.0.2.5 -all" },
	{ "soft.example.org", DNS_TXT, "v=spf1 ip4:192.0.2.5 ~all" },
	{ "neutral.example.org", DNS_TXT, "v=spf1 ip4:192.0.2.5 ?all" },
	{ "no-all.example.org", DNS_TXT, "v=spf1 ip4:192.0.2.5" },
	{ "case.example.org", DNS_TXT, "V=SPF1 IP4:192.0.2.5 -ALL" },
	{ "network.example.org", DNS_TXT, "v=spf1 ip4:192.0.2.0/24 -all" },
	{ "six.example.org", DNS_TXT, "v=spf1 ip6:2001:db8::/32 -all" },
	{ "strings.example.org", DNS_TXT, "v=spf1 ip4:192.0.2\t.5 -all" },
	{ "others.example.org", DNS_TXT, "some-verification=1" },
	{ "others.example.org", DNS_TXT, "v=spf1 ip4:192.0.2.5 -all" },
	{ "none.example.org", DNS_TXT, "v=spf10 +all" },
	{ "no-txt.example.org", DNS_A, "192.0.2.5" },
	{ "alias.example.org", DNS_CNAME, "pass.example.org" },
	{ "xn--bcher-kva.example", DNS_TXT, "v=spf1 ip4:192.0.2.5 -all" },
	/* RFC 7208 4.5: two records; 4.6: syntax. */
	{ "two.example.org", DNS_TXT, "v=spf1 ip4:192.0.2.5 -all" },
	{ "two.example.org", DNS_TXT, "v=spf1 -all" },
	{ "bad-ip.example.org", DNS_TXT, "v=spf1 ip4:300.1.2.3 +all" },
	{ "bad-word.example.org", DNS_TXT, "v=spf1 nonsense:x +all" },
	{ "bad-macro.example.org", DNS_TXT, "v=spf1 exists:%{z} +all" },
	/* 5.3 to 5.7 */
	{ "a.example.org", DNS_TXT, "v=spf1 a -all" },
	{ "a.example.org", DNS_A, "192.0.2.5" },
	{ "a6.example.org", DNS_TXT, "v=spf1 a -all" },
	{ "a6.example.org", DNS_AAAA, "2001:db8::5" },
	{ "mx.example.org", DNS_TXT, "v=spf1 mx -all" },
	{ "mx.example.org", DNS_MX, "no-txt.example.org" },
	{ "exists.example.org", DNS_TXT,
	    "v=spf1 exists:%{i}.list.example.org -all" },
	{ "192.0.2.5.list.example.org", DNS_A, "127.0.0.2" },
	/* 5.2 and 6.1 */
	{ "include.example.org", DNS_TXT,
	    "v=spf1 include:pass.example.org -all" },
	{ "include-soft.example.org", DNS_TXT,
	    "v=spf1 include:soft.example.org -all" },
	{ "include-none.example.org", DNS_TXT,
	    "v=spf1 include:none.example.org +all" },
	{ "loop.example.org", DNS_TXT,
	    "v=spf1 include:loop2.example.org +all" },
	{ "loop2.example.org", DNS_TXT,
	    "v=spf1 include:loop.example.org +all" },
	{ "self.example.org", DNS_TXT, "v=spf1 include:self.example.org +all" },
	{ "redirect.example.org", DNS_TXT, "v=spf1 redirect=pass.example.org" },
	{ "redirect-none.example.org", DNS_TXT,
	    "v=spf1 redirect=none.example.org" },
	{ "redirect-loop.example.org", DNS_TXT,
	    "v=spf1 redirect=redirect-loop.example.org" },
	/* 4.6.4: ten terms that ask the DNS, and one more. */
	{ "ten.example.org", DNS_TXT,
	    "v=spf1 a:h1.example.org a:h2.example.org a:h3.example.org "
	    "a:h4.example.org a:h5.example.org a:h6.example.org "
	    "a:h7.example.org a:h8.\texample.org a:h9.example.org "
	    "a:no-txt.example.org -all" },
	{ "eleven.example.org", DNS_TXT,
	    "v=spf1 a:h1.example.org a:h2.example.org a:h3.example.org "
	    "a:h4.example.org a:h5.example.org a:h6.example.org "
	    "a:h7.example.org a:h8.\texample.org a:h9.example.org "
	    "a:h10.example.org a:no-txt.example.org -all" },
	{ "ten-then-ip.example.org", DNS_TXT,
	    "v=spf1 a:h1.example.org a:h2.example.org a:h3.example.org "
	    "a:h4.example.org a:h5.example.org a:h6.example.org "
	    "a:h7.example.org a:h8.\texample.org a:h9.example.org "
	    "a:h10.example.org ip4:192.0.2.5 -all" },
	{ "ten-and-why.example.org", DNS_TXT,
	    "v=spf1 a:h1.example.org a:h2.example.org a:h3.example.org "
	    "a:h4.example.org a:h5.example.org a:h6.example.org "
	    "a:h7.example.org a:h8.\texample.org a:h9.example.org "
	    "a:h10.example.org -all exp=why.example.org" },
	{ "why.example.org", DNS_TXT, "No, %{i}" },
	/* They count over all that is included, hosts of an MX do not. */
	{ "tree.example.org", DNS_TXT,
	    "v=spf1 include:tree1.example.org include:tree2.example.org +all" },
	{ "tree1.example.org", DNS_TXT,
	    "v=spf1 a:h1.example.org a:h2.example.org a:h3.example.org "
	    "a:h4.example.org -all" },
	{ "tree2.example.org", DNS_TXT,
	    "v=spf1 a:h5.example.org a:h6.example.org a:h7.example.org "
	    "a:h8.example.org a:h9.example.org -all" },
	{ "tree-of-ten.example.org", DNS_TXT,
	    "v=spf1 include:tree1.example.org include:tree1.example.org "
	    "ip4:192.0.2.5 -all" },
	{ "six-mx.example.org", DNS_TXT,
	    "v=spf1 mx a:h1.example.org a:h2.example.org a:h3.example.org "
	    "a:h4.example.org a:h5.example.org ip4:192.0.2.5 -all" },
	{ "six-mx.example.org", DNS_MX, "h6.example.org" },
	{ "six-mx.example.org", DNS_MX, "h7.example.org" },
	{ "six-mx.example.org", DNS_MX, "h8.example.org" },
	{ "six-mx.example.org", DNS_MX, "h9.example.org" },
	{ "six-mx.example.org", DNS_MX, "h10.example.org" },
	{ "h1.example.org", DNS_A, "203.0.113.1" },
	{ "h2.example.org", DNS_A, "203.0.113.1" },
	{ "h3.example.org", DNS_A, "203.0.113.1" },
	{ "h4.example.org", DNS_A, "203.0.113.1" },
	{ "h5.example.org", DNS_A, "203.0.113.1" },
	{ "h6.example.org", DNS_A, "203.0.113.1" },
	{ "h7.example.org", DNS_A, "203.0.113.1" },
	{ "h8.example.org", DNS_A, "203.0.113.1" },
	{ "h9.example.org", DNS_A, "203.0.113.1" },
	{ "h10.example.org", DNS_A, "203.0.113.1" },
	/* More than a datagram holds: asked again by TCP. */
	{ "long.example.org", DNS_TXT,
	    "v=spf1 "
	    "ip4:203.0.113.1 ip4:203.0.113.2 ip4:203.0.113.3 ip4:203.0.113.4 "
	    "ip4:203.0.113.5 ip4:203.0.113.6 ip4:203.0.113.7 ip4:203.0.113.8 \t"
	    "ip4:203.0.113.1 ip4:203.0.113.2 ip4:203.0.113.3 ip4:203.0.113.4 "
	    "ip4:203.0.113.5 ip4:203.0.113.6 ip4:203.0.113.7 ip4:203.0.113.8 \t"
	    "ip4:203.0.113.1 ip4:203.0.113.2 ip4:203.0.113.3 ip4:203.0.113.4 "
	    "ip4:203.0.113.5 ip4:203.0.113.6 ip4:203.0.113.7 ip4:203.0.113.8 \t"
	    "ip4:203.0.113.1 ip4:203.0.113.2 ip4:203.0.113.3 ip4:203.0.113.4 "
	    "ip4:203.0.113.5 ip4:203.0.113.6 ip4:203.0.113.7 ip4:192.0.2.5 "
	    "-all" },
	/* 4.4: any error but "no such name" is temporary. */
	{ "formerr.example.org", DNS_FORMERR, NULL },
	{ "servfail.example.org", DNS_SERVFAIL, NULL },
	{ "notimp.example.org", DNS_NOTIMP, NULL },
	{ "refused.example.org", DNS_REFUSED, NULL },
	{ "silent.example.org", DNS_SILENT, NULL },
	{ "include-servfail.example.org", DNS_TXT,
	    "v=spf1 include:servfail.example.org +all" },
	{ "a-servfail.example.org", DNS_TXT,
	    "v=spf1 a:servfail.example.org +all" },
	{ "a-formerr.example.org", DNS_TXT,
	    "v=spf1 a:formerr.example.org +all" },
	{ "mx-servfail.example.org", DNS_TXT,
	    "v=spf1 mx:servfail.example.org +all" },
	{ "redirect-servfail.example.org", DNS_TXT,
	    "v=spf1 redirect=servfail.example.org" },
	/* What comes is no answer: nothing is known. */
	{ "junk.example.org", DNS_JUNK, NULL },
	{ "cut.example.org", DNS_CUT, NULL },
	{ "pointer.example.org", DNS_POINTER, NULL },
	{ "length.example.org", DNS_LENGTH, NULL },
	{ "string.example.org", DNS_STRING, NULL },
	{ "empty.example.org", DNS_EMPTY, NULL },
	{ "short-a.example.org", DNS_SHORT_A, NULL },
	{ "a-short.example.org", DNS_TXT, "v=spf1 a:short-a.example.org +all" },
	/* Whose sender speaks for whom. */
	{ "evil.example.net", DNS_TXT, "v=spf1 +all" },
};

static struct dns *dns;
static struct spf *spf;

static time_t ahead_s; /* the clocks of this program */

int
clock_gettime(clockid_t id, struct timespec *ts)
{
	long failed = syscall(SYS_clock_gettime, id, ts);

	ts->tv_sec += ahead_s;
	return (int)failed;
}

static void
begin(void)
{
	dns = dns_start("127.0.0.1", zone, ARRAY_LEN(zone));
	spf = spf_start("127.0.0.1", dns_port(dns), 4);
}

static void
end(void)
{
	spf_close(spf);
	dns_stop(dns);
}

static enum spf_result
check(const char *client, const char *helo, const char *mail_from,
    char domain[DOMAIN_TEXT])
{
	struct ip ip;

	ck_assert(ip_parse(span_of(client), &ip));
	return spf_check(spf, &ip, helo, mail_from, domain);
}

/* The result for a sender of name.example.org. */
static const struct {
	const char *name;
	const char *client;
	enum spf_result want;
} records[] = {
	{ "pass", FRIEND, SPF_PASS },
	{ "pass", STRANGER, SPF_FAIL },
	{ "pass", "192.0.2.6", SPF_FAIL },
	{ "pass", "::ffff:192.0.2.5", SPF_PASS },
	{ "pass", "::ffff:192.0.2.6", SPF_FAIL },
	{ "pass", "2001:db8::5", SPF_FAIL },
	{ "soft", FRIEND, SPF_PASS },
	{ "soft", STRANGER, SPF_SOFTFAIL },
	{ "neutral", STRANGER, SPF_NEUTRAL },
	{ "no-all", FRIEND, SPF_PASS },
	{ "no-all", STRANGER, SPF_NEUTRAL },
	{ "case", FRIEND, SPF_PASS },
	{ "network", "192.0.2.77", SPF_PASS },
	{ "network", STRANGER, SPF_FAIL },
	{ "six", "2001:db8:1::1", SPF_PASS },
	{ "six", "2001:db9::1", SPF_FAIL },
	{ "six", FRIEND, SPF_FAIL },
	{ "strings", FRIEND, SPF_PASS },
	{ "others", FRIEND, SPF_PASS },
	{ "none", FRIEND, SPF_NONE },
	{ "no-txt", FRIEND, SPF_NONE },
	{ "not-there", FRIEND, SPF_NONE },
	{ "alias", FRIEND, SPF_PASS },
	{ "alias", STRANGER, SPF_FAIL },
	{ "two", FRIEND, SPF_PERMERROR },
	{ "bad-ip", FRIEND, SPF_PERMERROR },
	{ "bad-word", FRIEND, SPF_PERMERROR },
	{ "bad-macro", FRIEND, SPF_PERMERROR },
	{ "a", FRIEND, SPF_PASS },
	{ "a", STRANGER, SPF_FAIL },
	{ "a6", "2001:db8::5", SPF_PASS },
	{ "a6", "2001:db8::6", SPF_FAIL },
	{ "mx", FRIEND, SPF_PASS },
	{ "mx", STRANGER, SPF_FAIL },
	{ "exists", FRIEND, SPF_PASS },
	{ "exists", STRANGER, SPF_FAIL },
	{ "include", FRIEND, SPF_PASS },
	{ "include", STRANGER, SPF_FAIL },
	{ "include-soft", STRANGER, SPF_FAIL },
	{ "include-none", FRIEND, SPF_PERMERROR },
	{ "loop", FRIEND, SPF_PERMERROR },
	{ "self", FRIEND, SPF_PERMERROR },
	{ "redirect", FRIEND, SPF_PASS },
	{ "redirect", STRANGER, SPF_FAIL },
	{ "redirect-none", FRIEND, SPF_PERMERROR },
	{ "redirect-loop", FRIEND, SPF_PERMERROR },
	{ "ten", FRIEND, SPF_PASS },
	{ "eleven", FRIEND, SPF_PERMERROR },
	{ "ten-then-ip", FRIEND, SPF_PASS },
	{ "ten-then-ip", STRANGER, SPF_FAIL },
	{ "ten-and-why", STRANGER, SPF_FAIL },
	{ "tree", FRIEND, SPF_PERMERROR },
	{ "tree-of-ten", FRIEND, SPF_PASS },
	{ "six-mx", FRIEND, SPF_PASS },
	{ "long", FRIEND, SPF_PASS },
	{ "long", STRANGER, SPF_FAIL },
	{ "formerr", FRIEND, SPF_TEMPERROR },
	{ "servfail", FRIEND, SPF_TEMPERROR },
	{ "notimp", FRIEND, SPF_TEMPERROR },
	{ "refused", FRIEND, SPF_TEMPERROR },
	{ "silent", FRIEND, SPF_TEMPERROR },
	{ "include-servfail", FRIEND, SPF_TEMPERROR },
	{ "a-servfail", FRIEND, SPF_TEMPERROR },
	{ "a-formerr", FRIEND, SPF_TEMPERROR },
	{ "mx-servfail", FRIEND, SPF_TEMPERROR },
	{ "redirect-servfail", FRIEND, SPF_TEMPERROR },
	{ "junk", FRIEND, SPF_TEMPERROR },
	{ "cut", FRIEND, SPF_TEMPERROR },
	{ "pointer", FRIEND, SPF_TEMPERROR },
	{ "length", FRIEND, SPF_TEMPERROR },
	{ "string", FRIEND, SPF_TEMPERROR },
	{ "empty", FRIEND, SPF_NONE },
	{ "a-short", FRIEND, SPF_TEMPERROR },
};

START_TEST(results)
{
	char sender[128], domain[DOMAIN_TEXT], want[128];
	enum spf_result got;

	snprintf(want, sizeof(want), "%s.example.org", records[_i].name);
	snprintf(sender, sizeof(sender), "feedback@%s", want);
	got = check(records[_i].client, "mx.example.com", sender, domain);
	ck_assert_msg(got == records[_i].want, "%s from %s: %s",
	    records[_i].name, records[_i].client,
	    names_text(spf_result_names, (int)got));
	ck_assert_str_eq(domain, want);
	/* The child has survived it. */
	ck_assert_int_eq(check(FRIEND, "", "x@pass.example.org", domain),
	    SPF_PASS);
}
END_TEST

/* Which name is checked, RFC 7208 2.3 and 2.4; domain "": none could be. */
static const struct {
	const char *client;
	const char *helo;
	const char *mail_from;
	enum spf_result want;
	const char *domain;
} identities[] = {
	{ FRIEND, "pass.example.org", "", SPF_PASS, "pass.example.org" },
	{ STRANGER, "pass.example.org", "", SPF_FAIL, "pass.example.org" },
	{ FRIEND, "PASS.Example.ORG", "", SPF_PASS, "pass.example.org" },
	{ FRIEND, "soft.example.org", "x@pass.example.org", SPF_PASS,
	    "pass.example.org" },
	{ STRANGER, "evil.example.net", "x@pass.example.org", SPF_FAIL,
	    "pass.example.org" },
	{ STRANGER, "pass.example.org", "x@evil.example.net", SPF_PASS,
	    "evil.example.net" },
	{ FRIEND, "", "X@Pass.Example.ORG", SPF_PASS, "pass.example.org" },
	{ FRIEND, "",
	    "x@b\xC3\xBC"
	    "cher.example",
	    SPF_PASS, "xn--bcher-kva.example" },
	{ FRIEND,
	    "b\xC3\xBC"
	    "cher.example",
	    "", SPF_PASS, "xn--bcher-kva.example" },
	{ FRIEND, "", "gr\xC3\xBC\xC3\x9F@pass.example.org", SPF_PASS,
	    "pass.example.org" },
	/* What stands before the last "@" is no domain. */
	{ STRANGER, "", "\"x@evil.example.net\"@pass.example.org", SPF_FAIL,
	    "pass.example.org" },
	{ STRANGER, "", "\"x@evil.example.net \"@pass.example.org", SPF_FAIL,
	    "pass.example.org" },
	{ FRIEND, "", "", SPF_NONE, "" },
	{ FRIEND, "[192.0.2.5]", "", SPF_NONE, "" },
	{ FRIEND, "not a name", "", SPF_NONE, "" },
	{ FRIEND, "pass.example.org", "no address", SPF_NONE, "" },
	{ FRIEND, "pass.example.org", "x@[192.0.2.5]", SPF_NONE, "" },
	{ FRIEND, "pass.example.org", "<>", SPF_NONE, "" },
	/* Loopback may be anybody, whatever is published. */
	{ "127.0.0.1", "", "x@evil.example.net", SPF_NONE, "evil.example.net" },
	{ "127.9.9.9", "", "x@evil.example.net", SPF_NONE, "evil.example.net" },
	{ "::ffff:127.0.0.1", "", "x@evil.example.net", SPF_NONE,
	    "evil.example.net" },
	{ "::1", "", "x@evil.example.net", SPF_NONE, "evil.example.net" },
};

START_TEST(who_is_checked)
{
	char domain[DOMAIN_TEXT];
	enum spf_result got = check(identities[_i].client, identities[_i].helo,
	    identities[_i].mail_from, domain);

	ck_assert_msg(got == identities[_i].want, "%s %s: %s",
	    identities[_i].helo, identities[_i].mail_from,
	    names_text(spf_result_names, (int)got));
	ck_assert_str_eq(domain, identities[_i].domain);
}
END_TEST

/* Reporters come in bursts: the DNS is asked once for the same question. */
START_TEST(answers_are_kept)
{
	char domain[DOMAIN_TEXT];
	unsigned asked;

	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(
		    check(FRIEND, "", "x@pass.example.org", domain), SPF_PASS);
	asked = dns_asked(dns, "pass.example.org");
	ck_assert_uint_eq(asked, 1);
	/* Another client is another question. */
	ck_assert_int_eq(check(STRANGER, "", "x@pass.example.org", domain),
	    SPF_FAIL);
	ck_assert_uint_gt(dns_asked(dns, "pass.example.org"), asked);
}
END_TEST

/* For minutes, not for longer: a record may be mended, or taken back. */
START_TEST(answers_grow_old)
{
	char domain[DOMAIN_TEXT];
	unsigned asked;

	ck_assert_int_eq(check(FRIEND, "", "x@pass.example.org", domain),
	    SPF_PASS);
	asked = dns_asked(dns, "pass.example.org");
	ahead_s += 290;
	ck_assert_int_eq(check(FRIEND, "", "x@pass.example.org", domain),
	    SPF_PASS);
	ck_assert_uint_eq(dns_asked(dns, "pass.example.org"), asked);
	ahead_s += 20;
	ck_assert_int_eq(check(FRIEND, "", "x@pass.example.org", domain),
	    SPF_PASS);
	ck_assert_uint_gt(dns_asked(dns, "pass.example.org"), asked);
}
END_TEST

/* Where libspf2 has had its faults: mechanisms whose name is made of very
 * many macros or of very long text. */
static const char *const mechanisms[] = { "exists:", "include:", "a:", "mx:",
	"ptr:", "redirect=", "exp=" };
static const char *const units[] = { "a", "%%", "%_", "%{l128r-+.}", "%{d}",
	"%{p}" };
static const int lengths[] = { 64, 256, 1000, 3000 };

/* "v=spf1 MECHANISM" and so many units, in strings of a TXT record. */
static void
write_hostile(const char *mechanism, const char *unit, int length,
    struct buf *out)
{
	size_t last = 0;

	buf_addf(out, "v=spf1 %s", mechanism);
	for (int i = 0; i < length && out->len < 14000; i++) {
		if (out->len - last > 200) {
			buf_add_char(out, '\t');
			last = out->len;
		}
		buf_add_text(out, unit);
	}
	buf_add_text(out, " -all");
}

START_TEST(hostile_records)
{
	struct dns_row row = { "hostile.example.org", DNS_TXT, "" };
	char domain[DOMAIN_TEXT];
	struct ip ip;

	ck_assert(ip_parse(span_of(FRIEND), &ip));
	for (size_t i = 0; i < ARRAY_LEN(units) * ARRAY_LEN(lengths); i++) {
		struct buf text;
		struct dns *d;
		struct spf *s;

		buf_init(&text, 20000);
		write_hostile(mechanisms[_i], units[i % ARRAY_LEN(units)],
		    lengths[i / ARRAY_LEN(units)], &text);
		row.data = buf_text(&text);
		d = dns_start("127.0.0.1", &row, 1);
		s = spf_start("127.0.0.1", dns_port(d), 4);
		ck_assert_int_ne(
		    spf_check(s, &ip, "", "joe@hostile.example.org", domain),
		    SPF_PASS);
		spf_close(s);
		dns_stop(d);
		buf_done(&text);
	}
	ck_assert_int_eq(check(FRIEND, "", "x@pass.example.org", domain),
	    SPF_PASS);
}
END_TEST

START_TEST(failures_are_not_kept)
{
	char domain[DOMAIN_TEXT];
	unsigned asked;

	ck_assert_int_eq(check(FRIEND, "", "x@servfail.example.org", domain),
	    SPF_TEMPERROR);
	asked = dns_asked(dns, "servfail.example.org");
	ck_assert_int_eq(check(FRIEND, "", "x@servfail.example.org", domain),
	    SPF_TEMPERROR);
	ck_assert_uint_gt(dns_asked(dns, "servfail.example.org"), asked);
}
END_TEST

/* The name server may have an IPv6 address (suppressd.conf, dns.server). */
START_TEST(asks_by_ipv6)
{
	struct dns *six = dns_start("::1", zone, ARRAY_LEN(zone));
	char domain[DOMAIN_TEXT];
	struct ip ip;
	struct spf *s = spf_start("::1", dns_port(six), 4);

	ck_assert(ip_parse(span_of(FRIEND), &ip));
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(
		    spf_check(s, &ip, "",
			i == 0 ? "x@pass.example.org" : "x@soft.example.org",
			domain),
		    SPF_PASS);
	ck_assert_uint_gt(dns_asked(six, "pass.example.org"), 0);
	spf_close(s);
	dns_stop(six);
}
END_TEST

static Suite *
spf_suite(void)
{
	Suite *s = suite_create("spf");
	TCase *t = tcase_create("spf");

	tcase_add_checked_fixture(t, begin, end);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, results, 0, ARRAY_LEN(records));
	tcase_add_loop_test(t, who_is_checked, 0, ARRAY_LEN(identities));
	tcase_add_test(t, answers_are_kept);
	tcase_add_test(t, answers_grow_old);
	tcase_add_test(t, failures_are_not_kept);
	tcase_add_loop_test(t, hostile_records, 0, ARRAY_LEN(mechanisms));
	tcase_add_test(t, asks_by_ipv6);
	suite_add_tcase(s, t);
	return s;
}

SPF_UNIT_MAIN(spf_suite)
