/*
 * fuzz - what a fuzzer shares with the program that replays its inputs.
 *
 * fuzz_NAME.c gives the two below. With replay.c it is a program that runs
 * inputs that are known, as part of "make check"; with libFuzzer it looks
 * for new ones: tests/fuzz/hunt.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* What has to hold whatever the input is. */
static inline void
need(bool holds)
{
	if (!holds)
		abort();
}

/* Runs one input: returns 0, or dies. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The directories of its inputs, below the source tree; NULL-ended. */
extern const char *const fuzz_inputs[];

#endif
