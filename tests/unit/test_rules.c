#include "tests/unit/unit.h"

#include <string.h>

#include "base/file.h"
#include "conf/conf.h"
#include "conf/rules.h"
#include "tests/unit/exact.h"
#include "tests/unit/scratch.h"

/* A fault names file, line and field: bounce.rules(5). */
static const struct {
	const char *text;
	const char *want; /* how the error begins */
} faults[] = {
	{ "badaddress - - - a -\n", "t.rules:1: class: 'badaddress' is not" },
	{ "\n# why\nBAD-ADDRESS - - - a -\n", "t.rules:3: class: 'BAD-" },
	{ "policy 5.1 - - a -\n", "t.rules:1: code: '5.1': " },
	{ "policy 3.1.1 - - a -\n", "t.rules:1: code: '3.1.1': " },
	{ "policy 2.1.1 - - a -\n", "t.rules:1: code: '2.1.1': " },
	{ "policy 5.1.1.1 - - a -\n", "t.rules:1: code: '5.1.1.1': " },
	{ "policy 5.1.1000 - - a -\n", "t.rules:1: code: " },
	{ "policy 5.1.9-1 - - a -\n", "t.rules:1: code: " },
	{ "policy 5.1.*-1 - - a -\n", "t.rules:1: code: " },
	{ "policy 5.1.1- - - a -\n", "t.rules:1: code: " },
	{ "policy 5.1.1,,5.1.2 - - a -\n", "t.rules:1: code: " },
	{ "policy 5.1.1, - - a -\n", "t.rules:1: code: '5.1.1,': ends" },
	{ "policy any - - a -\n", "t.rules:1: code: 'any': " },
	{ "policy - 55 - a -\n", "t.rules:1: reply: '55': " },
	{ "policy - 250 - a -\n", "t.rules:1: reply: '250': " },
	{ "policy - 5x0 - a -\n", "t.rules:1: reply: '5x0': " },
	{ "policy - *50 - a -\n", "t.rules:1: reply: '*50': " },
	{ "policy - - /(/ a -\n", "t.rules:1: host: '/(/': " },
	{ "policy - - - A -\n", "t.rules:1: name: 'A': " },
	{ "policy - - - a_b -\n", "t.rules:1: name: 'a_b': " },
	{ "policy - - - - -\n", "t.rules:1: name: '-': " },
	{ "policy - - - a23456789.123456789.123456789.123456789. -\n",
	    "t.rules:1: name: " },
	{ "policy - - - a user unknown\n", "t.rules:1: text: 'user unk" },
	{ "policy - - - a /(user/\n", "t.rules:1: text: '/(user/': " },
	{ "policy - - - a /user\n", "t.rules:1: text: '/user': " },
	{ "policy - - - a \"user\n", "t.rules:1: text: '\"user': " },
	{ "policy - - - a //\n", "t.rules:1: text: '//': " },
	{ "policy - - - a \"\"\n", "t.rules:1: text: '\"\"': " },
	{ "policy - - - a\n", "t.rules:1: text: is missing" },
	{ "policy - - - a\n\n \"x\"\n", "t.rules:1: text: is missing" },
	{ "policy - - - a\npolicy - - - b -\n", "t.rules:1: text: is mis" },
	{ " \"x\"\n", "t.rules:1: text: a line that begins with a blank" },
	{ "policy - - - a -\n \"x\"\n", "t.rules:2: text: - is any text" },
	{ "policy - - - a \"x\"\n -\n", "t.rules:2: text: - is any text" },
	{ "policy - - - a \"x\"\n y\n", "t.rules:2: text: 'y': " },
	{ "policy - - -\n", "t.rules:1: name: is missing" },
	{ "policy\n", "t.rules:1: code: is missing" },
	{ "policy - - - a -\r\nfull - - - a -\r\n",
	    "t.rules:2: name: the rule of line 1 has this name" },
	{ "bad-address 4.1.1 - - a -\n", "t.rules:1: code: a code with 4" },
	{ "bad-domain 5.1.2,4.1.2 - - a -\n", "t.rules:1: code: a code " },
};

