#include "web/console/page.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "web/console/gate.h"
#include "web/console/template.h"
#include "web/form.h"

/* A path of ours with its query. */
#define PATH_TEXT 2048

/* The parts of the console, as the navigation shows them. */
static const struct {
	const char *path, *name;
	enum access_scope scope;
} parts[] = {
	{ "/dashboard", "Dashboard", ACCESS_READ },
	{ "/values", "List", ACCESS_READ },
	{ "/add", "Add", ACCESS_WRITE },
	{ "/contacts", "Contacts", ACCESS_READ },
	{ "/review", "Review", ACCESS_READ },
	{ "/imports", "Imports", ACCESS_WRITE },
};

/* Where a form may lead back to. */
static void
page_here(const struct request *r, struct view *v)
{
	struct buf here;

	buf_init(&here, LIMIT_WEB_HEADER_BYTES);
	buf_add_span(&here, r->path);
	if (r->query.len > 0) {
		buf_add_char(&here, '?');
		buf_add_span(&here, r->query);
	}
	view_text(v, "here", buf_text(&here));
	buf_done(&here);
}

struct view *
page_new(const struct request *r, const char *title, const char *at)
{
	struct view *v = view_new();
	char text[SESSION_WORDS_TEXT];

	view_text(v, "title", title);
	view_yes(v, "signed_in", r->actor[0] != '\0');
	view_text(v, "actor", r->actor);
	view_yes(v, "can_write", r->scope >= ACCESS_WRITE);
	view_yes(v, "can_admin", r->scope >= ACCESS_ADMIN);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		struct view *part;

		if (r->scope < parts[i].scope)
			continue;
		part = view_add(v, "parts");
		view_text(part, "path", parts[i].path);
		view_text(part, "name", parts[i].name);
		view_yes(part, "current",
		    at != NULL && strcmp(at, parts[i].name) == 0);
	}
	page_here(r, v);
	session_mark(r->web->sessions, r->session, text);
	view_text(v, "mark", text);
	if (session_said(r->web->sessions, r->session, text))
		view_text(v, "said", text);
	return v;
}

void
page_view_streams(const struct request *r, struct view *v, const char *chosen)
{
	const struct conf *conf = r->web->conf;

	for (size_t i = 0; i < conf->streams_n; i++) {
		struct view *row = view_add(v, "streams");

		view_text(row, "name", conf->streams[i].name);
		view_yes(row, "chosen",
		    strcmp(chosen, conf->streams[i].name) == 0);
	}
}

void
page_give(const char *file, struct view *v, struct answer *a)
{
	a->type = "text/html; charset=utf-8";
	a->scripts = true;
	template_render(file, v, &a->body);
	view_free(v);
}

void
page_go(struct answer *a, const char *path)
{
	a->status = 303;
	a->type = "text/plain";
	buf_reset(&a->location);
	buf_add_text(&a->location, path);
}

/* No space, quote or backslash, and nothing above ASCII. */
bool
page_is_ours(const char *path)
{
	const char *c = path;

	while (isalnum((unsigned char)*c) ||
	       (*c != '\0' && strchr("/?&=%-._~+:@", *c) != NULL))
		c++;
	return *c == '\0' && gate_is_console(span_of(path));
}

/* What the field "back" says, if it may. */
static void
read_back(const struct request *r, const char *path, char back[PATH_TEXT])
{
	page_field(r, "back", back, PATH_TEXT);
	if (!page_is_ours(back))
		(void)span_copy(span_of(path), back, PATH_TEXT);
}

void
page_go_back(const struct request *r, struct answer *a, const char *path)
{
	char back[PATH_TEXT];

	read_back(r, path, back);
	page_go(a, back);
}

void
page_view_back(const struct request *r, const char *path, struct view *v)
{
	char back[PATH_TEXT];

	read_back(r, path, back);
	view_text(v, "back", back);
	view_text(v, "back_path", back + sizeof("/console") - 1);
}

void
page_say(const struct request *r, const char *format, ...)
{
	char words[SESSION_WORDS_TEXT];
	va_list values;

	va_start(values, format);
	vsnprintf(words, sizeof(words), format, values);
	va_end(values);
	session_say(r->web->sessions, r->session, words);
}

static void
trim(char *text)
{
	struct span s = span_trim(span_of(text));

	memmove(text, s.p, s.len);
	text[s.len] = '\0';
}

void
page_parameter(const struct request *r, const char *name, char *out,
    size_t size)
{
	struct span rest = r->query;

	if (page_next(name, &rest, out, size))
		trim(out);
	else
		out[0] = '\0';
}

void
page_field(const struct request *r, const char *name, char *out, size_t size)
{
	if (form_get(r->type, r->body, name, out, size))
		trim(out);
	else
		out[0] = '\0';
}

bool
page_has(const struct request *r, const char *name)
{
	char text[LIMIT_VALUE_TEXT];

	page_field(r, name, text, sizeof(text));
	return text[0] != '\0';
}

bool
page_next(const char *name, struct span *rest, char *out, size_t size)
{
	char found[LIMIT_WORD_TEXT];
	bool whole;

	while (form_pair(rest, found, out, size, &whole))
		if (whole && strcmp(found, name) == 0)
			return true;
	return false;
}
