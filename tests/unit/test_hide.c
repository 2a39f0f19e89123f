#include "db/hide.h"

#include <string.h>

#include "db/event.h"
#include "db/line.h"
#include "tests/unit/unit.h"

#define OWN 0x11
#define OTHER 0x22

static struct error err;

static struct hide *
hide_of(const char *text)
{
	uint8_t hash[VALUE_HASH_BYTES];
	struct value v;

	memset(hash, OWN, sizeof(hash));
	ck_assert_msg(value_parse(span_of(text), &v, &err), "%s", err.text);
	return hide_new(&v, hash);
}

static const struct {
	const char *value;
	const char *text;
	const char *want;
} texts[] = {
	{ "joe@example.com", "joe@example.com", "***************" },
	{ "joe@example.com", "<Joe@EXAMPLE.com>: gone",
	    "<***************>: gone" },
	{ "joe@example.com", "to=joe@example.com, twice joe@example.com.",
	    "to=***************, twice ***************." },
	{ "joe@example.com", "joe@example.community", "joe@example.community" },
	{ "joe@example.com", "joe@example.com-x", "joe@example.com-x" },
	{ "joe@example.com", "jim@example.com joe@example.org",
	    "jim@example.com joe@example.org" },
	{ "joe@example.com", "@@joe@example.com@", "@@***************@" },
	{ "joe@example.com", "joe@example.comjoe@example.com",
	    "******************************" },
	{ "joe@example.com", "", "" },
	/* A domain is not meant where it ends an address. */
	{ "@example.com", "all of @example.com", "all of ************" },
	{ "@example.com", "joe@example.com", "joe@example.com" },
	{ "+33612345678", "called +33612345678", "called ************" },
	{ "linkedin.com/in/joe", "https://www.LinkedIn.com/in/joe/",
	    "https://www.*******************/" },
};

START_TEST(hides_in_texts)
{
	struct hide *h = hide_of(texts[_i].value);
	char *text = mem_dup_text(texts[_i].text);
	bool any = hide_text(h, text);

	ck_assert_str_eq(text, texts[_i].want);
	ck_assert(any == (strcmp(texts[_i].text, texts[_i].want) != 0));
	/* Nothing is left to do. */
	ck_assert(!hide_text(h, text));
	free(text);
	hide_free(h);
}
END_TEST

START_TEST(knows_other_spellings)
{
	struct hide *h = hide_of("+33612345678");
	char text[] = "06 12 34 56 78 or +33612345678";

	hide_also(h, "06 12 34 56 78");
	hide_also(h, "06 12 34 56 78");
	ck_assert_str_eq(hide_spelling(h, 1), "06 12 34 56 78");
	ck_assert_ptr_null(hide_spelling(h, 2));
	ck_assert(hide_text(h, text));
	ck_assert_str_eq(text, "************** or ************");
	hide_free(h);
}
END_TEST

START_TEST(hides_every_address)
{
	struct hide *h = hide_new_all();
	char text[] = "<joe@a.test> and jim@b.test; none at noon";

	ck_assert(hide_text(h, text));
	ck_assert_str_eq(text, "<**********> and **********; none at noon");
	ck_assert(!hide_text(h, text));
	hide_free(h);
}
END_TEST

static struct event
event_of(const char *value, uint8_t hash)
{
	struct event ev = { .lsn = 1,
		.batch_first = 1,
		.at = 1000000,
		.op = EVENT_ADD,
		.source = SOURCE_USER,
		.stream = "*",
		.by = "alice",
		.why = "of joe@example.com" };

	ck_assert(value_parse(span_of(value), &ev.value, &err));
	memset(ev.hash, hash, sizeof(ev.hash));
	return ev;
}

/* The event as it is read after its line was hidden; *changed: was it? */
static struct event
hidden(const struct hide *h, const struct event *ev, bool *changed)
{
	struct buf line;
	struct event out;
	size_t len;
	char *exact;

	buf_init(&line, LIMIT_JOURNAL_LINE_BYTES);
	event_encode(ev, &line);
	len = line.len - 1;
	exact = mem_dup(line.p, len);
	*changed = hide_line(h, exact, len);
	ck_assert_msg(event_decode((struct span){ exact, len }, &out, &err),
	    "%s", err.text);
	free(exact);
	buf_done(&line);
	return out;
}

START_TEST(hides_the_values_lines)
{
	struct hide *h = hide_of("joe@example.com");
	struct event ev = event_of("JOE@example.com", OWN), got;
	bool changed;

	got = hidden(h, &ev, &changed);
	ck_assert(changed);
	ck_assert_str_eq(got.value.text,
	    "email#11111111111111111111111111111111");
	ck_assert_str_eq(got.value.shown, got.value.text);
	ck_assert_str_eq(got.why, "of ***************");
	ck_assert_str_eq(got.by, "alice");
	/* What was hidden is written and read as it is. */
	ev = hidden(h, &got, &changed);
	ck_assert(!changed);
	ck_assert_str_eq(ev.value.text, got.value.text);
	hide_free(h);
}
END_TEST

