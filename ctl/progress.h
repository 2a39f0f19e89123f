/*
 * progress - on a terminal, a line that shows that long work goes on and how
 * far it is. Nothing is printed where standard error is no terminal, or in
 * the first second.
 */
#ifndef CTL_PROGRESS_H
#define CTL_PROGRESS_H

#include <stdint.h>

/*
 * "verify: events: 120000, 3 s". unit NULL: only the time. One at a time;
 * what is a text is borrowed until progress_end().
 */
void progress_begin(const char *command, const char *unit);
void progress_add(uint64_t n);

/* Takes the line away. Does nothing when there was none. */
void progress_end(void);

#endif