START_TEST(names_the_place_of_a_fault)
{
	struct error err = { 0 };
	struct span in = exact(faults[_i].text);
	struct rules *r = rules_parse(in, "t.rules", &err);

	exact_free(in);
	ck_assert_msg(r == NULL, "taken: %s", faults[_i].text);
	ck_assert_msg(
	    strncmp(err.text, faults[_i].want, strlen(faults[_i].want)) == 0,
	    "%s, not %s", err.text, faults[_i].want);
}
END_TEST

static struct rules *
parsed(const char *text)
{
	struct error err = { 0 };
	struct span in = exact(text);
	struct rules *r = rules_parse(in, "/etc/suppressd/t.rules", &err);

	exact_free(in);
	ck_assert_msg(r != NULL, "%s", err.text);
	return r;
}

START_TEST(refuses_a_nul_byte)
{
	struct error err = { 0 };
	struct span in = exact_bytes("full - - - a\0 -\n", 16);

	ck_assert_ptr_null(rules_parse(in, "t.rules", &err));
	ck_assert_str_eq(err.text, "t.rules:1: class: a NUL byte");
	exact_free(in);
}
END_TEST

START_TEST(takes_an_empty_file)
{
	struct rules *r = parsed("");

	ck_assert_uint_eq(r->n, 0);
	rules_free(r);
	r = parsed("# only\n\n\t \n#words");
	ck_assert_uint_eq(r->n, 0);
	rules_free(r);
}
END_TEST

/* The comment above a rule is its source, up to an empty line. */
START_TEST(keeps_source_and_place)
{
	struct rules *r = parsed("# about\n# the file\n\n"
				 "full - - - a -\n"
				 "# RFC 1,\n#  section 2\n"
				 "full - - - b -\n"
				 "policy\t-  - -  c   \"two  words\" \r\n"
				 "\t/three/\n"
				 "# next\n"
				 "policy - - - d -\n"
				 "\n"
				 "size - - - e -");
	static const struct {
		const char *label;
		const char *source;
		size_t line;
	} want[] = {
		{ "a@t.rules:4", "", 4 },
		{ "b@t.rules:7", "RFC 1, section 2", 7 },
		{ "c@t.rules:8", "RFC 1, section 2", 8 },
		{ "d@t.rules:11", "next", 11 },
		{ "e@t.rules:13", "", 13 },
	};

	ck_assert_uint_eq(r->n, ARRAY_LEN(want));
	for (size_t i = 0; i < r->n; i++) {
		ck_assert_str_eq(r->list[i].label, want[i].label);
		ck_assert_str_eq(r->list[i].source, want[i].source);
		ck_assert_uint_eq(r->list[i].line, want[i].line);
	}
	ck_assert_str_eq(r->path, "/etc/suppressd/t.rules");
	ck_assert_uint_eq(r->list[2].texts_n, 2);
	ck_assert_str_eq(match_text(r->list[2].texts[0].match), "/two  words/");
	ck_assert_str_eq(match_text(r->list[2].texts[1].match), "/three/");
	rules_free(r);
}
END_TEST

/* Codes are a list; "*" is any number, "none" that there is no code. */
static const struct {
	const char *codes;
	const char *code; /* "": none */
	bool want;
} codes[] = {
	{ "-", "5.1.1", true },
	{ "-", "", true },
	{ "5.1.1", "5.1.1", true },
	{ "5.1.1", "4.1.1", false },
	{ "5.1.1", "5.1.10", false },
	{ "5.1.1", "5.2.1", false },
	{ "5.1.1", "", false },
	{ "5.1.*", "5.1.999", true },
	{ "5.1.*", "5.2.1", false },
	{ "5.*.*", "5.7.1", true },
	{ "5.*.*", "4.7.1", false },
	{ "*.2.2", "4.2.2", true },
	{ "*.2.2", "5.2.2", true },
	{ "*.*.*", "", false },
	{ "none", "", true },
	{ "none", "5.0.0", false },
	{ "none,5.0.0", "5.0.0", true },
	{ "5.7.600-649", "5.7.600", true },
	{ "5.7.600-649", "5.7.649", true },
	{ "5.7.600-649", "5.7.650", false },
	{ "5.7.600-649", "5.7.599", false },
};

