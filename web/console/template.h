/*
 * template - HTML with places for what a view has. The tags are Mustache's
 * (mustache(5)), without any that could write text as it is: what comes from
 * mail or from people can't become markup.
 *
 *	{{name}}                the text, escaped for HTML
 *	{{%name}}               the text, escaped for a part of an address
 *	{{#name}}...{{/name}}   for each element of the list, or if the text is
 *				not empty
 *	{{^name}}...{{/name}}   if neither
 *	{{>file}}               another file, in the same view
 *
 * A name that the view does not have is an empty text. Attributes are
 * quoted, and an address begins in the template:
 *tests/unit/test_console_template.c looks.
 */
#ifndef WEB_CONSOLE_TEMPLATE_H
#define WEB_CONSOLE_TEMPLATE_H

#include "base/buf.h"
#include "web/console/view.h"

/* file: of web/console/files.h, and it is there. */
void template_render(const char *file, const struct view *v, struct buf *out);

/* The same of a text. */
void template_expand(struct span text, const struct view *v, struct buf *out);

#endif
