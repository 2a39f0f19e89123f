/*
 * mbox_line - the lines that make an mbox. Pure.
 */
#ifndef CTL_MBOX_LINE_H
#define CTL_MBOX_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

/*
 * True if text begins with a line that mails in an mbox begin with, and a
 * header, an empty line or the end is behind it. At most MBOX_LINE_LOOK bytes
 * are looked at: the caller has so many or all that there is.
 */
#define MBOX_LINE_LOOK 2048
bool mbox_line_begins(struct span text);

/* The bytes of the header with the empty line behind it, or 0: no end. */
size_t mbox_line_header(struct span mail);

/* Its Content-Length; false if it has none. */
bool mbox_line_length(struct span header, uint64_t *length);

/* Takes one ">" off each line ">From ", ">>From " ... of a body, in place. */
void mbox_line_unquote(char *body, size_t *len);

#endif
