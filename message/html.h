/*
 * html - the text of a HTML part, line by line, for those bounces that have
 * no other. No parser: tags go, blocks begin a line, the usual entities are
 * decoded. Linear in the input.
 */
#ifndef MESSAGE_HTML_H
#define MESSAGE_HTML_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/span.h"

/*
 * Adds the text of html (UTF-8) to out. whole: it was not cut off; otherwise
 * its last line may lack its end.
 */
void html_add_text(struct span html, bool whole, struct buf *out);

#endif
