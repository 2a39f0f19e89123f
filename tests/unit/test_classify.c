#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "policy/classify.h"
#include "policy/decide.h"
#include "tests/unit/exact.h"

/* A recipient as dsn.c makes it; "-" is absent. */
static void
recipient(struct span status, struct span host, struct span diagnostic,
    struct report_recipient *out)
{
	*out = (struct report_recipient){ .action = DSN_FAILED };
	if (!span_is(status, "-"))
		ck_assert(status_parse(status, &out->status));
	if (!span_is(host, "-"))
		ck_assert(
		    span_copy(host, out->remote_mta, sizeof(out->remote_mta)));
	if (!span_is(diagnostic, "-"))
		ck_assert(span_copy(diagnostic, out->diagnostic,
		    sizeof(out->diagnostic)));
	status_find(span_of(out->diagnostic), &out->diagnostic_status,
	    &out->reply_code);
}

static const struct report no_report;

static void
judge(const struct rules *first, const char *status, const char *diagnostic,
    struct classification *out)
{
	struct report_recipient r;

	recipient(span_of(status), span_of("-"), span_of(diagnostic), &r);
	classify(first, &no_report, &r, out);
}

/* Compares one line of classify.cases; what differs goes to faults. */
static void
check_case(struct span line, size_t number, bool *seen, struct buf *faults)
{
	const struct rules *all = rules_builtin();
	struct span rule, status, host;
	struct report_recipient r;
	struct classification c;
	size_t i = 0;

	ck_assert(span_cut(&line, '\t', &rule) &&
		  span_cut(&line, '\t', &status) &&
		  span_cut(&line, '\t', &host));
	recipient(status, host, line, &r);
	classify(NULL, &no_report, &r, &c);
	if (!span_is(rule, c.rule))
		buf_addf(faults, "\n%zu: %s took '%.*s', not %.*s", number,
		    c.rule, (int)line.len, line.p, (int)rule.len, rule.p);
	while (i < all->n && !span_is(rule, all->list[i].name))
		i++;
	ck_assert_msg(i < all->n, "line %zu: no such rule", number);
	seen[i] = true;
}

/* Every rule of ours has a failure that it takes. */
START_TEST(every_rule_has_its_case)
{
	const struct rules *all = rules_builtin();
	bool *seen = mem_new(all->n, sizeof(*seen));
	struct error err = { 0 };
	struct buf file, path, faults;
	struct span text, line;

	buf_init(&path, 4096);
	buf_init(&faults, 64UL * 1024);
	buf_init(&file, 1024UL * 1024);
	buf_addf(&path, "%s/tests/unit/classify.cases",
	    getenv("SRCDIR") != NULL ? getenv("SRCDIR") : ".");
	ck_assert_msg(file_read_path(buf_text(&path), &file, &err), "%s",
	    err.text);
	text = buf_span(&file);
	for (size_t number = 1; span_line(&text, &line); number++)
		if (line.len > 0 && line.p[0] != '#')
			check_case(line, number, seen, &faults);
	for (size_t i = 0; i < all->n; i++)
		if (!seen[i])
			buf_addf(&faults, "\n%s has no case",
			    all->list[i].name);
	ck_assert_msg(faults.len == 0, "%s", buf_text(&faults));
	buf_done(&file);
	buf_done(&faults);
	buf_done(&path);
	free(seen);
}
END_TEST

/*
 * Which code speaks: the one in the diagnostic (RFC 3464 2.3.6: the host's
 * own); and a 4 anywhere means that nothing is final.
 */
