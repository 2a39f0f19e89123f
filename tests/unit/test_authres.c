/* What Authentication-Results say: RFC 8601, its examples, and forgeries. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "message/authres.h"
#include "tests/unit/exact.h"

/*
 * want: "ID", then for each pass " PROPERTY=DOMAIN"; then "; METHOD" for each
 * that was tried. NULL: the field says nothing.
 */
static const struct {
	const char *value;
	const char *want;
} fields[] = {
	/* RFC 8601, appendix B.2 to B.6. */
	{ "example.org 1; none", "example.org" },
	{ "example.com;\r\n spf=pass smtp.mailfrom=example.net",
	    "example.com smtp.mailfrom=example.net; spf" },
	{ "example.com;\n\tauth=pass (cram-md5) smtp.auth=sender@example.net;\n"
	  " spf=pass smtp.mailfrom=example.net",
	    "example.com smtp.mailfrom=example.net; spf" },
	{ "example.com; sender-id=fail header.from=example.com;\n"
	  " dkim=pass (good signature) header.d=example.com",
	    "example.com header.d=example.com; dkim" },
	{ "example.com; dkim=pass reason=\"good signature\""
	  " header.i=@mail-router.example.net; dkim=fail reason=\"bad\""
	  " header.i=@newyork.example.com",
	    "example.com; dkim" },
	{ "foo.example.net (foobar) 1 (baz);\n"
	  " dkim (Because I like it) / 1 (One yay) = (wait for it) fail\n"
	  " policy (A dot can go here) . (like that) expired\n"
	  " (this surprised me) = (as I wasn't expecting it) 1362471462",
	    "foo.example.net; dkim" },
	/* What common hosts write. */
	{ "mail.example.com; dkim=pass (2048-bit key; unprotected)"
	  " header.d=fbl.example.org header.i=@fbl.example.org"
	  " header.b=\"a/b+c=\"; dkim-atps=neutral",
	    "mail.example.com header.d=fbl.example.org; dkim" },
	{ "mx.example.com; spf=pass (sender SPF authorized)"
	  " smtp.mailfrom=fbl.example.org (client-ip=192.0.2.5; helo=x;"
	  " envelope-from=a@fbl.example.org; receiver=<UNKNOWN>)",
	    "mx.example.com smtp.mailfrom=fbl.example.org; spf" },
	{ "mx.example.com; dkim=pass header.d=fbl.example.org"
	  " header.s=x header.b=Ab/c+d==; dmarc=pass action=none"
	  " header.from=fbl.example.org;",
	    "mx.example.com header.d=fbl.example.org; dkim" },
	{ "MX.Example.COM; DKIM=Pass Header.D=FBL.Example.ORG",
	    "mx.example.com header.d=fbl.example.org; dkim" },
	{ "\"mx.example.com\"; dkim=pass header.d=\"fbl.example.org\"",
	    "mx.example.com header.d=fbl.example.org; dkim" },
	{ "mx.example.com; dkim=pass header.d=b\xC3\xBC"
	  "cher.example",
	    "mx.example.com header.d=xn--bcher-kva.example; dkim" },
	/* Several of one method. */
	{ "mx; dkim=pass header.d=a.example; dkim=fail header.d=b.example;"
	  " dkim=pass header.d=c.example",
	    "mx header.d=a.example header.d=c.example; dkim" },
	/* Whom SPF is about. */
	{ "mx; spf=pass smtp.mailfrom=joe@fbl.example.org smtp.helo=h.example",
	    "mx smtp.mailfrom=fbl.example.org; spf" },
	{ "mx; spf=pass smtp.mailfrom=<> smtp.helo=h.example",
	    "mx smtp.helo=h.example; spf" },
	{ "mx; spf=pass smtp.helo=h.example", "mx smtp.helo=h.example; spf" },
	{ "mx; spf=pass smtp.mailfrom=@fbl.example.org",
	    "mx smtp.mailfrom=fbl.example.org; spf" },
	{ "mx; spf=pass smtp.mailfrom=\"joe@fbl.example.org\"@evil.example",
	    "mx smtp.mailfrom=evil.example; spf" },
	{ "mx; spf=pass smtp.mailfrom=joe@[192.0.2.1]", "mx; spf" },
	{ "mx; spf=pass policy.mailfrom=fbl.example.org", "mx; spf" },
	{ "mx; dkim=pass smtp.mailfrom=fbl.example.org", "mx; dkim" },
	/* Nothing but pass is a pass. */
	{ "mx; spf=softfail smtp.mailfrom=fbl.example.org", "mx; spf" },
	{ "mx; dkim=passed header.d=fbl.example.org", "mx; dkim" },
	{ "mx; dkim=\"fail\" header.d=fbl.example.org", "mx; dkim" },
	{ "mx; dkim/2=pass header.d=fbl.example.org", "mx" },
	{ "mx; x-dkim=pass header.d=fbl.example.org", "mx" },
	{ "mx; dkim=fail (dkim=pass) reason=\"; dkim=pass\""
	  " header.d=fbl.example.org",
	    "mx; dkim" },
	/* A stranger's text that was not quoted: twice the same property. */
	{ "mx; spf=pass (envelope-from=\"a) smtp.mailfrom=fbl.example.org"
	  " (b\"@evil.example) smtp.mailfrom=evil.example",
	    "mx; spf" },
	{ "mx; dkim=pass header.d=fbl.example.org header.d=evil.example",
	    "mx; dkim" },
	/* Not by the book. */
	{ "", NULL },
	{ "mx", NULL },
	{ "mx;", NULL },
	{ "mx; ;dkim=pass header.d=fbl.example.org", NULL },
	{ "; dkim=pass header.d=fbl.example.org", NULL },
	{ "dkim=pass header.d=fbl.example.org", NULL },
	{ "mx dkim=pass header.d=fbl.example.org", NULL },
	{ "mx 2; dkim=pass header.d=fbl.example.org", NULL },
	{ "mx; none; dkim=pass header.d=fbl.example.org", NULL },
	{ "mx; dkim=pass header.d=fbl.example.org (", NULL },
	{ "mx; dkim=pass header.d=\"fbl.example.org", NULL },
	{ "mx; dkim=pass header.d", NULL },
	{ "mx; dkim=pass header.d=fbl.example.org)", NULL },
	{ "mx (; dkim=pass header.d=fbl.example.org", NULL },
	{ "mx \\; dkim=pass header.d=fbl.example.org", NULL },
	{ "two words.example; dkim=pass header.d=fbl.example.org", NULL },
};

