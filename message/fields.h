/*
 * fields - blocks of "Name: value" lines: mail headers, the fields of a
 * delivery status (RFC 3464 2.1) and of a feedback report (RFC 5965 3).
 *
 * Lines end with LF; CRs before it are white space. A line that is no field is
 * passed over, with its continuations. A field longer than LIMIT_FIELD_BYTES or
 * with a NUL in it is passed over as well: half an address is another address.
 */
#ifndef MESSAGE_FIELDS_H
#define MESSAGE_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/span.h"

struct fields {
	struct span rest; /* lines not read yet */
	struct buf value; /* the value that fields_next() gave last */
};

/* block is borrowed until fields_done(). */
void fields_open(struct fields *f, struct span block);
void fields_done(struct fields *f);

/*
 * The next field: its name, and its value unfolded (a line break and the
 * white space behind it become one space) and trimmed. The value lives
 * until the next call. False at the end.
 */
bool fields_next(struct fields *f, struct span *name, struct span *value);

/*
 * The value of the n-th field called name (any case; n from 0), into out,
 * which is made here with its maximum: buf_done(). False if there is none.
 */
bool fields_find(struct span block, const char *name, size_t n,
    struct buf *out);

/*
 * Takes the next group of lines off the front of *text: what stands before
 * a blank line or the end. Blank lines in front are skipped. *ended says
 * that a blank line followed, so that nothing of the group is missing.
 * False when only blank lines are left.
 */
bool fields_group(struct span *text, struct span *group, bool *ended);

/*
 * A text that was cut off somewhere, without its last field, which may be
 * half of what it was.
 */
struct span fields_without_last(struct span text);

/* True if a line begins as a field does: a name and a colon. */
bool fields_line_is_field(struct span line);

/*
 * value without its RFC 822 comments: nested parentheses outside quotes.
 * If they don't pair up it is no comment, and everything stays. The result
 * points into scratch, which is reset.
 */
struct span fields_uncomment(struct span value, struct buf *scratch);

#endif
