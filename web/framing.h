/*
 * framing - where a request ends. Two opinions on that let one be smuggled
 * past a proxy (RFC 9112 11.2): whatever is not plain is refused, and the
 * connection ends. Pure.
 */
#ifndef WEB_FRAMING_H
#define WEB_FRAMING_H

#include "web/request.h"

/* What says how long the body is. Zeroed: no header was seen. */
struct framing {
	unsigned lengths;
	unsigned encodings;
	bool chunked;
	unsigned long long length; /* bytes */
	bool bad;
};

/* Sees a header; value may be NULL. */
void framing_see(struct framing *f, const char *name, const char *value);

/* False: *a says what is wrong. */
bool framing_is_plain(const struct framing *f, struct answer *a);

/* A request's target behind "http://host" of the absolute form, which RFC
 * 9112 3.2.2 wants. */
struct span framing_without_host(struct span target);

#endif