START_TEST(takes_codes)
{
	struct buf line;
	struct rules *r;
	struct status s = { 0 };

	buf_init(&line, 200);
	buf_addf(&line, "policy %s - - a -", codes[_i].codes);
	r = parsed(buf_text(&line));
	(void)status_parse(span_of(codes[_i].code), &s);
	ck_assert_int_eq(rule_takes_code(&r->list[0], &s), codes[_i].want);
	rules_free(r);
	buf_done(&line);
}
END_TEST

static const struct {
	const char *reply;
	int code; /* 0: none */
	bool want;
} replies[] = {
	{ "-", 550, true },
	{ "-", 0, true },
	{ "550", 550, true },
	{ "550", 551, false },
	{ "55*", 559, true },
	{ "55*", 540, false },
	{ "5**", 500, true },
	{ "5**", 450, false },
	{ "5*0", 530, true },
	{ "5**", 0, false },
	{ "none", 0, true },
	{ "none", 550, false },
};

START_TEST(takes_replies)
{
	struct buf line;
	struct rules *r;

	buf_init(&line, 200);
	buf_addf(&line, "policy - %s - a -", replies[_i].reply);
	r = parsed(buf_text(&line));
	ck_assert_int_eq(rule_takes_reply(&r->list[0], replies[_i].code),
	    replies[_i].want);
	rules_free(r);
	buf_done(&line);
}
END_TEST

/* grams_allow() may only say no where the pattern does not match. */
static const struct {
	const char *pattern;
	const char *text;
	bool want;
} grams[] = {
	{ "/user unknown/", "User Unknown", true },
	{ "/user unknown/", "user known", false },
	{ "/user|mailbox/", "the mailbox", true },
	{ "/user|mailbox/", "the account", false },
	{ "/a(user)?b/", "ab", true },
	{ "/users?x/", "userx", true },
	{ "/users*x/", "userx", true },
	{ "/users{0,2}x/", "userx", true },
	{ "/users+x/", "userssx", true },
	{ "/users{2}x/", "userssx", true },
	{ "/user{0r|mail/", "mail", true }, /* no count: letters */
	{ "/user{,2}x|mail/", "mail", true },
	{ "/user{1,2,3}/", "user{1,2,3}", true },
	{ "/us[e-z]r/", "uszr", true },
	{ "/use[)]rs/", "use)rs", true },
	{ "/use(\\)|[(])rs/", "use(rs", true },
	{ "/use\\.rs/", "use.rs", true },
	{ "/use\\.rs/", "usexrs", false },
	{ "/use\\srs/", "use rs", true },
	{ "/use\\s/", "us", false },
	{ "/use.rs/", "use-rs", true },
	{ "/(?:user)/", "the user", true },
	{ "/(?:user)/", "x", false },
	{ "/(user|mail(box)?) (is )?(gone|away)/", "x is gone", true },
	{ "/(user|mail(box)?) (is )?(gone|away)/", "user", false },
	{ "/(user)?/", "x", true },
	{ "/(user){0,1}/", "x", true },
	{ "/(user|)/", "x", true },
	{ "/((user))(a)/", "usera", true },
	{ "/((user))(a)/", "a", false },
	{ "/(user\\|name)/", "user|name", true },
	{ "/(?i)user/", "x", true },
	{ "/\\Quser\\E/", "x", true },
	{ "/user(?!x)/", "x", true },
	{ "/[]user]/", "]", true },
	{ "/user|/", "", true },
	{ "/us/", "us", true },
	{ "/user/", "", false },
};

