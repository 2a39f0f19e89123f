#include "ctl/postfix.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ctl/process.h"

#define ANSWER_MAX (256 * 1024)

/* Runs postconf [-c dir] flags words... */
static bool
postconf(const char *dir, const char *flags, const char *const *words, size_t n,
    struct buf *out, struct error *err)
{
	const char **argv = mem_new(n + 5, sizeof(*argv));
	size_t at = 0;
	bool ok;

	argv[at++] = "postconf";
	if (dir != NULL) {
		argv[at++] = "-c";
		argv[at++] = dir;
	}
	argv[at++] = flags;
	for (size_t i = 0; i < n; i++)
		argv[at++] = words[i];
	ok = process_read(argv, out, err);
	free(argv);
	return ok;
}

/* Its answer about one word, without the last line end. */
static bool
ask(const char *dir, const char *flags, const char *word,
    char out[POSTFIX_TEXT], struct error *err)
{
	struct buf text;
	bool ok;

	buf_init(&text, ANSWER_MAX);
	ok = postconf(dir, flags, &word, 1, &text, err);
	if (ok && !span_copy(span_trim(buf_span(&text)), out, POSTFIX_TEXT)) {
		error_set(err, ERROR_LIMIT,
		    "postconf %s %s: more than %d bytes", flags, word,
		    POSTFIX_TEXT);
		ok = false;
	}
	buf_done(&text);
	return ok;
}

bool
postfix_expanded(const char *dir, const char *name, char out[POSTFIX_TEXT],
    struct error *err)
{
	return ask(dir, "-hx", name, out, err);
}

bool
postfix_options(const char *dir, bool expanded, struct buf *out,
    struct error *err)
{
	return postconf(dir, expanded ? "-Px" : "-P", NULL, 0, out, err);
}

void
postfix_socket(const char *queue, const char *text, char out[POSTFIX_TEXT])
{
	struct span rest = span_of(text), kind, port;
	size_t len = strlen(queue);

	if (span_find(rest, ':') < rest.len)
		(void)span_cut(&rest, ':', &kind);
	else
		kind = span_of("unix"); /* libmilter's default */
	if (span_starts_nocase(kind, "inet")) {
		bool six = span_is_nocase(kind, "inet6");

		if (span_find(rest, '@') == rest.len &&
		    span_find(rest, ':') < rest.len) {
			snprintf(out, POSTFIX_TEXT, "%s", text);
			return;
		}
		(void)span_cut(&rest, '@', &port);
		if (rest.len == 0)
			rest = span_of(six ? "::1" : "localhost");
		snprintf(out, POSTFIX_TEXT, "inet:%s%.*s%s:%.*s",
		    six ? "[" : "", (int)rest.len, rest.p, six ? "]" : "",
		    (int)port.len, port.p);
		return;
	}
	if (rest.len > len && memcmp(rest.p, queue, len) == 0 &&
	    rest.p[len] == '/') {
		rest.p += len + 1;
		rest.len -= len + 1;
	}
	snprintf(out, POSTFIX_TEXT, "unix:%.*s", (int)rest.len, rest.p);
}

/* "name = value" -> value; "" stays. */
static void
cut_name(char text[POSTFIX_TEXT])
{
	struct span s = span_of(text), name;

	if (span_find(s, '=') == s.len)
		return;
	(void)span_cut(&s, '=', &name);
	s = span_trim(s);
	memmove(text, s.p, s.len);
	text[s.len] = '\0';
}

/* master.cf lines by words: runs of blanks become one. */
static void
squeeze(char text[POSTFIX_TEXT])
{
	size_t out = 0;

	for (size_t i = 0; text[i] != '\0'; i++) {
		bool blank =
		    text[i] == ' ' || text[i] == '\t' || text[i] == '\n';

		if (!blank)
			text[out++] = text[i];
		else if (out > 0 && text[out - 1] != ' ')
			text[out++] = ' ';
	}
	text[out] = '\0';
}

bool
postfix_read(const char *dir, struct setting *s, struct error *err)
{
	char line[POSTFIX_TEXT];
	bool ok = true;

	switch (s->place) {
	case PLACE_MAIN:
		if (!ask(dir, "-n", s->name, line, err))
			return false;
		s->set = line[0] != '\0';
		ok = ask(dir, "-h", s->name, s->have, err);
		break;
	case PLACE_SERVICE:
		ok = ask(dir, "-M", s->name, s->have, err);
		squeeze(s->have);
		s->set = s->have[0] != '\0';
		break;
	case PLACE_OPTION:
		ok = ask(dir, "-P", s->name, s->have, err);
		s->set = s->have[0] != '\0';
		cut_name(s->have);
		break;
	}
	return ok;
}

static const struct {
	const char *set;
	const char *drop;
} flags_of[] = {
	[PLACE_MAIN] = { "-e", "-X" },
	[PLACE_SERVICE] = { "-Me", "-MX" },
	[PLACE_OPTION] = { "-Pe", "-PX" },
};

static bool
run_words(const char *dir, const char *flags, char *const *words, size_t n,
    struct error *err)
{
	struct buf ignored;
	bool ok;

	if (n == 0)
		return true;
	buf_init(&ignored, ANSWER_MAX);
	ok = postconf(dir, flags, (const char *const *)words, n, &ignored, err);
	buf_done(&ignored);
	return ok;
}

bool
postfix_write(const char *dir, enum setting_place place,
    const struct setting *list, size_t n, setting_value_fn *value,
    struct error *err)
{
	char *set[SETTINGS_MAX], *drop[SETTINGS_MAX];
	size_t set_n = 0, drop_n = 0;
	bool ok;

	for (size_t i = 0; i < n; i++) {
		char word[2 * POSTFIX_TEXT];
		bool skip = list[i].place != place;
		const char *text = skip ? NULL : value(&list[i], &skip);

		if (skip)
			continue;
		if (text == NULL) {
			drop[drop_n++] = mem_dup_text(list[i].name);
			continue;
		}
		snprintf(word, sizeof(word), "%s=%s", list[i].name, text);
		set[set_n++] = mem_dup_text(word);
	}
	ok = run_words(dir, flags_of[place].set, set, set_n, err) &&
	     run_words(dir, flags_of[place].drop, drop, drop_n, err);
	while (set_n > 0)
		free(set[--set_n]);
	while (drop_n > 0)
		free(drop[--drop_n]);
	return ok;
}

bool
setting_is_right(const struct setting *s)
{
	return s->set && strcmp(s->have, s->want) == 0;
}
