/* conf/suppressd.conf, the sample that is installed. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "tests/unit/scratch.h"
#include "tests/unit/settings_show.h"

#define SAMPLE "conf/suppressd.conf"

static struct buf sample;
static char path[256];

static void
begin(void)
{
	const char *srcdir = getenv("SRCDIR");
	struct error err;

	scratch_begin();
	snprintf(path, sizeof(path), "%s/" SAMPLE,
	    srcdir != NULL ? srcdir : ".");
	buf_init(&sample, LIMIT_CONF_BYTES);
	ck_assert_msg(file_read_path(path, &sample, &err), "%s", err.text);
}

static void
end(void)
{
	buf_done(&sample);
	scratch_end();
}

/* "#name", not "# words" and not "#": a setting that is commented out. */
static bool
is_commented(struct span line)
{
	return line.len > 1 && line.p[0] == '#' && line.p[1] != ' ';
}

/* The sample with each setting in force. */
static void
uncomment(struct buf *out)
{
	struct span rest = buf_span(&sample), line;

	while (span_line(&rest, &line)) {
		size_t skip = is_commented(line) ? 1 : 0;

		buf_add(out, line.p + skip, line.len - skip);
		buf_add_char(out, '\n');
	}
}

/* What stands there instead of the directories of this build. */
static const char *
debian(const struct setting_row *row)
{
	if (strcmp(row->name, "store") == 0)
		return "/var/lib/suppressd";
	if (strcmp(row->name, "tokens") == 0)
		return "/etc/suppressd/tokens";
	if (strcmp(row->name, "templates") == 0)
		return "/usr/share/suppressd/unsubscribe";
	return strcmp(row->name, "keys") == 0 ? "/etc/suppressd/keys" : "?";
}

static void
ck_same(const struct setting_row *rows, const void *got, const void *want)
{
	struct buf a, b;

	buf_init(&a, 10000);
	buf_init(&b, 10000);
	for (; rows->name != NULL; rows++) {
		buf_reset(&a);
		buf_reset(&b);
		setting_show(rows, got, &a);
		setting_show(rows, want, &b);
		/* It is written for Debian's directories. */
		if (strcmp(buf_text(&a), debian(rows)) == 0)
			continue;
		ck_assert_msg(strcmp(buf_text(&a), buf_text(&b)) == 0,
		    "%s is %s, and %s by default", rows->name, buf_text(&a),
		    buf_text(&b));
	}
	buf_done(&a);
	buf_done(&b);
}

static void
ck_is_default(const char *file)
{
	struct conf *want = conf_defaults(), *got;
	struct error err = { 0 };

	got = conf_load(file, &err);
	ck_assert_msg(got != NULL, "%s", err.text);
	ck_same(conf_rows, got, want);
	ck_assert_uint_eq(got->streams_n, want->streams_n);
	ck_same(stream_rows, &got->streams[0], &want->streams[0]);
	for (size_t i = 1; i < CONF_SOURCES; i++)
		ck_same(reply_rows, &got->replies[i], &want->replies[i]);
	conf_unref(got);
	conf_unref(want);
}

START_TEST(changes_nothing)
{
	ck_is_default(path);
}
END_TEST

START_TEST(gives_the_defaults)
{
	char file[128];
	struct error err;
	struct buf all;

	buf_init(&all, LIMIT_CONF_BYTES);
	uncomment(&all);
	ck_assert(file_replace(scratch_dir, "all", buf_span(&all), 0600, &err));
	buf_done(&all);
	snprintf(file, sizeof(file), "%s/all", scratch_dir);
	ck_is_default(file);
}
END_TEST

/* How often "NAME = " begins a setting in a group of the top level. */
static size_t
times_named(struct span text, const char *group, const char *name)
{
	struct span line, in = { "", 0 };
	char begin_of[80];
	size_t n = 0;

	snprintf(begin_of, sizeof(begin_of), "%s = ", name);
	while (span_line(&text, &line)) {
		bool indented = line.len > 0 && line.p[0] == '\t';

		if (line.len > 0 && line.p[0] >= 'a' && line.p[0] <= 'z')
			in = (struct span){ line.p, span_find(line, ' ') };
		if (indented == (group[0] != '\0') &&
		    (!indented || span_is(in, group)) &&
		    span_starts_nocase(span_trim(line), begin_of))
			n++;
	}
	return n;
}

START_TEST(names_every_setting)
{
	const struct {
		const struct setting_row *rows;
		const char *group; /* NULL: the row's own */
		size_t times;
	} tables[] = {
		{ conf_rows, NULL, 1 },
		{ stream_rows, SETTINGS_STREAMS, 1 },
		{ reply_rows, SETTINGS_REPLIES, CONF_SOURCES - 1 },
	};
	struct buf all;

	buf_init(&all, LIMIT_CONF_BYTES);
	uncomment(&all);
	for (size_t i = 0; i < ARRAY_LEN(tables); i++)
		for (const struct setting_row *r = tables[i].rows;
		     r->name != NULL; r++)
			ck_assert_msg(times_named(buf_span(&all),
					  tables[i].group != NULL
					      ? tables[i].group
					      : r->group,
					  r->name) == tables[i].times,
			    SAMPLE " does not have %s %s once", r->group,
			    r->name);
	buf_done(&all);
}
END_TEST

/* People read it on 80 columns; the texts of refusals stand in one line. */
START_TEST(is_no_wider_than_a_terminal)
{
	struct span rest = buf_span(&sample), line;

	while (span_line(&rest, &line))
		ck_assert_msg(line.len <= 80 ||
				  span_starts_nocase(line, "#\t\ttext = "),
		    "%.*s", (int)line.len, line.p);
}
END_TEST

static Suite *
sample_suite(void)
{
	Suite *s = suite_create("sample");
	TCase *t = tcase_create("sample");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_test(t, changes_nothing);
	tcase_add_test(t, gives_the_defaults);
	tcase_add_test(t, names_every_setting);
	tcase_add_test(t, is_no_wider_than_a_terminal);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(sample_suite)
