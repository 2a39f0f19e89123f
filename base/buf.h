/*
 * buf - a growing row of bytes with a maximum given when it is made.
 * Past the maximum nothing more is added and buf.full says so: a caller may
 * add many pieces and look once at the end.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/span.h"

struct buf {
	char *p;     /* len bytes and a NUL behind them, or NULL when empty */
	size_t len;  /* bytes */
	size_t room; /* bytes allocated */
	size_t max;  /* bytes */
	bool full;   /* something did not fit and was left out */
};

void buf_init(struct buf *b, size_t max_bytes);
void buf_done(struct buf *b);

/* Empties it and keeps the memory. */
void buf_reset(struct buf *b);

void buf_add(struct buf *b, const void *bytes, size_t len);
void buf_add_span(struct buf *b, struct span s);
void buf_add_text(struct buf *b, const char *text);
void buf_add_char(struct buf *b, char c);
void buf_addf(struct buf *b, const char *format, ...) PRINTF_LIKE(2, 3);

/* buf_grow() where there is no room yet. */
char *buf_grow_more(struct buf *b, size_t len);

/*
 * Room for len bytes behind what is in it: the caller writes up to so many
 * there and gives how many with buf_grown(). NULL: full. Each member of each
 * line of the journal goes through these two.
 */
static inline char *
buf_grow(struct buf *b, size_t len)
{
	if (b->full || len > b->max - b->len || b->room - b->len <= len)
		return buf_grow_more(b, len);
	return b->p + b->len;
}

static inline void
buf_grown(struct buf *b, size_t len)
{
	b->len += len;
	b->p[b->len] = '\0';
}

/* What is in it, until the next change. */
struct span buf_span(const struct buf *b);

/* As NUL-ended text, "" when empty, until the next change. */
const char *buf_text(const struct buf *b);

#endif