START_TEST(grams_never_lose_a_match)
{
	struct grams_need need;
	struct grams text;
	struct span pattern = exact(grams[_i].pattern);
	struct span in = exact(grams[_i].text);

	grams_of_pattern(pattern, &need);
	grams_of_text(in, &text);
	ck_assert_int_eq(grams_allow(&text, &need), grams[_i].want);
	exact_free(in);
	exact_free(pattern);
}
END_TEST

/* Ours is read, has names of its own, and tells where each is from. */
START_TEST(builtin_table_is_whole)
{
	const struct rules *r = rules_builtin();

	ck_assert_uint_gt(r->n, 60);
	for (size_t i = 0; i < r->n; i++) {
		ck_assert_msg(r->list[i].source[0] != '\0', "%s has no source",
		    r->list[i].name);
		ck_assert_str_eq(r->list[i].label, r->list[i].name);
	}
	ck_assert_ptr_eq(rules_builtin(), r);
}
END_TEST

static char conf_path[128], rules_path[128];

static void
write_files(const char *rules)
{
	struct error err = { 0 };
	struct buf text;

	buf_init(&text, 1000);
	snprintf(conf_path, sizeof(conf_path), "%s/conf", scratch_dir);
	snprintf(rules_path, sizeof(rules_path), "%s/my.rules", scratch_dir);
	buf_addf(&text, "inbound: { rules = \"%s\"; };\n", rules_path);
	ck_assert(
	    file_replace(scratch_dir, "conf", buf_span(&text), 0600, &err));
	if (rules != NULL)
		ck_assert(file_replace(scratch_dir, "my.rules", span_of(rules),
		    0600, &err));
	buf_done(&text);
}

START_TEST(configuration_has_the_operators_rules)
{
	struct error err = { 0 };
	struct conf *c;

	write_files("policy - - - mine \"go away\"\n");
	c = conf_load(conf_path, &err);
	ck_assert_msg(c != NULL, "%s", err.text);
	ck_assert_uint_eq(c->rules->n, 1);
	ck_assert_str_eq(c->rules->list[0].label, "mine@my.rules:1");
	conf_unref(c);
	c = conf_defaults();
	ck_assert_ptr_null(c->rules);
	conf_unref(c);
}
END_TEST

/* A reload that fails leaves what there is: conf_load() gives nothing. */
START_TEST(configuration_refuses_faults_in_rules)
{
	struct error err = { 0 };
	char want[200];

	write_files("policy - - - mine \"go away\"\nwrong\n");
	snprintf(want, sizeof(want), "%s:2: class: ", rules_path);
	ck_assert_ptr_null(conf_load(conf_path, &err));
	ck_assert_msg(strstr(err.text, want) == err.text, "%s", err.text);
	ck_assert_int_eq(err.code, ERROR_INVALID);
	ck_assert_int_eq(unlink(rules_path), 0);
	ck_assert_ptr_null(conf_load(conf_path, &err));
	ck_assert_int_eq(err.code, ERROR_IO);
	ck_assert_msg(strstr(err.text, rules_path) != NULL, "%s", err.text);
}
END_TEST

static Suite *
rules_suite(void)
{
	Suite *s = suite_create("rules");
	TCase *t = tcase_create("rules");

	tcase_add_checked_fixture(t, scratch_begin, scratch_end);
	tcase_add_loop_test(t, names_the_place_of_a_fault, 0,
	    ARRAY_LEN(faults));
	tcase_add_test(t, refuses_a_nul_byte);
	tcase_add_test(t, takes_an_empty_file);
	tcase_add_test(t, keeps_source_and_place);
	tcase_add_loop_test(t, takes_codes, 0, ARRAY_LEN(codes));
	tcase_add_loop_test(t, takes_replies, 0, ARRAY_LEN(replies));
	tcase_add_loop_test(t, grams_never_lose_a_match, 0, ARRAY_LEN(grams));
	tcase_add_test(t, builtin_table_is_whole);
	tcase_add_test(t, configuration_has_the_operators_rules);
	tcase_add_test(t, configuration_refuses_faults_in_rules);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(rules_suite)
