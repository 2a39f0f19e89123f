#include "ctl/postfix.h"

#include <string.h>

#include "ctl/process.h"

/* Runs postconf [-c dir] flag words... and gives its output without the
 * last line end. */
static bool
postconf(const char *dir, const char *flags, const char *word, bool loud,
    char out[POSTFIX_TEXT], struct error *err)
{
	const char *argv[8] = { "postconf" };
	size_t n = 1;
	struct buf text;
	bool ok;

	if (dir != NULL) {
		argv[n++] = "-c";
		argv[n++] = dir;
	}
	argv[n++] = flags;
	argv[n++] = word;
	buf_init(&text, 64 * 1024);
	ok = process_read(argv, loud, &text, err);
	if (ok && !span_copy(span_trim(buf_span(&text)), out, POSTFIX_TEXT)) {
		error_set(err, ERROR_LIMIT,
		    "postconf %s %s: more than %d "
		    "bytes",
		    flags, word, POSTFIX_TEXT);
		ok = false;
	}
	buf_done(&text);
	return ok;
}

bool
postfix_expanded(const char *dir, const char *name, char out[POSTFIX_TEXT],
    struct error *err)
{
	return postconf(dir, "-hx", name, false, out, err);
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
		if (!postconf(dir, "-n", s->name, false, line, err))
			return false;
		s->set = line[0] != '\0';
		ok = postconf(dir, "-h", s->name, false, s->have, err);
		break;
	case PLACE_SERVICE:
		ok = postconf(dir, "-M", s->name, false, s->have, err);
		squeeze(s->have);
		s->set = s->have[0] != '\0';
		break;
	case PLACE_OPTION:
		ok = postconf(dir, "-P", s->name, false, s->have, err);
		cut_name(s->have);
		s->set = s->have[0] != '\0';
		break;
	}
	return ok;
}

bool
postfix_write(const char *dir, const struct setting *s, const char *value,
    struct error *err)
{
	static const struct {
		const char *set;
		const char *drop;
	} flags[] = {
		[PLACE_MAIN] = { "-e", "-X" },
		[PLACE_SERVICE] = { "-Me", "-MX" },
		[PLACE_OPTION] = { "-Pe", "-PX" },
	};
	char word[2 * POSTFIX_TEXT], ignored[POSTFIX_TEXT];

	if (value == NULL)
		return postconf(dir, flags[s->place].drop, s->name, true,
		    ignored, err);
	snprintf(word, sizeof(word), "%s=%s", s->name, value);
	return postconf(dir, flags[s->place].set, word, true, ignored, err);
}

bool
setting_is_right(const struct setting *s)
{
	return s->set && strcmp(s->have, s->want) == 0;
}
