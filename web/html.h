/*
 * html - text made harmless for HTML: the one place where it is escaped. Pure.
 */
#ifndef WEB_HTML_H
#define WEB_HTML_H

#include "base/buf.h"

/*
 * Appends text as it may stand between tags and within a quoted attribute.
 * Control bytes that no document may have become U+FFFD; so does what is not
 * UTF-8.
 */
void html_escape(struct span text, struct buf *out);

/* Appends text as one segment of a path, or a value in a query, of an address
 * (RFC 3986 2.3): there is nothing left to escape. */
void html_escape_url(struct span text, struct buf *out);

#endif
