#include "web/pages.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/mem.h"
#include "web/html.h"
#include "web/language.h"

#define WORDS_SUFFIX ".words"

static const char *const files[] = {
	[PAGE_ASK] = "ask.html",
	[PAGE_ASK_ALL] = "ask-all.html",
	[PAGE_DONE] = "done.html",
	[PAGE_UNDONE] = "undone.html",
	[PAGE_MESSAGE] = "message.html",
};

/* The texts that handlers name: each language has them. */
static const char *const needed[] = { "unknown", "busy", "bad", "late" };

struct language {
	char *name;
	struct buf words; /* as they are in the file */
};

struct pages {
	struct buf pages[ARRAY_LEN(files)];
	struct buf style;
	struct language languages[LIMIT_WEB_LANGUAGES];
	const char *names[LIMIT_WEB_LANGUAGES];
	size_t languages_n;
};

/* Several pieces of one page share this. */
struct rendering {
	const struct language *language;
	const struct page_about *about;
	struct buf *out;
	const char *missing; /* the first key that nothing stands for */
	size_t missing_n;
};

/* The text of a key in "key = text" lines. */
static bool
word(const struct buf *words, struct span key, struct span *text)
{
	struct span rest = buf_span(words), line, name;

	while (span_line(&rest, &line)) {
		line = span_trim(line);
		if (line.len == 0 || line.p[0] == '#' ||
		    !span_cut(&line, '=', &name))
			continue;
		name = span_trim(name);
		if (name.len != key.len || memcmp(name.p, key.p, key.len) != 0)
			continue;
		*text = span_trim(line);
		return true;
	}
	return false;
}

/* What the page is about, by key. NULL: no such thing. */
static const char *
about(const struct rendering *r, struct span key)
{
	if (span_is(key, "address"))
		return r->about->address;
	if (span_is(key, "stream"))
		return r->about->stream;
	if (span_is(key, "language"))
		return r->language->name;
	return NULL;
}

/* Copies s; a key in it becomes its text. within: s is a word's text. */
static void
expand(struct rendering *r, struct span s, bool within)
{
	struct span text, key;
	const char *value;
	const char *at;

	while (s.len > 0) {
		at = memmem(s.p, s.len, "{{", 2);
		text = (struct span){ s.p,
			at != NULL ? (size_t)(at - s.p) : s.len };
		if (within)
			html_escape(text, r->out);
		else
			buf_add_span(r->out, text);
		if (at == NULL)
			return;
		s.len -= text.len + 2;
		s.p = at + 2;
		at = memmem(s.p, s.len, "}}", 2);
		key = (struct span){ s.p,
			at != NULL ? (size_t)(at - s.p) : s.len };
		s.p += key.len + (at != NULL ? 2 : 0);
		s.len -= key.len + (at != NULL ? 2 : 0);
		if (span_is(key, "text") && r->about->text != NULL && !within)
			key = span_of(r->about->text);
		value = about(r, key);
		if (value != NULL) {
			html_escape(span_of(value), r->out);
		} else if (!within && word(&r->language->words, key, &text)) {
			expand(r, text, true);
		} else if (r->missing == NULL) {
			r->missing = key.p;
			r->missing_n = key.len;
		}
	}
}

void
pages_render(const struct pages *p, enum page page,
    const struct page_about *what, struct buf *out)
{
	struct rendering r = { .about = what, .out = out };
	size_t i = language_choose(what->accept, p->names, p->languages_n);

	r.language = &p->languages[i];
	expand(&r, buf_span(&p->pages[page]), false);
}

struct span
pages_style(const struct pages *p)
{
	return buf_span(&p->style);
}

static bool
read_file(const char *dir, const char *name, struct buf *out, struct error *err)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	buf_init(out, LIMIT_WEB_TEMPLATE_BYTES);
	return file_read_path(path, out, err);
}

/* English first: it serves whom no other one does. */
static int
by_name(const struct dirent **a, const struct dirent **b)
{
	const char *first = "en" WORDS_SUFFIX;
	int order = (strcmp((*b)->d_name, first) == 0) -
		    (strcmp((*a)->d_name, first) == 0);

	return order != 0 ? order : strcmp((*a)->d_name, (*b)->d_name);
}

static int
is_words(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);
	size_t suffix = sizeof(WORDS_SUFFIX) - 1;

	return len > suffix &&
	       strcmp(entry->d_name + len - suffix, WORDS_SUFFIX) == 0;
}

static bool
read_language(struct pages *p, const char *dir, const char *file,
    struct error *err)
{
	struct language *l = &p->languages[p->languages_n];

	if (p->languages_n == LIMIT_WEB_LANGUAGES) {
		error_set(err, ERROR_LIMIT, "%.150s: more than %d languages",
		    dir, LIMIT_WEB_LANGUAGES);
		return false;
	}
	l->name = mem_dup(file, strlen(file) - (sizeof(WORDS_SUFFIX) - 1));
	p->names[p->languages_n++] = l->name;
	return read_file(dir, file, &l->words, err);
}

static bool
read_languages(struct pages *p, const char *dir, struct error *err)
{
	struct dirent **entries = NULL;
	int n = scandir(dir, &entries, is_words, by_name);
	bool ok = n > 0 && strcmp(entries[0]->d_name, "en" WORDS_SUFFIX) == 0;

	if (n < 0)
		error_errno(err, "web.templates: %.150s", dir);
	else if (!ok)
		error_set(err, ERROR_INVALID,
		    "web.templates: there is no en.words in %.150s", dir);
	for (int i = 0; i < n; i++) {
		ok = ok && read_language(p, dir, entries[i]->d_name, err);
		free(entries[i]);
	}
	free(entries);
	return ok;
}

/* Does each key of a page, in this language, stand for something? */
static bool
is_whole(const struct pages *p, const struct language *l, size_t page,
    const char *text, struct error *err)
{
	const struct page_about what = { "", "", "", text };
	struct rendering r = { .language = l, .about = &what };
	struct buf out;

	buf_init(&out, LIMIT_WEB_ANSWER_BYTES);
	r.out = &out;
	expand(&r, buf_span(&p->pages[page]), false);
	buf_done(&out);
	if (r.missing == NULL)
		return true;
	error_set(err, ERROR_INVALID,
	    "web.templates: %s.words has no \"%.*s\", which %s wants", l->name,
	    (int)(r.missing_n < 40 ? r.missing_n : 40), r.missing, files[page]);
	return false;
}

static bool
check(const struct pages *p, struct error *err)
{
	for (size_t l = 0; l < p->languages_n; l++) {
		for (size_t i = 0; i < ARRAY_LEN(files); i++)
			if (!is_whole(p, &p->languages[l], i, needed[0], err))
				return false;
		for (size_t i = 0; i < ARRAY_LEN(needed); i++)
			if (!is_whole(p, &p->languages[l], PAGE_MESSAGE,
				needed[i], err))
				return false;
	}
	return true;
}

struct pages *
pages_load(const char *dir, struct error *err)
{
	struct pages *p = mem_new(1, sizeof(*p));
	bool ok = read_languages(p, dir, err) &&
		  read_file(dir, "style.css", &p->style, err);

	for (size_t i = 0; ok && i < ARRAY_LEN(files); i++)
		ok = read_file(dir, files[i], &p->pages[i], err);
	if (ok && check(p, err))
		return p;
	pages_free(p);
	return NULL;
}

void
pages_free(struct pages *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->languages_n; i++) {
		free(p->languages[i].name);
		buf_done(&p->languages[i].words);
	}
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		buf_done(&p->pages[i]);
	buf_done(&p->style);
	free(p);
}
