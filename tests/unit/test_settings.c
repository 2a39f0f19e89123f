#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/settings_show.h"

#define A10 "abcdefghij"
#define A60 A10 A10 A10 A10 A10 A10
#define A100 A60 A10 A10 A10 A10
#define A300 A100 A100 A100

#define TEXT(t)                                                                \
	{                                                                      \
		.type = GIVEN_TEXT, .text = (t)                                \
	}
#define NUMBER(n)                                                              \
	{                                                                      \
		.type = GIVEN_NUMBER, .number = (n)                            \
	}
#define BOOL(b)                                                                \
	{                                                                      \
		.type = GIVEN_BOOL, .number = (b)                              \
	}
#define TEXTS(...)                                                             \
	{                                                                      \
		.type = GIVEN_TEXTS, .texts = (const char *[]){ __VA_ARGS__ }, \
		.n = ARRAY_LEN(((const char *[]){ __VA_ARGS__ }))              \
	}
#define NO_TEXTS                                                               \
	{                                                                      \
		.type = GIVEN_TEXTS                                            \
	}
#define OTHER                                                                  \
	{                                                                      \
		.type = GIVEN_OTHER                                            \
	}

/*
 * What is given for a setting, and what becomes of it: want is as
 * setting_show() prints it, or NULL when it must be refused with says.
 */
struct take_case {
	const struct setting_row *rows;
	const char *name; /* "group.name" */
	struct given given;
	const char *want;
	const char *says;
};

