/*
 * input - the values that a command is given: operands, or a file with one
 * value a line. Empty lines and lines that begin with "#" are passed over.
 */
#ifndef CTL_INPUT_H
#define CTL_INPUT_H

#include "ctl/command.h"

/* More than this in one go would not be all or nothing in memory. */
#define INPUT_VALUES_MAX 200000

struct input {
	struct value *values; /* heap */
	size_t n;
	size_t bad; /* lines that were named on standard error */
};

/*
 * Reads the values of ctl's operands and -f. Every bad one is named on
 * standard error with file and line, and counted. False: the file can't be
 * read, there are none at all, or too many.
 */
bool input_read(const struct ctl *ctl, struct input *in,
    struct error *err) MUST_CHECK;
void input_done(struct input *in);

#endif
