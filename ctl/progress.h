/*
 * progress - on a terminal, a line that shows that long work goes on and how
 * far it is. Nothing is printed where standard error is no terminal, or in
 * the first second.
 */
#ifndef CTL_PROGRESS_H
#define CTL_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * "verify: events: 120000, 4000/s, 30 s". unit NULL: only the time. One at a
 * time; what is a text is borrowed until progress_end().
 */
void progress_begin(const char *command, const char *unit);
void progress_add(uint64_t n);

/* False: nothing will be printed, so that nothing needs to be found out. */
bool progress_shown(void);

/*
 * How long the whole way is and how far we are on it, in a unit of the
 * caller's: from then on the time that is left is shown, as far as it can be
 * told. 0: not known.
 */
void progress_expect(uint64_t total);
void progress_at(uint64_t done);

/* Both at once, for who is told so while it works. */
void progress_tell(uint64_t done, uint64_t total, void *unused);

/* Takes the line away. Does nothing when there was none. */
void progress_end(void);

#endif
