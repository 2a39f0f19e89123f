/*
 * page - what all pages of the console share: their frame, their forms, and
 * where the browser goes next.
 */
#ifndef WEB_CONSOLE_PAGE_H
#define WEB_CONSOLE_PAGE_H

#include "base/attr.h"
#include "web/console/session.h"
#include "web/console/view.h"
#include "web/request.h"

/* Rows of a page. */
#define PAGE_ROWS 50

/* A page's view, with what its frame wants; at: the part of the console that
 * it belongs to, as the navigation names it, or NULL. */
struct view *page_new(const struct request *r, const char *title,
    const char *at);

/* The configured streams as the list {{#streams}}, as view_choices(). */
void page_view_streams(const struct request *r, struct view *v,
    const char *chosen);

/* Writes it, and frees the view. */
void page_give(const char *file, struct view *v, struct answer *a);

/* The browser goes on with a path of ours, which is well encoded. */
void page_go(struct answer *a, const char *path);

/* The same, where the form says with the field "back": a page of ours, or
 * path if it is none. */
void page_go_back(const struct request *r, struct answer *a, const char *path);

/* The same for a page that comes before that: {{back}}, and {{back_path}},
 * which begins behind "/console". */
void page_view_back(const struct request *r, const char *path, struct view *v);

/* What the next page shall say. */
void page_say(const struct request *r, const char *format, ...)
    PRINTF_LIKE(2, 3);

/* May it stand in Location: is it well encoded, and of the console? */
bool page_is_ours(const char *path);

/* A parameter of the address without blanks round it; "" when it is not
 * there, or is broken. */
void page_parameter(const struct request *r, const char *name, char *out,
    size_t size);

/* The field of a form without blanks round it; "" when it is not there. */
void page_field(const struct request *r, const char *name, char *out,
    size_t size);
bool page_has(const struct request *r, const char *name);

/* Each value of a field, one after the other; rest begins as r->body. False:
 * there is no further one. */
bool page_next(const char *name, struct span *rest, char *out, size_t size);

#endif
