#include "milter/flood.h"

#define MINUTE_S 60

/* A new minute begins with the first line behind the last one. Threads that
 * begin it at the same time may write some lines more. */
static void
turn(struct flood *f, int64_t now_s)
{
	long long began = atomic_load(&f->began);

	if (now_s - began >= MINUTE_S &&
	    atomic_compare_exchange_strong(&f->began, &began, now_s))
		atomic_store(&f->written, 0);
}

bool
flood_allows(struct flood *f, int64_t now_s)
{
	turn(f, now_s);
	if (atomic_fetch_add(&f->written, 1) < f->most)
		return true;
	atomic_fetch_add(&f->held, 1);
	return false;
}

unsigned long long
flood_held(struct flood *f, int64_t now_s)
{
	if (now_s - atomic_load(&f->began) < MINUTE_S)
		return 0;
	return atomic_exchange(&f->held, 0);
}
