#include "ctl/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/csv.h"
#include "base/log.h"
#include "base/mem.h"
#include "ctl/progress.h"

struct input_reader {
	const struct ctl *ctl;
	size_t operand; /* the next one */
	int fd;         /* -1: there is no file */
	struct csv_reader csv;
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
	if (fd >= 0)
		csv_open(&r->csv, fd); /* no separator: lines */
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
	if (r->fd >= 0) {
		csv_close(&r->csv);
		close(r->fd);
	}
	free(r);
}

static void
name_bad(struct input_reader *r, uint64_t line, const char *what)
{
	r->bad++;
	log_error("%s: %s:%llu: %s", r->ctl->command, file_name(r->ctl),
	    (unsigned long long)line, what);
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

/* The next line that says something. False: as input_next(). */
static bool
next_line(struct input_reader *r, struct span *line, uint64_t *number,
    struct error *err)
{
	enum csv_result result = CSV_END;
	struct error bad;

	while (r->fd >= 0 &&
	       (result = csv_next(&r->csv, line, number, &bad)) != CSV_END) {
		progress_at(r->csv.bytes);
		if (result == CSV_ERROR)
			break;
		if (result == CSV_BAD) {
			name_bad(r, *number, bad.text);
			continue;
		}
		*line = span_trim(*line);
		if (line->len > 0 && line->p[0] != '#')
			return true;
	}
	err->code = ERROR_NONE;
	if (result != CSV_ERROR)
		return false;
	error_set(err, ERROR_INVALID, "%.100s: %.140s", file_name(r->ctl),
	    bad.text);
	return false;
}

bool
input_next(struct input_reader *r, struct value *out, struct error *err)
{
	struct error bad;
	struct span line;
	uint64_t number;

	if (next_operand(r, out))
		return true;
	while (next_line(r, &line, &number, err)) {
		if (value_parse(line, out, &bad))
			return true;
		name_bad(r, number, bad.text);
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