static const struct {
	const char *status;
	const char *diagnostic;
	const char *code;
	const char *from;
	bool suppresses;
} speaks[] = {
	{ "5.1.1", "-", "5.1.1", "status", true },
	{ "5.0.0", "550 5.1.1 gone", "5.1.1", "diagnostic", true },
	{ "-", "550 5.1.1 gone", "5.1.1", "diagnostic", true },
	{ "5.1.1", "550 5.7.1 no", "5.7.1", "diagnostic", false },
	{ "4.4.7", "550 5.1.1 gone", "4.4.7", "status", false },
	{ "4.0.0", "550 5.1.1 gone", "4.0.0", "status", false },
	{ "5.1.1", "450 4.1.1 wait", "4.1.1", "diagnostic", false },
	{ "5.1.1", "450 wait", "5.1.1", "status", false },
	{ "5.1.1", "250 2.1.5 fine", "5.1.1", "status", true },
	{ "2.0.0", "550 no such user", "0.0.0", "", false },
	{ "-", "550 no such user", "0.0.0", "", true },
	{ "-", "no such user", "0.0.0", "", false },
	{ "-", "-", "0.0.0", "", false },
};

START_TEST(the_finer_code_speaks)
{
	struct classification c;
	char code[STATUS_TEXT];

	judge(NULL, speaks[_i].status, speaks[_i].diagnostic, &c);
	status_format(&c.status, code);
	ck_assert_msg(c.suppresses == speaks[_i].suppresses, "%s", c.rule);
	if (c.class == CLASS_UNDETERMINED || speaks[_i].suppresses) {
		ck_assert_str_eq(code, speaks[_i].code);
		ck_assert_str_eq(c.code_from, speaks[_i].from);
	}
}
END_TEST

/* Only what has failed suppresses (RFC 3464 2.3.3). */
START_TEST(only_failed_suppresses)
{
	struct report_recipient r;
	struct classification c;

	for (int a = DSN_UNKNOWN; a <= DSN_EXPANDED; a++) {
		recipient(span_of("5.1.1"), span_of("-"),
		    span_of("550 5.1.1 gone"), &r);
		r.action = (enum dsn_action)a;
		classify(NULL, &no_report, &r, &c);
		ck_assert_int_eq(c.suppresses, a == DSN_FAILED);
	}
}
END_TEST

static struct rules *
parsed(const char *text)
{
	struct error err = { 0 };
	struct rules *r = rules_parse(span_of(text), "/etc/my.rules", &err);

	ck_assert_msg(r != NULL, "%s", err.text);
	return r;
}

/* The operator's table comes first, and the first rule in it. */
START_TEST(operators_rules_come_first)
{
	struct rules *mine = parsed("# we know them\n"
				    "policy 5.1.1 - - lies \"go away\"\n"
				    "size 5.1.1 - - late \"go away\"\n");
	struct classification c;

	judge(mine, "5.1.1", "550 5.1.1 go away now", &c);
	ck_assert_int_eq(c.class, CLASS_POLICY);
	ck_assert_str_eq(c.rule, "lies@my.rules:2");
	ck_assert_str_eq(c.rule_file, "/etc/my.rules");
	ck_assert_uint_eq(c.rule_line, 2);
	ck_assert_str_eq(c.rule_source, "we know them");
	judge(mine, "5.1.1", "550 5.1.1 gone", &c);
	ck_assert_str_eq(c.rule, "rfc3463-5.1.1");
	ck_assert_str_eq(c.rule_file, "bounce.rules");
	ck_assert(c.suppresses);
	rules_free(mine);
}
END_TEST

/* Not even the operator's rule makes a last word of a 4. */
START_TEST(operators_rules_cannot_make_it_final)
{
	struct rules *mine = parsed("bad-address - - - dead \"dead\"\n");
	struct classification c;

	judge(mine, "5.0.0", "550 dead", &c);
	ck_assert_str_eq(c.rule, "dead@my.rules:1");
	ck_assert(c.suppresses);
	judge(mine, "4.0.0", "450 dead", &c);
	ck_assert_str_eq(c.rule, "rfc3463-4");
	ck_assert(!c.suppresses);
	rules_free(mine);
}
END_TEST

