/*
 * html - the text of a HTML part, line by line, for those bounces that have
 * no other. No parser: tags go, blocks begin a line, the usual entities are
 * decoded. Linear in the input.
 */
#ifndef MESSAGE_HTML_H
#define MESSAGE_HTML_H

#include "base/buf.h"
#include "base/span.h"

/* Adds the text of html (UTF-8) to out. */
void html_add_text(struct span html, struct buf *out);

#endif