START_TEST(leaves_others)
{
	struct hide *h = hide_of("joe@example.com");
	struct event ev = event_of("mjoe@example.com", OTHER), got;
	bool changed;

	got = hidden(h, &ev, &changed);
	ck_assert(changed);
	ck_assert_str_eq(got.value.text, "mjoe@example.com");
	ck_assert_str_eq(got.why, "of ***************");
	(void)span_copy(span_of("asked"), ev.why, sizeof(ev.why));
	got = hidden(h, &ev, &changed);
	ck_assert(!changed);
	hide_free(h);
}
END_TEST

START_TEST(hides_the_other_end)
{
	struct hide *h = hide_of("joe@example.com");
	struct event ev = { .lsn = 1,
		.batch_first = 1,
		.at = 1000000,
		.op = EVENT_LINK,
		.value = { KIND_CONTACT, "c1", "Joe joe@example.com" },
		.other_kind = KIND_EMAIL,
		.other = "joe@example.com" };
	bool changed;

	memset(ev.other_hash, OWN, sizeof(ev.other_hash));
	ev = hidden(h, &ev, &changed);
	ck_assert(changed);
	ck_assert_str_eq(ev.value.text, "c1");
	ck_assert_str_eq(ev.value.shown, "Joe ***************");
	ck_assert_str_eq(ev.other, "email#11111111111111111111111111111111");
	hide_free(h);
}
END_TEST

/* A character that JSON escapes goes as a whole, or stays. */
static const struct {
	const char *value; /* NULL: all */
	const char *why;
	const char *want;
} escaped[] = {
	{ NULL, "gone\njoe@example.com", "gone\n***************" },
	{ NULL, "joe@example.com\tgone", "***************\tgone" },
	{ NULL, "M\u00fcller@example.com says \"no\"",
	    "****************** says \"no\"" },
	{ NULL, "at \\joe@example.com", "at \\***************" },
	{ "njoe@example.com", "gone\njoe@example.com",
	    "gone\njoe@example.com" },
	{ "e9joe@example.com", "\u00e9joe@example.com",
	    "\u00e9joe@example.com" },
	{ "joe@example.com", "\u00e9joe@example.com\n",
	    "\u00e9***************\n" },
	{ "@example.com", "all of:\n@example.com", "all of:\n************" },
	{ "njoe@example.com", "\\njoe@example.com", "\\****************" },
};

START_TEST(keeps_escapes_whole)
{
	struct hide *h = escaped[_i].value != NULL ? hide_of(escaped[_i].value)
						   : hide_new_all();
	struct event ev = event_of("ann@example.com", OTHER), got;
	bool changed;

	(void)span_copy(span_of(escaped[_i].why), ev.why, sizeof(ev.why));
	got = hidden(h, &ev, &changed);
	ck_assert_str_eq(got.why, escaped[_i].want);
	hide_free(h);
}
END_TEST

/* It is read again: what is hidden has no more room than what was there. */
START_TEST(fits_where_it_was)
{
	struct hide *h = hide_new_all();
	struct event ev = event_of("ann@example.com", OTHER), got;
	bool changed;
	size_t len;

	for (len = 0; len + 3 < sizeof(ev.why) - 1; len += 2)
		memcpy(ev.why + len, "\xC3\xBC", 2);
	memcpy(ev.why + len, "@x", 3);
	got = hidden(h, &ev, &changed);
	ck_assert(changed);
	ck_assert_uint_eq(strspn(got.why, "*"), len / 2 + 2);
	hide_free(h);
}
END_TEST

START_TEST(damage_stays_damage)
{
	struct hide *h = hide_of("joe@example.com");
	char line[] = "{\"v\":1,\"value\":\"joe@example.com\",\"h\":\"1";

	ck_assert(hide_line(h, line, strlen(line)));
	ck_assert_ptr_null(strstr(line, "joe"));
	ck_assert(!line_check(span_of(line), &err));
	hide_free(h);
}
END_TEST

static Suite *
hide_suite(void)
{
	Suite *s = suite_create("hide");
	TCase *t = tcase_create("hide");

	tcase_add_loop_test(t, hides_in_texts, 0, ARRAY_LEN(texts));
	tcase_add_test(t, knows_other_spellings);
	tcase_add_test(t, hides_every_address);
	tcase_add_test(t, hides_the_values_lines);
	tcase_add_test(t, leaves_others);
	tcase_add_test(t, hides_the_other_end);
	tcase_add_loop_test(t, keeps_escapes_whole, 0, ARRAY_LEN(escaped));
	tcase_add_test(t, fits_where_it_was);
	tcase_add_test(t, damage_stays_damage);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(hide_suite)
