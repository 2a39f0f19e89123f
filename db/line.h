/*
 * line - what all lines of a journal have in common: a flat JSON object
 * whose last member is the CRC-32C of all bytes before it:
 *
 *	{"v":1,...,"crc":"e3069283"}
 */
#ifndef DB_LINE_H
#define DB_LINE_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/span.h"

/* Ends the line that began in out at from: the CRC, "}" and LF. */
void line_seal(struct buf *out, size_t from);

/* Takes that end off the last line in out, which has it. */
void line_unseal(struct buf *out);

/* ERROR_CORRUPT if a line (without LF) does not end with its CRC. */
bool line_check(struct span line, struct error *err) MUST_CHECK;

/* Gives a line that had its CRC, and was changed, the right one. */
void line_renew(char *line, size_t len);

/* A number in so many digits, without a NUL. */
void line_hex(char *out, uint64_t number, size_t digits);

#endif
