/*
 * span - bytes that somebody else owns, with their length.
 * Not NUL-ended; a span is valid as long as what it points into.
 */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>

struct span {
	const char *p;
	size_t len;
};

/* The span of a NUL-ended text, without the NUL. */
struct span span_of(const char *text);

/* Exactly the same bytes. */
bool span_is(struct span s, const char *text);

/* The same but for the case of ASCII letters. */
bool span_is_nocase(struct span s, const char *text);
bool span_starts_nocase(struct span s, const char *text);

/* Without space, tab, CR and LF at both ends. */
struct span span_trim(struct span s);

/* Without "<" and ">" round it, if it has both. */
struct span span_unwrap(struct span s);

/*
 * Takes what stands before the first c off the front of *s into *head, and
 * skips the c. False when *s was empty: nothing is left. Without a c all of
 * *s is taken.
 */
bool span_cut(struct span *s, char c, struct span *head);

/* As span_cut() for lines: cuts at LF and drops a CR before it. */
bool span_line(struct span *s, struct span *line);

/* The first place of c, or s.len. */
size_t span_find(struct span s, char c);

/*
 * Copies into out, NUL-ended, and cuts what does not fit, never in the
 * middle of a UTF-8 character. True if all of it fitted.
 */
bool span_copy(struct span s, char *out, size_t size);

/* Letters, digits, "-" and "_", and at least one: what may be the name of a
 * file or of a key as it is. With its NUL it fits in size bytes. */
bool span_is_id(struct span s, size_t size);

/* The value of a hex digit of either case; -1: it is none. */
int span_hex_digit(char c);

/* A decimal number without sign; false if it isn't one or passes max. */
bool span_number(struct span s, unsigned long long max,
    unsigned long long *number);

#endif
