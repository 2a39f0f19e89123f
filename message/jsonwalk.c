#include "message/jsonwalk.h"

#include <string.h>

#include "base/json.h"

#define DEPTH_MAX 16
#define PATH_BYTES 200

struct walk {
	struct span rest;
	char path[PATH_BYTES + 1];
	size_t ends[DEPTH_MAX]; /* of the path around each level */
	bool is_array[DEPTH_MAX];
	size_t depth;
	size_t too_deep; /* levels below the last that is kept */
	bool is_key;     /* a text that comes next is a key */
	bool bad;        /* the path did not fit: tell nothing */
};

static void
step(struct walk *w, size_t len)
{
	w->rest.p += len;
	w->rest.len -= len;
}

/* The text at the front, behind its opening quote, which is taken off. */
static struct span
take_text(struct walk *w)
{
	struct span text = w->rest;
	size_t i = 0;

	while (i < text.len && text.p[i] != '"')
		i += text.p[i] == '\\' ? 2 : 1;
	if (i > text.len)
		i = text.len;
	step(w, i < text.len ? i + 1 : i);
	return (struct span){ text.p, i };
}

static void
add_path(struct walk *w, struct span s, bool dot)
{
	size_t used = strlen(w->path);

	w->bad = used + s.len + dot > PATH_BYTES;
	if (w->bad)
		return;
	if (dot)
		w->path[used++] = '.';
	memcpy(w->path + used, s.p, s.len);
	w->path[used + s.len] = '\0';
}

static void
set_key(struct walk *w, struct span key)
{
	size_t end = w->depth != 0 ? w->ends[w->depth - 1] : 0;

	w->path[end] = '\0';
	add_path(w, key, end != 0);
}

static void
open_level(struct walk *w, bool is_array)
{
	if (w->too_deep != 0 || w->depth == DEPTH_MAX) {
		w->too_deep++;
		return;
	}
	if (is_array)
		add_path(w, span_of("[]"), false);
	w->ends[w->depth] = strlen(w->path);
	w->is_array[w->depth++] = is_array;
}

static void
close_level(struct walk *w)
{
	if (w->too_deep != 0)
		w->too_deep--;
	else if (w->depth != 0)
		w->depth--;
}

static bool
in_array(const struct walk *w)
{
	return w->depth != 0 && w->is_array[w->depth - 1];
}

static void
text_token(struct walk *w, jsonwalk_fn *fn, void *arg)
{
	struct span raw = take_text(w);

	/* Cut off: half an address is another one. */
	if (w->too_deep != 0 || raw.p + raw.len == w->rest.p)
		return;
	if (w->is_key) {
		set_key(w, raw);
		w->is_key = false;
	} else if (!w->bad) {
		fn(arg, w->path, &raw);
	}
}

void
jsonwalk(struct span json, jsonwalk_fn *fn, void *arg)
{
	struct walk w = { .rest = json };

	while (w.rest.len > 0) {
		char c = w.rest.p[0];

		step(&w, 1);
		if (in_array(&w) && w.too_deep == 0)
			w.path[w.ends[w.depth - 1]] = '\0';
		if (c == '{' || c == '[') {
			if (c == '{' && w.too_deep == 0 && !w.bad)
				fn(arg, w.path, NULL);
			open_level(&w, c == '[');
		} else if (c == '}' || c == ']') {
			close_level(&w);
			if (w.depth == 0)
				return;
		} else if (c == '"') {
			text_token(&w, fn, arg);
		}
		if (c == '{' || c == ',')
			w.is_key = !in_array(&w);
		else if (c == '[')
			w.is_key = false;
	}
}

bool
jsonwalk_text(struct span raw, char *out, size_t size)
{
	const struct json_reader r = { .type = JSON_TEXT, .raw = raw };

	return json_get(&r, out, size);
}
