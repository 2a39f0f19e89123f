#include "ctl/input.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"

#define INPUT_BYTES_MAX (256L * 1024 * 1024)

static bool
add(struct input *in, size_t *room, const struct value *v, struct error *err)
{
	if (in->n >= INPUT_VALUES_MAX) {
		error_set(err, ERROR_LIMIT,
		    "more than %d values at once; split the file",
		    INPUT_VALUES_MAX);
		return false;
	}
	if (in->n == *room) {
		*room = *room * 2 + 16;
		in->values = mem_resize(in->values, *room, sizeof(*in->values));
	}
	in->values[in->n++] = *v;
	return true;
}

static const char *
file_name(const struct ctl *ctl)
{
	bool standard = span_is(span_of(ctl->opt.file), "-");

	return standard ? "standard input" : ctl->opt.file;
}

/* A byte order mark is no part of the first value. Two bytes of it tell
 * what some programs call "Unicode": better one word than a page of them. */
static bool
skip_mark(const struct ctl *ctl, struct span *text, struct error *err)
{
	if (span_starts_nocase(*text, "\xEF\xBB\xBF")) {
		text->p += 3;
		text->len -= 3;
	} else if (span_starts_nocase(*text, "\xFF\xFE") ||
		   span_starts_nocase(*text, "\xFE\xFF")) {
		error_set(err, ERROR_INVALID,
		    "%.150s is UTF-16 text: save it as UTF-8", file_name(ctl));
		return false;
	}
	return true;
}

static bool
read_lines(const struct ctl *ctl, struct span text, struct input *in,
    struct error *err)
{
	size_t room = in->n, number = 0;
	struct span line;

	if (!skip_mark(ctl, &text, err))
		return false;
	while (span_line(&text, &line)) {
		struct error bad;
		struct value v;

		number++;
		line = span_trim(line);
		if (line.len == 0 || line.p[0] == '#')
			continue;
		if (value_parse(line, &v, &bad)) {
			if (!add(in, &room, &v, err))
				return false;
			continue;
		}
		in->bad++;
		log_error("%s: %s:%zu: %s", ctl->command, file_name(ctl),
		    number, bad.text);
	}
	return true;
}

static bool
read_file(const struct ctl *ctl, struct input *in, struct error *err)
{
	struct buf text;
	bool ok;

	buf_init(&text, INPUT_BYTES_MAX);
	ok = ctl_read_file(ctl->opt.file, &text, err) &&
	     read_lines(ctl, buf_span(&text), in, err);
	buf_done(&text);
	return ok;
}

static bool
read_operands(const struct ctl *ctl, struct input *in, struct error *err)
{
	size_t room = 0;

	for (size_t i = 0; i < ctl->operands_n; i++) {
		struct error bad;
		struct value v;

		if (value_parse(span_of(ctl->operands[i]), &v, &bad)) {
			if (!add(in, &room, &v, err))
				return false;
			continue;
		}
		in->bad++;
		log_error("%s: '%.100s': %s", ctl->command, ctl->operands[i],
		    bad.text);
	}
	return true;
}

bool
input_read(const struct ctl *ctl, struct input *in, struct error *err)
{
	*in = (struct input){ 0 };
	if (ctl->opt.file == NULL && ctl->operands_n == 0) {
		error_set(err, ERROR_INVALID,
		    "no values: name them, or a file with -f");
		return false;
	}
	if (read_operands(ctl, in, err) &&
	    (ctl->opt.file == NULL || read_file(ctl, in, err)))
		return true;
	input_done(in);
	return false;
}

void
input_done(struct input *in)
{
	free(in->values);
	*in = (struct input){ 0 };
}
