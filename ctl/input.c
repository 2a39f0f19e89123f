#include "ctl/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "ctl/progress.h"

#define BLOCK_BYTES 65536

/* No value is so long; a longer line is no list. */
#define LINE_BYTES_MAX 4096

struct input_reader {
	const struct ctl *ctl;
	size_t operand; /* the next one */
	int fd;         /* -1: there is no file */
	char block[BLOCK_BYTES];
	struct span rest; /* what was read and not looked at yet */
	bool ended;       /* there is nothing behind rest */
	uint64_t read;    /* bytes */
	size_t number;    /* of the line */
	size_t bad;
};

static const char *
file_name(const struct ctl *ctl)
{
	bool standard = span_is(span_of(ctl->opt.file), "-");

	return standard ? "standard input" : ctl->opt.file;
}

struct input_reader *
input_open(const struct ctl *ctl, struct error *err)
{
	struct input_reader *r;
	struct stat st;
	int fd = -1;

	if (ctl->opt.file == NULL && ctl->operands_n == 0) {
		error_set(err, ERROR_INVALID,
		    "no values: name them, or a file with -f");
		return NULL;
	}
	if (ctl->opt.file != NULL) {
		fd = strcmp(ctl->opt.file, "-") == 0
			 ? dup(STDIN_FILENO)
			 : open(ctl->opt.file, O_RDONLY | O_CLOEXEC);
		if (fd < 0) {
			error_errno(err, "%.180s", ctl->opt.file);
			err->code = ERROR_INVALID;
			return NULL;
		}
		if (fstat(fd, &st) == 0)
			progress_expect((uint64_t)st.st_size);
	}
	r = mem_new(1, sizeof(*r));
	r->ctl = ctl;
	r->fd = fd;
	r->ended = fd < 0;
	return r;
}

size_t
input_bad(const struct input_reader *r)
{
	return r->bad;
}

void
input_close(struct input_reader *r)
{
	if (r == NULL)
		return;
	if (r->fd >= 0)
		close(r->fd);
	free(r);
}

/* A byte order mark is no part of the first value. Two bytes of it tell
 * what some programs call "Unicode": better one word than a page of them. */
static bool
skip_mark(struct input_reader *r, struct error *err)
{
	if (span_starts_nocase(r->rest, "\xEF\xBB\xBF")) {
		r->rest.p += 3;
		r->rest.len -= 3;
	} else if (span_starts_nocase(r->rest, "\xFF\xFE") ||
		   span_starts_nocase(r->rest, "\xFE\xFF")) {
		error_set(err, ERROR_INVALID,
		    "%.150s is UTF-16 text: save it as UTF-8",
		    file_name(r->ctl));
		return false;
	}
	return true;
}

/* Reads until there is a whole line, or as much as a line may have. */
static bool
refill(struct input_reader *r, struct error *err)
{
	bool first = r->read == 0;

	if (r->rest.len > 0)
		memmove(r->block, r->rest.p, r->rest.len);
	r->rest.p = r->block;
	while (!r->ended && r->rest.len < LINE_BYTES_MAX + 2) {
		ssize_t got = read(r->fd, r->block + r->rest.len,
		    sizeof(r->block) - r->rest.len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			error_errno(err, "%.180s", file_name(r->ctl));
			err->code = ERROR_INVALID;
			return false;
		}
		r->ended = got == 0;
		r->rest.len += (size_t)got;
		r->read += (uint64_t)got;
	}
	progress_at(r->read);
	return !first || skip_mark(r, err);
}

/* The next line, cut if it is too long; false at the end. */
static bool
next_line(struct input_reader *r, struct span *line, bool *whole,
    struct error *err)
{
	*whole = true;
	if (!r->ended &&
	    (r->rest.len == 0 ||
		memchr(r->rest.p, '\n', r->rest.len) == NULL) &&
	    !refill(r, err))
		return false;
	if (r->rest.len > LINE_BYTES_MAX &&
	    memchr(r->rest.p, '\n', LINE_BYTES_MAX) == NULL) {
		*line = (struct span){ r->rest.p, LINE_BYTES_MAX };
		r->rest.p += LINE_BYTES_MAX;
		r->rest.len -= LINE_BYTES_MAX;
		*whole = false;
		return true;
	}
	return span_line(&r->rest, line);
}

static void
name_bad(struct input_reader *r, const char *what)
{
	r->bad++;
	log_error("%s: %s:%zu: %s", r->ctl->command, file_name(r->ctl),
	    r->number, what);
}

/* Passes over the rest of a line that is too long. */
static bool
skip_long(struct input_reader *r, bool comment, struct error *err)
{
	struct span line;
	bool whole = false;

	if (!comment)
		name_bad(r, "no value: the line is too long");
	while (!whole && next_line(r, &line, &whole, err))
		;
	return err->code == ERROR_NONE;
}

static bool
next_operand(struct input_reader *r, struct value *out)
{
	while (r->operand < r->ctl->operands_n) {
		const char *text = r->ctl->operands[r->operand++];
		struct error bad;

		if (value_parse(span_of(text), out, &bad))
			return true;
		r->bad++;
		log_error("%s: '%.100s': %s", r->ctl->command, text, bad.text);
	}
	return false;
}

bool
input_next(struct input_reader *r, struct value *out, struct error *err)
{
	struct error bad;
	struct span line;
	bool whole;

	err->code = ERROR_NONE;
	if (next_operand(r, out))
		return true;
	while (next_line(r, &line, &whole, err)) {
		r->number++;
		line = span_trim(line);
		if (!whole &&
		    !skip_long(r, line.len > 0 && line.p[0] == '#', err))
			return false;
		if (!whole || line.len == 0 || line.p[0] == '#')
			continue;
		if (value_parse(line, out, &bad))
			return true;
		name_bad(r, bad.text);
	}
	return false;
}

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

bool
input_read(const struct ctl *ctl, struct input *in, struct error *err)
{
	struct input_reader *r = input_open(ctl, err);
	struct value v;
	size_t room = 0;
	bool ok = true;

	*in = (struct input){ 0 };
	if (r == NULL)
		return false;
	while (ok && input_next(r, &v, err))
		ok = add(in, &room, &v, err);
	in->bad = r->bad;
	input_close(r);
	if (ok && err->code == ERROR_NONE)
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