static const struct take_case scalars[] = {
	{ conf_rows, "store", TEXT("/srv/list"), "/srv/list", "" },
	{ conf_rows, "store", TEXT("/" A300 A100 A100 A10),
	    "/" A300 A100 A100 A10, "" }, /* 511 */
	{ conf_rows, "store", TEXT("/" A300 A100 A100 A10 "x"), NULL,
	    "longer than 511" },
	{ conf_rows, "store", TEXT("srv/list"), NULL, "begins with /" },
	{ conf_rows, "store", TEXT(""), NULL, "begins with /" },
	{ conf_rows, "store", NUMBER(1), NULL, "text in quotes" },
	{ conf_rows, "socket", TEXT("unix:/run/x.sock"), "unix:/run/x.sock",
	    "" },
	{ conf_rows, "socket", TEXT("inet:8891@127.0.0.1"),
	    "inet:8891@127.0.0.1", "" },
	{ conf_rows, "socket", TEXT("inet6:8891@::1"), "inet6:8891@::1", "" },
	{ conf_rows, "socket", TEXT("unix:/" A100 "123456"),
	    "unix:/" A100 "123456", "" }, /* 107 */
	{ conf_rows, "socket", TEXT("unix:/" A100 "1234567"), NULL,
	    "longer than 107" },
	{ conf_rows, "socket", TEXT("/run/x.sock"), NULL, "unix:/path" },
	{ conf_rows, "socket", TEXT("unix:run/x.sock"), NULL, "unix:/path" },
	{ conf_rows, "socket", TEXT("unix:"), NULL, "unix:/path" },
	{ conf_rows, "socket", TEXT("inet:"), NULL, "inet:port@host" },
	{ conf_rows, "socket", TEXT("inet:0@x"), NULL, "1 to 65535" },
	{ conf_rows, "socket", TEXT("inet:65536@x"), NULL, "1 to 65535" },
	{ conf_rows, "socket", TEXT("inet:127.0.0.1:8891"), NULL,
	    "inet:port@host" },
	{ conf_rows, "socket", TEXT(""), NULL, "unix:/path" },
	{ conf_rows, "socket", TEXT("unix:/a\tb"), NULL, "ASCII" },
	{ conf_rows, "log", TEXT("syslog"), "syslog", "" },
	{ conf_rows, "log", TEXT("stderr"), "stderr", "" },
	{ conf_rows, "log", TEXT("file"), NULL, "it is stderr or syslog" },
	{ conf_rows, "log", TEXT("Syslog"), NULL, "'Syslog' is not known" },
	{ conf_rows, "debug", BOOL(1), "true", "" },
	{ conf_rows, "debug", BOOL(0), "false", "" },
	{ conf_rows, "debug", NUMBER(1), NULL, "true or false" },
	{ conf_rows, "debug", TEXT("yes"), NULL, "true or false" },
	{ conf_rows, "on_error", TEXT("accept"), "accept", "" },
	{ conf_rows, "on_error", TEXT("defer"), "defer", "" },
	{ conf_rows, "on_error", TEXT("reject"), NULL, "defer or accept" },
	{ conf_rows, "privacy", TEXT("hashed"), "hashed", "" },
	{ conf_rows, "privacy", TEXT("plain"), "plain", "" },
	{ conf_rows, "privacy", TEXT("none"), NULL, "plain or hashed" },
	{ conf_rows, "outbound.authenticated", BOOL(0), "false", "" },
	{ conf_rows, "outbound.authenticated", OTHER, NULL, "true or false" },
	{ conf_rows, "phone_region", TEXT(""), "", "" },
	{ conf_rows, "phone_region", TEXT("FR"), "FR", "" },
	{ conf_rows, "phone_region", TEXT("fr"), NULL, "two letters" },
	{ conf_rows, "phone_region", TEXT("FRANCE"), NULL, "two letters" },
	{ conf_rows, "outbound.sms_gateways", TEXTS("SMS.Example"),
	    "[sms.example]", "" },
	{ conf_rows, "outbound.sms_gateways", TEXTS("@sms.example"), NULL,
	    "'@sms.example'" },
	{ conf_rows, "outbound.null_sender", BOOL(1), "true", "" },
	{ conf_rows, "outbound.null_sender", TEXT(""), NULL, "true or false" },
	{ conf_rows, "inbound.opt_out", BOOL(1), "true", "" },
	{ conf_rows, "inbound.opt_out", TEXT("on"), NULL, "true or false" },
	{ conf_rows, "inbound.processed", TEXT("deliver"), "deliver", "" },
	{ conf_rows, "inbound.processed", TEXT("discard"), "discard", "" },
	{ conf_rows, "inbound.processed", TEXT("file"), "file", "" },
	{ conf_rows, "inbound.processed", TEXT("drop"), NULL,
	    "deliver, discard or file" },
	{ conf_rows, "inbound.maildir", TEXT("/var/mail/x/"), "/var/mail/x/",
	    "" },
	{ conf_rows, "inbound.maildir", TEXT(""), "", "" },
	{ conf_rows, "inbound.maildir", TEXT("x"), NULL, "begins with /" },
	{ conf_rows, "inbound.report_max_bytes", NUMBER(1024), "1024", "" },
	{ conf_rows, "inbound.report_max_bytes", NUMBER(1023), NULL,
	    "it is 1024 to 10485760" },
	{ conf_rows, "inbound.report_max_bytes", NUMBER(10485760), "10485760",
	    "" },
	{ conf_rows, "inbound.report_max_bytes", NUMBER(10485761), NULL,
	    "10485761 is out of range" },
	{ conf_rows, "inbound.report_max_bytes", TEXT("10M"), NULL,
	    "whole number" },
	{ conf_rows, "inbound.rules", TEXT("/etc/x.rules"), "/etc/x.rules",
	    "" },
	{ conf_rows, "inbound.rules", TEXT("x.rules"), NULL, "begins with /" },
	{ conf_rows, "soft.days", NUMBER(0), "0", "" },
	{ conf_rows, "soft.days", NUMBER(366), "366", "" },
	{ conf_rows, "soft.days", NUMBER(367), NULL, "it is 0 to 366" },
	{ conf_rows, "soft.window_days", NUMBER(1), "1", "" },
	{ conf_rows, "soft.window_days", NUMBER(0), NULL, "it is 1 to 366" },
	{ conf_rows, "soft.first_days", NUMBER(3660), "3660", "" },
	{ conf_rows, "soft.first_days", NUMBER(3661), NULL, "1 to 3660" },
	{ conf_rows, "soft.most_days", NUMBER(1), "1", "" },
	{ conf_rows, "soft.most_days", NUMBER(0), NULL, "it is 1 to 3660" },
	{ conf_rows, "storm.addresses", NUMBER(0), "0", "" },
	{ conf_rows, "storm.addresses", NUMBER(1000001), NULL, "to 1000000" },
	{ conf_rows, "storm.percent", NUMBER(100), "100", "" },
	{ conf_rows, "storm.percent", NUMBER(0), NULL, "it is 1 to 100" },
	{ conf_rows, "storm.percent", NUMBER(101), NULL, "it is 1 to 100" },
	{ conf_rows, "review.days", NUMBER(1), "1", "" },
	{ conf_rows, "review.days", NUMBER(0), NULL, "it is 1 to 3660" },
	{ conf_rows, "review.days", NUMBER(3661), NULL, "it is 1 to 3660" },
	{ conf_rows, "review.per_day", NUMBER(1000000), "1000000", "" },
	{ conf_rows, "refusals.days", NUMBER(0), "0", "" },
	{ conf_rows, "refusals.days", NUMBER(3660), "3660", "" },
	{ conf_rows, "refusals.days", NUMBER(-1), NULL, "it is 0 to 3660" },
	{ conf_rows, "refusals.days", NUMBER(3661), NULL, "it is 0 to 3660" },
	{ conf_rows, "refusals.max_mib", NUMBER(4), "4", "" },
	{ conf_rows, "refusals.max_mib", NUMBER(3), NULL,
	    "it is 4 to 1048576" },
	{ conf_rows, "refusals.max_mib", NUMBER(1048577), NULL,
	    "it is 4 to 1048576" },
	{ conf_rows, "review.per_day", NUMBER(0), NULL, "it is 1 to 1000000" },
	{ conf_rows, "review.per_day", NUMBER(1000001), NULL,
	    "it is 1 to 1000000" },
	{ conf_rows, "token.keys", TEXT("/srv/keys"), "/srv/keys", "" },
	{ conf_rows, "token.keys", TEXT(""), NULL, "begins with /" },
	{ conf_rows, "token.keys", TEXT("keys"), NULL, "begins with /" },
	{ conf_rows, "user", TEXT(""), "", "" },
	{ conf_rows, "user", TEXT("_suppress-1"), "_suppress-1", "" },
	{ conf_rows, "user", TEXT("a b"), NULL, "name of a user is 1 to 32" },
	{ conf_rows, "web.user", TEXT("www-data"), "www-data", "" },
	{ conf_rows, "web.user", TEXT("a:b"), NULL, "name of a user is" },
	{ conf_rows, "token.sign", TEXT(""), "", "" },
	{ conf_rows, "token.sign", TEXT("2026-11_B"), "2026-11_B", "" },
	{ conf_rows, "token.sign", TEXT("abcdefghijabcdefghijabcdefghij12"),
	    "abcdefghijabcdefghijabcdefghij12", "" }, /* 32 */
	{ conf_rows, "token.sign", TEXT("abcdefghijabcdefghijabcdefghij123"),
	    NULL, "1 to 32 letters" },
	{ conf_rows, "token.sign", TEXT("../key"), NULL, "1 to 32 letters" },
	{ conf_rows, "token.max_bytes", NUMBER(512), "512", "" },
	{ conf_rows, "token.max_bytes", NUMBER(511), NULL, "512 to 8192" },
	{ conf_rows, "token.max_bytes", NUMBER(8192), "8192", "" },
	{ conf_rows, "token.max_bytes", NUMBER(8193), NULL, "512 to 8192" },
	{ conf_rows, "web.listen", TEXT("inet:80@::1"), "inet:80@::1", "" },
	{ conf_rows, "web.listen", TEXT("80"), NULL, "unix:/path" },
	{ conf_rows, "web.listen", TEXT(""), NULL, "unix:/path" },
	{ conf_rows, "webhooks.url", TEXT("https://a.example/x?y=1"),
	    "https://a.example/x?y=1", "" },
	{ conf_rows, "webhooks.url", TEXT("http://127.0.0.1:80/"),
	    "http://127.0.0.1:80/", "" },
	{ conf_rows, "webhooks.url", TEXT(""), "", "" },
	{ conf_rows, "webhooks.url", TEXT("http://a.example/"), NULL,
	    "write https://" },
	{ conf_rows, "webhooks.url", TEXT("https://"), NULL, "write https://" },
	{ conf_rows, "webhooks.url", TEXT("https://a b/"), NULL, "no URL" },
	{ conf_rows, "webhooks.secret", TEXT("/s"), "/s", "" },
	{ conf_rows, "webhooks.secret", TEXT(""), NULL, "begins with /" },
	{ conf_rows, "webhooks.state", TEXT("/s"), "/s", "" },
	{ conf_rows, "webhooks.state", TEXT("s"), NULL, "begins with /" },
	{ conf_rows, "lookup.socketmap", TEXT("unix:/l"), "unix:/l", "" },
	{ conf_rows, "lookup.socketmap", TEXT(""), "", "" },
	{ conf_rows, "lookup.socketmap", TEXT("/l"), NULL, "unix:/path" },
	{ conf_rows, "lookup.tcp_table", TEXT("inet:1@h"), "inet:1@h", "" },
	{ conf_rows, "lookup.tcp_table", TEXT(""), "", "" },
	{ conf_rows, "lookup.tcp_table", TEXT("inet:h"), NULL, "inet:port" },
	{ conf_rows, "web.templates", TEXT("/srv/pages"), "/srv/pages", "" },
	{ conf_rows, "web.templates", TEXT(""), NULL, "begins with /" },
	{ conf_rows, "web.tokens", TEXT("/srv/t"), "/srv/t", "" },
	{ conf_rows, "web.tokens", TEXT(""), NULL, "begins with /" },
	{ conf_rows, "web.connections", NUMBER(64), "64", "" },
	{ conf_rows, "web.connections", NUMBER(63), NULL, "64 to 100000" },
	{ conf_rows, "web.connections", NUMBER(100001), NULL, "64 to 100000" },
	{ conf_rows, "web.import_max_mib", NUMBER(1), "1", "" },
	{ conf_rows, "web.import_max_mib", NUMBER(1024), "1024", "" },
	{ conf_rows, "web.import_max_mib", NUMBER(0), NULL, "1 to 1024" },
	{ conf_rows, "web.import_max_mib", NUMBER(1025), NULL, "1 to 1024" },
	{ conf_rows, "web.timeout_s", NUMBER(300), "300", "" },
	{ conf_rows, "web.timeout_s", NUMBER(0), NULL, "1 to 300" },
	{ conf_rows, "web.timeout_s", NUMBER(301), NULL, "1 to 300" },
	{ conf_rows, "web.writes_per_minute", NUMBER(0), "0", "" },
	{ conf_rows, "web.writes_per_minute", NUMBER(1000001), NULL,
	    "0 to 1000000" },
	{ conf_rows, "web.metrics_open", BOOL(true), "true", "" },
	{ conf_rows, "web.metrics_open", TEXT("yes"), NULL, "true or false" },
	{ conf_rows, "dns.server", TEXT("192.0.2.53"), "192.0.2.53", "" },
	{ conf_rows, "dns.server", TEXT("2001:DB8::53"), "2001:db8::53", "" },
	{ conf_rows, "dns.server", TEXT(""), "", "" },
	{ conf_rows, "dns.server", TEXT("dns.example.com"), NULL,
	    "an IP address" },
	{ conf_rows, "dns.port", NUMBER(1), "1", "" },
	{ conf_rows, "dns.port", NUMBER(65535), "65535", "" },
	{ conf_rows, "dns.port", NUMBER(0), NULL, "it is 1 to 65535" },
	{ conf_rows, "dns.port", NUMBER(65536), NULL, "it is 1 to 65535" },
	{ conf_rows, "dns.port", NUMBER(4294967297), NULL, "1 to 65535" },
	{ conf_rows, "dns.timeout_s", NUMBER(30), "30", "" },
	{ conf_rows, "dns.timeout_s", NUMBER(31), NULL, "it is 1 to 30" },
	{ conf_rows, "dns.timeout_s", NUMBER(-1), NULL, "-1 is out of range" },
	{ stream_rows, "name", TEXT("news"), "news", "" },
	{ stream_rows, "name", TEXT(A60 "abc"), A60 "abc", "" },
	{ stream_rows, "name", TEXT(A60 "abcd"), NULL, "1 to 63 bytes" },
	{ stream_rows, "name",
	    TEXT("B\xC3\xBC"
		 "cher"),
	    "B\xC3\xBC"
	    "cher",
	    "" },
	{ stream_rows, "name", TEXT(""), NULL, "1 to 63 bytes" },
	{ stream_rows, "name", TEXT("a\nb"), NULL, "one line" },
	{ stream_rows, "name", TEXT("a\x1B[2J"), NULL, "one line" },
	{ stream_rows, "name", TEXT("a\xFF"), NULL, "one line" },
	{ stream_rows, "action", TEXT("reject"), "reject", "" },
	{ stream_rows, "action", TEXT("remove"), "remove", "" },
	{ stream_rows, "action", TEXT("hold"), "hold", "" },
	{ stream_rows, "action", TEXT("defer"), "defer", "" },
	{ stream_rows, "action", TEXT("observe"), "observe", "" },
	{ stream_rows, "token", BOOL(1), "true", "" },
	{ stream_rows, "token", TEXT("yes"), NULL, "true or false" },
	{ stream_rows, "unsubscribe_mailto", TEXT("Unsub+@EXAMPLE.com"),
	    "unsub+@example.com", "" },
	{ stream_rows, "unsubscribe_mailto", TEXT(""), "", "" },
	{ stream_rows, "unsubscribe_mailto", TEXT("unsub"), NULL,
	    "there is no @" },
	{ stream_rows, "unsubscribe_mailto",
	    TEXT("u@b\xC3\xBC"
		 "cher.example"),
	    "u@xn--bcher-kva.example", "" },
	{ stream_rows, "unsubscribe_mailto", TEXT("\xC3\xBC@example.com"), NULL,
	    "in ASCII" },
	{ stream_rows, "unsubscribe_mailto",
	    TEXT("u@" A60 "." A60 "." A60 "." A10 A10 A10 A10 A10 ".com"),
	    "u@" A60 "." A60 "." A60 "." A10 A10 A10 A10 A10 ".com",
	    "" }, /* 239 */
	{ stream_rows, "unsubscribe_mailto",
	    TEXT("uu@" A60 "." A60 "." A60 "." A10 A10 A10 A10 A10 ".com"),
	    NULL, "longer than 239" },
	{ stream_rows, "unsubscribe_https", TEXT("https://example.com/u/"),
	    "https://example.com/u/", "" },
	{ stream_rows, "unsubscribe_https", TEXT("HTTPS://a.example/u?t="),
	    "HTTPS://a.example/u?t=", "" },
	{ stream_rows, "unsubscribe_https", TEXT(""), "", "" },
	/* RFC 8058 3.1: it is HTTPS */
	{ stream_rows, "unsubscribe_https", TEXT("http://example.com/u/"), NULL,
	    "write https://host/path/" },
	{ stream_rows, "unsubscribe_https", TEXT("https://"), NULL,
	    "write https://host/path/" },
	{ stream_rows, "unsubscribe_https", TEXT("https:///u/"), NULL,
	    "write https://host/path/" },
	{ stream_rows, "unsubscribe_https", TEXT("https://example.com/u"), NULL,
	    "end in / or =" },
	{ stream_rows, "unsubscribe_https", TEXT("https://a.example/>\t/"),
	    NULL, "no URL" },
	{ stream_rows, "unsubscribe_https", TEXT("https://a.example/a,b/"),
	    NULL, "%2C for a comma" },
	{ stream_rows, "unsubscribe_https",
	    TEXT("https://a.example/" A100 A100 A10 A10 "/"),
	    "https://a.example/" A100 A100 A10 A10 "/", "" }, /* 239 */
	{ stream_rows, "unsubscribe_https",
	    TEXT("https://aa.example/" A100 A100 A10 A10 "/"), NULL,
	    "longer than 239" },
	{ stream_rows, "unsubscribe_all", BOOL(1), "true", "" },
	{ stream_rows, "unsubscribe_all", NUMBER(1), NULL, "true or false" },
	{ stream_rows, "cfbl", TEXT("FBL@example.com"), "fbl@example.com", "" },
	{ stream_rows, "cfbl", TEXT("@example.com"), NULL, "" },
	{ stream_rows, "return_path", TEXT("Bounces@EXAMPLE.com"),
	    "bounces@example.com", "" },
	{ stream_rows, "return_path", TEXT(""), "", "" },
	{ stream_rows, "return_path", TEXT("bounces"), NULL, "there is no @" },
	{ stream_rows, "return_path", BOOL(1), NULL, "a text in quotes" },
	{ stream_rows, "return_path", TEXT("\xC3\xBC@example.com"), NULL,
	    "in ASCII" },
	{ stream_rows, "return_path",
	    TEXT("b@" A60 "." A60 "." A60 "." A10 A10 A10 A10 A10 ".com"),
	    "b@" A60 "." A60 "." A60 "." A10 A10 A10 A10 A10 ".com",
	    "" }, /* 239 */
	{ stream_rows, "return_path",
	    TEXT("bb@" A60 "." A60 "." A60 "." A10 A10 A10 A10 A10 ".com"),
	    NULL, "longer than 239" },
	{ stream_rows, "envid", BOOL(1), "true", "" },
	{ stream_rows, "envid", TEXT("yes"), NULL, "true or false" },
	{ stream_rows, "action", TEXT("drop"), NULL,
	    "reject, remove, hold, defer or observe" },
	{ reply_rows, "code", NUMBER(400), "400", "" },
	{ reply_rows, "code", NUMBER(599), "599", "" },
	{ reply_rows, "code", NUMBER(399), NULL, "400 to 599" },
	{ reply_rows, "code", NUMBER(600), NULL, "400 to 599" },
	{ reply_rows, "code", TEXT("550"), NULL, "whole number" },
	{ reply_rows, "status", TEXT("5.7.1"), "5.7.1", "" },
	{ reply_rows, "status", TEXT("4.999.999"), "4.999.999", "" },
	{ reply_rows, "status", TEXT("2.0.0"), NULL, "4.x.y or 5.x.y" },
	{ reply_rows, "status", TEXT("5.7"), NULL, "5.7.1" },
	{ reply_rows, "status", TEXT("5.7.1 no"), NULL, "nothing else" },
	{ reply_rows, "status", TEXT("5.07.1"), NULL, "nothing else" },
	{ reply_rows, "status", TEXT(""), NULL, "5.7.1" },
	{ reply_rows, "text", TEXT("no mail, please"), "no mail, please", "" },
	{ reply_rows, "text", TEXT(A100 A100 A60 A10 A10 A10 "123456789"),
	    A100 A100 A60 A10 A10 A10 "123456789", "" }, /* 299 */
	{ reply_rows, "text", TEXT(A300), NULL, "1 to 299 bytes" },
	{ reply_rows, "text", TEXT(""), NULL, "1 to 299 bytes" },
	{ reply_rows, "text", TEXT("a\r\n250 ok"), NULL, "one line" },
	{ reply_rows, "text", TEXT("a\tb"), NULL, "one line" },
	/* RFC 5321 4.2; the client may not have asked for SMTPUTF8 */
	{ reply_rows, "text", TEXT("d\xC3\xA9sol\xC3\xA9"), NULL, "ASCII" },
};

