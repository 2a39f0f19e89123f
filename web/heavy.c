#include "web/heavy.h"

#include <stdatomic.h>

static atomic_flag busy = ATOMIC_FLAG_INIT;

bool
heavy_begin(struct answer *a)
{
	if (!atomic_flag_test_and_set(&busy))
		return true;
	answer_problem(a, 503,
	    "An import, an undo, a review or the statistics of somebody else "
	    "are being made: try again in some seconds.");
	a->retry_after_s = ANSWER_RETRY_S;
	return false;
}

void
heavy_end(void)
{
	atomic_flag_clear(&busy);
}
