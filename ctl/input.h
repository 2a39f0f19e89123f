/*
 * input - the values that a command is given: operands, or a file with one
 * value a line. Empty lines and lines that begin with "#" are passed over.
 */
#ifndef CTL_INPUT_H
#define CTL_INPUT_H

#include "ctl/command.h"

/* One by one, in memory that does not grow with the file. */
struct input_reader;

/* ctl's operands and then its -f. NULL: the file can't be read, or there are
 * neither. */
struct input_reader *input_open(const struct ctl *ctl,
    struct error *err) MUST_CHECK;

/*
 * The next value. Every bad one before it is named on standard error with
 * file and line, and counted. False: the end, with err->code ERROR_NONE, or
 * the file can't be read on. Tells progress.h how far it is.
 */
bool input_next(struct input_reader *r, struct value *out,
    struct error *err) MUST_CHECK;

/* Bad ones so far. */
size_t input_bad(const struct input_reader *r);
void input_close(struct input_reader *r);

/* More than this in one go would not be all or nothing in memory. */
#define INPUT_VALUES_MAX 200000

struct input {
	struct value *values; /* heap */
	size_t n;
	size_t bad;
};

/* All of them. False: as input_open() and input_next(), or too many. */
bool input_read(const struct ctl *ctl, struct input *in,
    struct error *err) MUST_CHECK;
void input_done(struct input *in);

#endif