static const struct take_case lists[] = {
	{ conf_rows, "outbound.daemons", TEXTS("ORIG*", "/^x$/"),
	    "[ORIG*, /^x$/]", "" },
	{ conf_rows, "outbound.daemons", NO_TEXTS, "[]", "" },
	{ conf_rows, "outbound.daemons", TEXTS("ok", "/(/"), NULL, "'/(/': " },
	{ conf_rows, "outbound.daemons", TEXT("x"), NULL, "list of texts" },
	{ conf_rows, "outbound.networks", TEXTS("192.0.2.0/24", "::1"),
	    "[192.0.2.0/24, ::1/128]", "" },
	{ conf_rows, "outbound.networks", TEXTS("192.0.2.0/33"), NULL,
	    "0 to 32" },
	{ conf_rows, "outbound.networks", TEXTS("::1", "mx.example.com"), NULL,
	    "'mx.example.com' is no IP address" },
	{ conf_rows, "outbound.local_daemons", TEXTS("A", "b"), "[A, b]", "" },
	{ conf_rows, "outbound.local_daemons", OTHER, NULL, "list of texts" },
	{ conf_rows, "outbound.local_mailers", TEXTS("lmtp"), "[lmtp]", "" },
	{ conf_rows, "outbound.local_mailers", BOOL(1), NULL, "list of texts" },
	{ conf_rows, "inbound.bounce_daemons", TEXTS("BOUNCE"), "[BOUNCE]",
	    "" },
	{ conf_rows, "inbound.bounce_daemons", NUMBER(1), NULL,
	    "list of texts" },
	{ conf_rows, "inbound.bounces",
	    TEXTS("@Bounces.Example.com", "<Joe@Example.com>"),
	    "[@bounces.example.com, joe@example.com]", "" },
	{ conf_rows, "inbound.bounces", TEXTS("joe@example.com", "joe"), NULL,
	    "'joe': 'joe' is no value: write" },
	{ conf_rows, "inbound.complaints", TEXTS("@.example.com"),
	    "[@.example.com]", "" },
	{ conf_rows, "inbound.complaints", TEXTS("@"), NULL, "is empty" },
	{ conf_rows, "inbound.unsubscribe", TEXTS("u@example.com"),
	    "[u@example.com]", "" },
	{ conf_rows, "inbound.unsubscribe", TEXTS("u@@example.com"), NULL,
	    "second @" },
	{ conf_rows, "inbound.own_domains",
	    TEXTS("Example.com.", "b\xC3\xBC"
				  "cher.test"),
	    "[example.com, xn--bcher-kva.test]", "" },
	{ conf_rows, "inbound.own_domains", TEXTS("@example.com"), NULL,
	    "'@example.com'" },
	{ conf_rows, "inbound.own_domains", TEXTS(""), NULL, "is empty" },
	{ conf_rows, "inbound.protected", TEXTS("postmaster@example.com"),
	    "[postmaster@example.com]", "" },
	{ conf_rows, "inbound.protected", TEXTS("+33 6 12 34 56 78"), NULL,
	    "write addresses and domains" },
	{ conf_rows, "inbound.trusted_reporters", TEXTS("fbl.example.net"),
	    "[fbl.example.net]", "" },
	{ conf_rows, "inbound.trusted_reporters", TEXTS("a b"), NULL,
	    "at byte 2" },
	{ stream_rows, "login", TEXTS("shop-*"), "[shop-*]", "" },
	{ stream_rows, "login", TEXTS("/[/"), NULL, "'/[/'" },
	{ stream_rows, "client", TEXTS("2001:db8::/32"), "[2001:db8::/32]",
	    "" },
	{ stream_rows, "client", TEXTS(""), NULL, "no IP address" },
	{ stream_rows, "daemon", TEXTS("NEWS"), "[NEWS]", "" },
	{ stream_rows, "daemon", TEXTS("/*/"), NULL, "at byte" },
	{ stream_rows, "sender", TEXTS("*@news.example.com"),
	    "[*@news.example.com]", "" },
	{ stream_rows, "sender", TEXTS("/a{2,1}/"), NULL, "at byte" },
	{ stream_rows, "header", TEXTS("List-Id: *"), "[List-Id: *]", "" },
	{ stream_rows, "header", TEXTS("/(?<a/"), NULL, "at byte" },
	{ conf_rows, "inbound.authserv_ids", TEXTS("MX.Example.com", "mx2"),
	    "[mx.example.com, mx2]", "" },
	{ conf_rows, "inbound.authserv_ids", TEXTS("mx.example.com/1"), NULL,
	    "'mx.example.com/1'" },
	{ conf_rows, "trust.own_bounce", TEXTS("bounce", "delivered"), "0x0A",
	    "" },
	{ conf_rows, "trust.own_bounce", TEXTS("bounces"), NULL,
	    "it is bounce, complaint, delivered or unsubscribe" },
	{ conf_rows, "trust.token", TEXTS("bounce", "delivered"), "0x0A", "" },
	{ conf_rows, "trust.token", TEXTS("bounces"), NULL,
	    "it is bounce, complaint, delivered or unsubscribe" },
	{ conf_rows, "trust.authentication_results",
	    TEXTS("bounce", "delivered"), "0x0A", "" },
	{ conf_rows, "trust.authentication_results", TEXTS("bounces"), NULL,
	    "it is bounce, complaint, delivered or unsubscribe" },
	{ conf_rows, "trust.spf", TEXTS("bounce", "delivered"), "0x0A", "" },
	{ conf_rows, "trust.spf", TEXTS("bounces"), NULL,
	    "it is bounce, complaint, delivered or unsubscribe" },
	{ conf_rows, "trust.unproven", TEXTS("bounce", "delivered"), "0x0A",
	    "" },
	{ conf_rows, "trust.unproven", TEXTS("bounces"), NULL,
	    "it is bounce, complaint, delivered or unsubscribe" },
	{ conf_rows, "trust.keep", TEXTS("bounce", "delivered"), "0x0A", "" },
	{ conf_rows, "trust.keep", TEXTS("bounces"), NULL,
	    "it is bounce, complaint, delivered or unsubscribe" },
	{ conf_rows, "trust.token", TEXTS("complaint", "unsubscribe"), "0x14",
	    "" },
	{ conf_rows, "trust.keep", NO_TEXTS, "0x00", "" },
	{ conf_rows, "trust.spf", TEXT("bounce"), NULL, "list of texts" },
	{ stream_rows, "blocks", TEXTS("bounced", "user"), "0x12", "" },
	{ stream_rows, "blocks",
	    TEXTS("user", "api", "lead", "bounced", "abuse"), "0x3E", "" },
	{ stream_rows, "blocks", NO_TEXTS, "0x00", "" },
	{ stream_rows, "blocks", TEXTS("bounce"), NULL,
	    "user, api, lead, bounced or abuse" },
};

