#include "web/console/template.h"

#include <assert.h>
#include <string.h>

#include "web/console/files.h"
#include "web/html.h"

static void
move(struct span *s, size_t n)
{
	s->p += n;
	s->len -= n;
}

/* Takes the text up to what off the front of *s, and skips it. False: it is
 * not there, and all of *s is taken. */
static bool
cut(struct span *s, const char *what, struct span *before)
{
	size_t len = strlen(what);
	const char *at = s->len > 0 ? memmem(s->p, s->len, what, len) : NULL;

	*before =
	    (struct span){ s->p, at != NULL ? (size_t)(at - s->p) : s->len };
	move(s, before->len + (at != NULL ? len : 0));
	return at != NULL;
}

/* What stands before {{/name}}, which is skipped. */
static struct span
section(struct span *s, struct span name)
{
	char end[64];
	struct span body;
	bool closed;

	assert(name.len + sizeof("{{/}}") <= sizeof(end));
	memcpy(end, "{{/", 3);
	memcpy(end + 3, name.p, name.len);
	memcpy(end + 3 + name.len, "}}", sizeof("}}"));
	closed = cut(s, end, &body);
	assert(closed);
	(void)closed;
	return body;
}

static void
repeat(struct span body, struct span name, const struct view *v,
    struct buf *out)
{
	const struct view *row = view_element(v, name, 0);
	const char *text = view_get(v, name);

	for (size_t i = 1; row != NULL; row = view_element(v, name, i++))
		template_expand(body, row, out);
	if (text != NULL && text[0] != '\0')
		template_expand(body, v, out);
}

static bool
is_there(struct span name, const struct view *v)
{
	const char *text = view_get(v, name);

	return (text != NULL && text[0] != '\0') ||
	       view_element(v, name, 0) != NULL;
}

/* *s begins behind the tag. */
static void
expand_tag(struct span tag, struct span *s, const struct view *v,
    struct buf *out)
{
	char kind = tag.len > 0 ? tag.p[0] : '\0';
	const char *text;
	char file[64];

	if (strchr("#^>%", kind) != NULL && kind != '\0')
		move(&tag, 1);
	switch (kind) {
	case '#':
		repeat(section(s, tag), tag, v, out);
		return;
	case '^':
		if (is_there(tag, v))
			(void)section(s, tag);
		else
			template_expand(section(s, tag), v, out);
		return;
	case '>':
		(void)span_copy(tag, file, sizeof(file));
		template_render(file, v, out);
		return;
	}
	text = view_get(v, tag);
	if (text != NULL && kind == '%')
		html_escape_url(span_of(text), out);
	else if (text != NULL)
		html_escape(span_of(text), out);
}

void
template_expand(struct span s, const struct view *v, struct buf *out)
{
	struct span text, tag;

	while (s.len > 0) {
		bool more = cut(&s, "{{", &text);

		buf_add_span(out, text);
		if (more && cut(&s, "}}", &tag))
			expand_tag(tag, &s, v, out);
	}
}

void
template_render(const char *name, const struct view *v, struct buf *out)
{
	const struct file *file = file_find(span_of(name));

	assert(file != NULL);
	template_expand(span_of(file->text), v, out);
}
