/*
 * unit - what every unit test shares: its main. A test file gives its cases
 * in a Suite and ends with UNIT_MAIN(suite_function).
 */
#ifndef TESTS_UNIT_UNIT_H
#define TESTS_UNIT_UNIT_H

#include <check.h>
#include <stdlib.h>

#include "base/attr.h"
#include "base/mem.h"
#include "base/span.h"

/* Runs a suite; CK_NORMAL prints the line that tests/run counts. */
static inline int
unit_run(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	int failed;

	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#define UNIT_MAIN(suite_function)                                              \
	int main(void)                                                         \
	{                                                                      \
		return unit_run(suite_function());                             \
	}

#endif