static const struct setting_row *
row_of(const struct take_case *c)
{
	const char *dot = strchr(c->name, '.');
	const char *name = dot != NULL ? dot + 1 : c->name;
	size_t group = dot != NULL ? (size_t)(dot - c->name) : 0;

	for (const struct setting_row *r = c->rows; r->name != NULL; r++)
		if (strcmp(r->name, name) == 0 && strlen(r->group) == group &&
		    memcmp(r->group, c->name, group) == 0)
			return r;
	ck_abort_msg("%s: no such row", c->name);
	return NULL;
}

/* Takes it twice: what was there is freed, and on failure stays. */
static void
run(const struct take_case *c)
{
	struct conf *conf = conf_new();
	struct conf_stream stream = { 0 };
	struct conf_reply reply = { 0 };
	void *base = c->rows == conf_rows     ? (void *)conf
		     : c->rows == stream_rows ? (void *)&stream
					      : (void *)&reply;
	const struct setting_row *row = row_of(c);
	struct error err = { 0 };
	struct buf before, after;

	buf_init(&before, 1000);
	buf_init(&after, 1000);
	setting_show(row, base, &before);
	for (int i = 0; i < 2; i++)
		ck_assert_msg(setting_take(row, &c->given, base, &err) ==
				  (c->want != NULL),
		    "%s: %s", c->name, err.text);
	setting_show(row, base, &after);
	ck_assert_str_eq(buf_text(&after),
	    c->want != NULL ? c->want : buf_text(&before));
	ck_assert(c->want != NULL || err.code == ERROR_INVALID);
	ck_assert_msg(c->want != NULL || strstr(err.text, c->says) != NULL,
	    "%s: %s", c->name, err.text);
	buf_done(&before);
	buf_done(&after);
	free(stream.name);
	free(reply.text);
	conf_matches_done(&stream.login);
	conf_networks_done(&stream.client);
	conf_matches_done(&stream.daemon);
	conf_matches_done(&stream.sender);
	conf_matches_done(&stream.header);
	conf_unref(conf);
}

