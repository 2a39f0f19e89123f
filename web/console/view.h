/*
 * view - what a page is about: texts, numbers and lists by the names that its
 * template has for them. A handler makes it, and knows no HTML.
 */
#ifndef WEB_CONSOLE_VIEW_H
#define WEB_CONSOLE_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/names.h"

struct view;

/* Names are borrowed for as long as the view lives; texts are copied. */
struct view *view_new(void);
void view_free(struct view *v); /* and all in it */

void view_text(struct view *v, const char *name, const char *text);
void view_int(struct view *v, const char *name, int64_t number);

/* How many, for people: "1,000,000". */
void view_count(struct view *v, const char *name, uint64_t n);

/* "2026-11-26 13:00" for people, UTC; and as name_iso RFC 3339. Nothing for
 * 0: never. */
void view_time(struct view *v, const char *name, const char *name_iso,
    int64_t at);

/* That something is so. */
void view_yes(struct view *v, const char *name, bool yes);

/* One more element of a list: the view of it, which v owns. */
struct view *view_add(struct view *v, const char *name);

/* The same with an element that was made by view_new(). */
void view_put(struct view *v, const char *name, struct view *element);

/* The words of a table as a list of {{name}}; the one of number is
 * {{chosen}}. */
void view_choices(struct view *v, const char *name, const struct name *table,
    int number);

/* For the template: the text of a name, of v or of what it is in; NULL: none.
 * The n-th element of v's own or outer list of that name; NULL: there is
 * none. */
const char *view_get(const struct view *v, struct span name);
const struct view *view_element(const struct view *v, struct span name,
    size_t n);

#endif