static void
show(const struct authres *a, struct buf *out)
{
	buf_add_text(out, a->id);
	for (size_t i = 0; i < a->n; i++)
		buf_addf(out, " %s=%s", a->passes[i].property,
		    a->passes[i].domain);
	for (int i = 0; i < AUTHRES_METHODS; i++)
		if (a->tried[i])
			buf_addf(out, "; %s",
			    names_text(authres_method_names, i));
}

START_TEST(says)
{
	struct authres got;
	struct buf shown;
	bool ok;
	struct span in = exact(fields[_i].value);

	buf_init(&shown, 10000);
	ok = authres_parse(in, &got);
	if (ok)
		show(&got, &shown);
	ck_assert_msg(ok == (fields[_i].want != NULL), "%s: %s",
	    fields[_i].value, buf_text(&shown));
	if (ok)
		ck_assert_str_eq(buf_text(&shown), fields[_i].want);
	buf_done(&shown);
	exact_free(in);
}
END_TEST

START_TEST(bounds_its_results)
{
	struct authres got;
	struct buf field;

	for (size_t n = AUTHRES_MAX; n <= AUTHRES_MAX + 1; n++) {
		buf_init(&field, 10000);
		buf_add_text(&field, "mx");
		for (size_t i = 0; i < n; i++)
			buf_addf(&field, "; dkim=pass header.d=d%zu.example",
			    i);
		ck_assert_int_eq(authres_parse(buf_span(&field), &got),
		    n == AUTHRES_MAX);
		buf_done(&field);
	}
}
END_TEST

static const struct {
	const char *value;
	const char *want; /* NULL: it does not say */
} received[] = {
	{ "from a.example (b [192.0.2.1]) by MX.Example.com (Postfix) with "
	  "ESMTP id 4F1; Thu, 26 Nov 2026 21:00:00 +0000",
	    "mx.example.com" },
	{ "by mx.example.com (Postfix, from userid 0)\n\tid 4F1; Thu",
	    "mx.example.com" },
	{ "(from joe@localhost) by mx.example.com (8.17/8.17)",
	    "mx.example.com" },
	{ "from a.example (helo by evil.example) by mx.example.com",
	    "mx.example.com" },
	{ "from\ta.example\n\tby\tmx.example.com\twith LMTP",
	    "mx.example.com" },
	{ "from by by mx.example.com", "by" },
	{ "from a.example with ESMTP", NULL },
	{ "from a.example; by mx.example.com", NULL },
	{ "from a.example (by mx.example.com", NULL },
	{ "from a.example by", NULL },
	{ "", NULL },
};

START_TEST(was_received_by)
{
	struct span in = exact(received[_i].value);
	char host[DOMAIN_TEXT];
	bool ok = authres_received_by(in, host);

	ck_assert_msg(ok == (received[_i].want != NULL), "%s",
	    received[_i].value);
	if (ok)
		ck_assert_str_eq(host, received[_i].want);
	exact_free(in);
}
END_TEST

static Suite *
authres_suite(void)
{
	Suite *s = suite_create("authres");
	TCase *t = tcase_create("authres");

	tcase_add_loop_test(t, says, 0, ARRAY_LEN(fields));
	tcase_add_test(t, bounds_its_results);
	tcase_add_loop_test(t, was_received_by, 0, ARRAY_LEN(received));
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(authres_suite)