START_TEST(takes_scalars)
{
	run(&scalars[_i]);
}
END_TEST

START_TEST(takes_lists)
{
	run(&lists[_i]);
}
END_TEST

static size_t
cases_of(const struct setting_row *row, bool good)
{
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(scalars); i++)
		n += row_of(&scalars[i]) == row &&
		     (scalars[i].want != NULL) == good;
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		n +=
		    row_of(&lists[i]) == row && (lists[i].want != NULL) == good;
	return n;
}

/* A new row wants a good and a bad case above. */
START_TEST(has_cases_for_each_row)
{
	static const struct setting_row *const tables[] = { conf_rows,
		stream_rows, reply_rows };

	for (size_t i = 0; i < ARRAY_LEN(tables); i++)
		for (const struct setting_row *r = tables[i]; r->name != NULL;
		     r++) {
			ck_assert_msg(cases_of(r, true) > 0, "%s", r->name);
			ck_assert_msg(cases_of(r, false) > 0, "%s", r->name);
		}
}
END_TEST

START_TEST(limits_lists)
{
	struct given g = { .type = GIVEN_TEXTS, .n = LIMIT_LIST_ENTRIES };
	struct conf *c = conf_new();
	const struct setting_row *row =
	    row_of(&(struct take_case){ .rows = conf_rows,
		.name = "outbound.local_mailers" });
	struct error err = { 0 };

	g.texts = mem_new(g.n + 1, sizeof(*g.texts));
	for (size_t i = 0; i < g.n + 1; i++)
		g.texts[i] = "x";
	ck_assert(setting_take(row, &g, c, &err));
	ck_assert_uint_eq(c->local_mailers.n, LIMIT_LIST_ENTRIES);
	g.n++;
	ck_assert(!setting_take(row, &g, c, &err));
	ck_assert_int_eq(err.code, ERROR_LIMIT);
	ck_assert_ptr_nonnull(strstr(err.text, "more than 10000 entries"));
	free(g.texts);
	conf_unref(c);
}
END_TEST

static Suite *
settings_suite(void)
{
	Suite *s = suite_create("settings");
	TCase *t = tcase_create("settings");

	tcase_add_loop_test(t, takes_scalars, 0, ARRAY_LEN(scalars));
	tcase_add_loop_test(t, takes_lists, 0, ARRAY_LEN(lists));
	tcase_add_test(t, has_cases_for_each_row);
	tcase_add_test(t, limits_lists);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(settings_suite)
