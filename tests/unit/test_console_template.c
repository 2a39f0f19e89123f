#include "web/console/template.h"

#include <string.h>

#include "tests/unit/unit.h"
#include "web/console/files.h"

/* A view with a bit of everything. */
static struct view *
view(void)
{
	struct view *v = view_new(), *row;

	view_text(v, "text", "<b a='1' b=\"2\">&");
	view_text(v, "empty", "");
	view_text(v, "name", "outer");
	view_int(v, "number", -7);
	view_count(v, "none_at_all", 0);
	view_count(v, "few", 999);
	view_count(v, "many", 1000);
	view_count(v, "most", UINT64_MAX);
	row = view_add(v, "rows");
	view_text(row, "name", "one");
	row = view_add(v, "rows");
	view_text(row, "name", "{{text}}");
	return v;
}

static const struct {
	const char *in;
	const char *want;
} cases[] = {
	{ "", "" },
	{ "plain <b>", "plain <b>" },
	{ "{{text}}", "&lt;b a=&#39;1&#39; b=&quot;2&quot;&gt;&amp;" },
	{ "{{%text}}", "%3Cb%20a%3D%271%27%20b%3D%222%22%3E%26" },
	{ "[{{empty}}{{none}}{{number}}]", "[-7]" },
	{ "{{none_at_all}} {{few}} {{many}} {{most}}",
	    "0 999 1,000 18,446,744,073,709,551,615" },
	{ "{{#text}}a{{/text}}{{#empty}}b{{/empty}}{{#none}}c{{/none}}", "a" },
	{ "{{^text}}a{{/text}}{{^empty}}b{{/empty}}{{^none}}c{{/none}}", "bc" },
	/* What is in a text is no tag; an inner name hides an outer one. */
	{ "{{#rows}}<{{name}},{{number}}>{{/rows}}{{name}}",
	    "<one,-7><{{text}},-7>outer" },
	{ "{{^rows}}none{{/rows}}", "" },
	{ "{{#rows}}{{#text}}x{{/text}}{{/rows}}", "xx" },
};

START_TEST(expands)
{
	struct view *v = view();
	struct buf out;

	buf_init(&out, 4096);
	template_expand(span_of(cases[_i].in), v, &out);
	ck_assert_str_eq(buf_text(&out), cases[_i].want);
	buf_done(&out);
	view_free(v);
}
END_TEST

static bool
is_html(const struct file *f)
{
	const char *dot = strrchr(f->name, '.');

	return dot != NULL && strcmp(dot, ".html") == 0;
}

/* Whether the attribute that begins at text begins with one of the words. */
static bool
begins(const char *text, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strncmp(text, *words, strlen(*words)) == 0)
			return true;
	return false;
}

/* Escaping is enough where a text stands within quotes or between tags, and
 * where it can't choose the scheme or the host of an address. */
START_TEST(templates_are_safe)
{
	static const char *const addresses[] = { "\"/console", "\"#", NULL };
	static const char *const linking[] = { "href=", "src=", "action=",
		NULL };
	static const char *const never[] = { "style=", " on", "<style",
		"javascript:", "srcdoc", NULL };

	for (const struct file *f = files; f->name != NULL; f++) {
		bool tag = false, quoted = false;

		for (const char *c = f->text; is_html(f) && *c != '\0'; c++) {
			if (tag && *c == '"')
				quoted = !quoted;
			else if (!quoted && (*c == '<' || *c == '>'))
				tag = *c == '<';
			if (tag && !quoted && begins(c, linking))
				ck_assert_msg(
				    begins(strchr(c, '=') + 1, addresses),
				    "%s: %.40s", f->name, c);
			ck_assert_msg(!tag || quoted || !begins(c, never),
			    "%s: %.40s", f->name, c);
			/* Only sections may stand between attributes. */
			if (tag && !quoted && strncmp(c, "{{", 2) == 0)
				ck_assert_msg(strchr("#/^", c[2]) != NULL,
				    "%s: %.40s", f->name, c);
			if (strncmp(c, "<script", 7) == 0)
				ck_assert_msg(strstr(c, "src=\"/console/") ==
						  c + strlen(
							  "<script "
							  "type=\"module\" "),
				    "%s: a script of its own", f->name);
		}
		ck_assert_msg(!tag && !quoted, "%s", f->name);
	}
}
END_TEST

START_TEST(files_are_there)
{
	ck_assert(file_find(span_of("head.html")) != NULL);
	ck_assert(file_find(span_of("head")) == NULL);
	ck_assert(file_find(span_of("")) == NULL);
}
END_TEST

static Suite *
template_suite(void)
{
	Suite *suite = suite_create("console template");
	TCase *tc = tcase_create("template");

	tcase_add_loop_test(tc, expands, 0, ARRAY_LEN(cases));
	tcase_add_test(tc, templates_are_safe);
	tcase_add_test(tc, files_are_there);
	suite_add_tcase(suite, tc);
	return suite;
}

UNIT_MAIN(template_suite)
