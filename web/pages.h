/*
 * pages - what people see: templates and words from the directory of
 * web.templates, read once. Immutable after that, so thread safe.
 *
 *	LANGUAGE.words   "key = text" a line, "#" before a comment; en.words
 *	                 has to be there
 *	ask.html ask-all.html done.html undone.html message.html
 *	style.css
 *
 * "{{key}}" in a template stands for the text of the language, or for what
 * the page is about: {{address}}, {{stream}}, {{language}}, and in
 * message.html {{text}}; a text may use those, too. All that is put in is
 * escaped for HTML.
 */
#ifndef WEB_PAGES_H
#define WEB_PAGES_H

#include "base/attr.h"
#include "base/buf.h"
#include "base/error.h"

enum page { PAGE_ASK, PAGE_ASK_ALL, PAGE_DONE, PAGE_UNDONE, PAGE_MESSAGE };

struct pages;

/* NULL: ERROR_INVALID names the file, and the line or the key at fault;
 * ERROR_IO, ERROR_LIMIT. The caller: pages_free(). */
struct pages *pages_load(const char *dir, struct error *err) MUST_CHECK;
void pages_free(struct pages *p);

/* What a page is about. */
struct page_about {
	const char *accept; /* Accept-Language */
	const char *address;
	const char *stream;
	const char *text; /* PAGE_MESSAGE: a key of the words */
};

void pages_render(const struct pages *p, enum page page,
    const struct page_about *about, struct buf *out);

/* style.css, borrowed. */
struct span pages_style(const struct pages *p);

#endif