/* A host is the one that spoke: Remote-MTA, else Reporting-MTA. */
START_TEST(the_host_that_spoke)
{
	struct rules *mine = parsed("policy - - *.example.org h -\n");
	struct report report = { .reporting_mta = "mx.example.org" };
	struct report_recipient r;
	struct classification c;

	recipient(span_of("5.1.1"), span_of("-"), span_of("-"), &r);
	classify(mine, &report, &r, &c);
	ck_assert_str_eq(c.rule, "h@my.rules:1");
	ck_assert_str_eq(c.host, "mx.example.org");
	recipient(span_of("5.1.1"), span_of("mx.example.net"), span_of("-"),
	    &r);
	classify(mine, &report, &r, &c);
	ck_assert_str_eq(c.rule, "rfc3463-5.1.1");
	ck_assert_str_eq(c.host, "mx.example.net");
	rules_free(mine);
}
END_TEST

/* What a text pattern sees: no codes, one blank for many. */
static const struct {
	const char *diagnostic;
	const char *pattern;
} texts[] = {
	{ "550 5.1.0 one two", "/^one two$/" },
	{ "550-5.1.0 one two 550-5.1.0 three 550 5.1.0 four",
	    "/^one two three four$/" },
	{ "550-one 550 two", "/^one two$/" },
	{ "550  one \t two ", "/^one two$/" },
	{ "550 #5.1.0 one", "/^#5\\.1\\.0 one$/" },
	{ "host mx said: 550 one 551 5501", "/^host mx said: one 551 5501$/" },
	{ "550", "/^$/" },
	{ "550 <spam-list@example.com>: no", "/^<x@example.com>: no$/" },
	{ "550 RCPT TO:no.such.user@example.com", "/^RCPT TO:x@example.com$/" },
	{ "550 @ one a@b@c", "/^@ one x@c$/" },
	{ "550 UMLAUT \xC3\x84", "/umlaut \xC3\xA4$/" },
	{ "550 \xFF one", "/one$/" },
};

START_TEST(texts_have_no_codes)
{
	struct rules *mine;
	struct classification c;
	struct buf line;

	buf_init(&line, 1000);
	buf_addf(&line, "size - - - t %s", texts[_i].pattern);
	mine = parsed(buf_text(&line));
	judge(mine, "-", texts[_i].diagnostic, &c);
	ck_assert_str_eq(c.rule, "t@my.rules:1");
	rules_free(mine);
	buf_done(&line);
}
END_TEST

/* Our own refusal that comes back says nothing of the recipient. */
START_TEST(knows_our_own_refusal)
{
	struct rules *mine = parsed("bad-address - - - all -\n");
	struct classification c;

	judge(mine, "5.1.1", "550 5.1.1 user unknown " DECIDE_MARK, &c);
	ck_assert(c.own_refusal);
	ck_assert(!c.suppresses);
	ck_assert_int_eq(c.class, CLASS_POLICY);
	ck_assert_str_eq(c.rule, "own-refusal");
	rules_free(mine);
}
END_TEST

/* A pattern that would run for ever does not match, and that is all. */
START_TEST(a_pattern_cannot_stall)
{
	struct rules *mine = parsed("size - - - slow /(a+)+$/\n");
	struct classification c;
	char text[1000];

	memset(text, 'a', sizeof(text));
	memcpy(text, "550 ", 4);
	text[sizeof(text) - 2] = 'b';
	text[sizeof(text) - 1] = '\0';
	judge(mine, "5.0.0", text, &c);
	ck_assert_str_eq(c.rule, "nothing-known");
	rules_free(mine);
}
END_TEST

static Suite *
classify_suite(void)
{
	Suite *s = suite_create("classify");
	TCase *t = tcase_create("classify");

	tcase_add_test(t, every_rule_has_its_case);
	tcase_add_loop_test(t, the_finer_code_speaks, 0, ARRAY_LEN(speaks));
	tcase_add_test(t, only_failed_suppresses);
	tcase_add_test(t, operators_rules_come_first);
	tcase_add_test(t, operators_rules_cannot_make_it_final);
	tcase_add_test(t, the_host_that_spoke);
	tcase_add_loop_test(t, texts_have_no_codes, 0, ARRAY_LEN(texts));
	tcase_add_test(t, knows_our_own_refusal);
	tcase_add_test(t, a_pattern_cannot_stall);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(classify_suite)
