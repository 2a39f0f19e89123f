#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void
buf_init(struct buf *b, size_t max_bytes)
{
	*b = (struct buf){ .max = max_bytes };
}

void
buf_done(struct buf *b)
{
	free(b->p);
	buf_init(b, b->max);
}

void
buf_reset(struct buf *b)
{
	b->len = 0;
	b->full = false;
	if (b->p != NULL)
		b->p[0] = '\0';
}

char *
buf_grow_more(struct buf *b, size_t len)
{
	if (b->full || len > b->max - b->len) {
		b->full = true;
		return NULL;
	}
	if (b->room - b->len <= len) {
		b->room = (b->len + len + 1) * 2;
		b->p = mem_resize(b->p, b->room, 1);
	}
	return b->p + b->len;
}

void
buf_add(struct buf *b, const void *bytes, size_t len)
{
	char *at = buf_grow(b, len);

	if (at == NULL)
		return;
	if (len != 0)
		memcpy(at, bytes, len);
	buf_grown(b, len);
}

void
buf_add_span(struct buf *b, struct span s)
{
	buf_add(b, s.p, s.len);
}

void
buf_add_text(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

void
buf_add_char(struct buf *b, char c)
{
	if (b->full || b->len >= b->max || b->room - b->len < 2) {
		buf_add(b, &c, 1);
		return;
	}
	b->p[b->len++] = c;
	b->p[b->len] = '\0';
}

void
buf_addf(struct buf *b, const char *format, ...)
{
	char small[256];
	char *large;
	va_list ap;
	int len;

	va_start(ap, format);
	len = vsnprintf(small, sizeof(small), format, ap);
	va_end(ap);
	if (len < 0) {
		b->full = true;
		return;
	}
	if ((size_t)len < sizeof(small)) {
		buf_add(b, small, (size_t)len);
		return;
	}
	large = mem_new((size_t)len + 1, 1);
	va_start(ap, format);
	vsnprintf(large, (size_t)len + 1, format, ap);
	va_end(ap);
	buf_add(b, large, (size_t)len);
	free(large);
}

struct span
buf_span(const struct buf *b)
{
	return (struct span){ b->p != NULL ? b->p : "", b->len };
}

const char *
buf_text(const struct buf *b)
{
	return b->p != NULL ? b->p : "";
}
