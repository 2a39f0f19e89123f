/*
 * What is done to a contact: do not contact, or only some values, and back;
 * its name, its values; its end.
 */
#include "web/console/handlers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "web/console/lines.h"
#include "web/console/page.h"

/* What a change is of. */
enum target {
	WHOLE,    /* the contact, or its values of a kind */
	SELECTED, /* selected values */
	LINES,    /* values that were written, one a line */
};

static const struct deed {
	const char *name; /* the button's */
	enum people_verb verb;
	enum target target;
	enum kind kind;
} deeds[] = {
	{ "block", PEOPLE_BLOCK, WHOLE, 0 },
	{ "unblock", PEOPLE_UNBLOCK, WHOLE, 0 },
	{ "rename", PEOPLE_SET, WHOLE, 0 },
	{ "forget", PEOPLE_REMOVE, WHOLE, 0 },
	{ "block-selected", PEOPLE_BLOCK, SELECTED, 0 },
	{ "unblock-selected", PEOPLE_UNBLOCK, SELECTED, 0 },
	{ "unlink", PEOPLE_SET, SELECTED, 0 },
	{ "block-email", PEOPLE_BLOCK, WHOLE, KIND_EMAIL },
	{ "block-phone", PEOPLE_BLOCK, WHOLE, KIND_PHONE },
	{ "block-linkedin", PEOPLE_BLOCK, WHOLE, KIND_LINKEDIN },
	{ "link", PEOPLE_SET, LINES, 0 },
};

/* The fields of the form. */
struct fields {
	char name[LIMIT_CONTACT_NAME_TEXT];
	char stream[LIMIT_STREAM_TEXT];
	char why[LIMIT_WHY_TEXT];
	struct value *selected; /* heap */
	size_t selected_n;
};

static const struct deed *
find_deed(const struct request *r)
{
	char name[LIMIT_WORD_TEXT];

	page_field(r, "do", name, sizeof(name));
	for (size_t i = 0; i < ARRAY_LEN(deeds); i++)
		if (strcmp(deeds[i].name, name) == 0)
			return &deeds[i];
	return NULL;
}

static void
read_selected(const struct request *r, struct fields *f)
{
	char text[LIMIT_VALUE_TEXT];
	struct span rest = r->body;
	struct error ignored;

	f->selected = mem_new(LIMIT_CONTACT_VALUES, sizeof(*f->selected));
	while (f->selected_n < LIMIT_CONTACT_VALUES &&
	       page_next("value", &rest, text, sizeof(text)))
		f->selected_n += value_parse(span_of(text),
		    &f->selected[f->selected_n], &ignored);
}

/* What a block wants besides, or what lifts one. */
static bool
read_block(const struct request *r, struct fields *f, struct people_wish *w,
    struct error *err)
{
	char word[LIMIT_WORD_TEXT];
	int source = SOURCE_USER;

	if (w->verb == PEOPLE_BLOCK) {
		page_field(r, "source", word, sizeof(word));
		(void)names_number(source_names, span_of(word), &source);
		w->source = (enum source)source;
		page_field(r, "stream", f->stream, sizeof(f->stream));
		return true;
	}
	w->force = page_has(r, "force");
	if (w->force && r->scope < ACCESS_ADMIN)
		error_set(err, ERROR_REFUSED,
		    "To lift what a person wished for, sign in with a token "
		    "of scope admin.");
	else if (w->force && f->why[0] == '\0')
		error_set(err, ERROR_INVALID,
		    "Say why it is right to write to somebody who did not "
		    "want it.");
	else
		return true;
	return false;
}

/* w borrows f. */
static bool
read_wish(const struct request *r, const struct deed *deed, struct fields *f,
    struct people_wish *w, struct error *err)
{
	page_field(r, "why", f->why, sizeof(f->why));
	w->verb = deed->verb;
	w->kind = deed->kind;
	if (deed->target == WHOLE && w->verb == PEOPLE_SET) {
		page_field(r, "name", f->name, sizeof(f->name));
		if (f->name[0] == '\0') {
			error_set(err, ERROR_INVALID,
			    "The contact needs a name.");
			return false;
		}
	}
	if (deed->target == SELECTED) {
		read_selected(r, f);
		if (f->selected_n == 0) {
			error_set(err, ERROR_INVALID, "No value was selected.");
			return false;
		}
		w->values = f->selected;
		w->n = f->selected_n;
		w->drop = w->verb == PEOPLE_SET;
	}
	return read_block(r, f, w, err);
}

bool
contact_commit(const struct request *r, const struct people_wish *w,
    struct contact_done *done, struct error *err)
{
	struct change_result *results;
	struct change *changes = NULL;
	size_t n = 0;
	bool ok = people_changes(r->web->store, w, &changes, &n, err);

	*done = (struct contact_done){ .n = n };
	results = mem_new(n, sizeof(*results));
	ok = ok &&
	     (n == 0 || store_change(r->web->store, changes, n, results, err));
	for (size_t i = 0; ok && i < n; i++) {
		done->changed += results[i].changed;
		done->kept += results[i].kept;
		done->contact += results[i].contact;
	}
	free(results);
	free(changes);
	return ok;
}

static void
tell(const struct request *r, const struct contact_done *done)
{
	const char *what = "Nothing had to be changed.";

	if (done->changed > 0)
		what = "It is done.";
	else if (done->n == 0)
		what = "The contact has no such value.";
	page_say(r, "%s%s%s", what,
	    done->kept > 0 ? " What a person wished for (abuse, lead) stays."
			   : "",
	    done->contact > 0 ? " A value that was taken out stays blocked."
			      : "");
}

static bool
link_lines(const struct request *r, struct people_wish *w, struct error *err)
{
	struct contact_done done;
	struct lines lines;
	bool ok = lines_read(r, "values", &lines, err);

	w->verb = PEOPLE_SET;
	w->values = lines.values;
	w->n = lines.n;
	ok = ok && contact_commit(r, w, &done, err);
	if (ok)
		page_say(r, "%zu value%s linked.", lines.n,
		    lines.n == 1 ? "" : "s");
	lines_done(&lines);
	return ok;
}

static bool
carry_out(const struct request *r, const struct deed *deed,
    const struct contact *c, struct error *err)
{
	struct fields f = { .selected = NULL };
	struct people_wish w = { .id = c->id,
		.name = f.name,
		.stream = f.stream,
		.why = f.why,
		.by = r->actor };
	struct contact_done done;
	bool ok;

	if (deed->target == LINES)
		return link_lines(r, &w, err);
	ok = read_wish(r, deed, &f, &w, err) &&
	     contact_commit(r, &w, &done, err);
	if (ok)
		tell(r, &done);
	free(f.selected);
	return ok;
}

void
console_contact_change(const struct request *r, struct answer *a)
{
	const struct deed *deed = find_deed(r);
	char path[64 + LIMIT_CONTACT_TEXT];
	struct error err = { 0 };
	struct contact c;

	if (!contact_find(r, &c, a))
		return;
	if (deed == NULL) {
		answer_problem(a, 400, "The form does not say what to do.");
		return;
	}
	snprintf(path, sizeof(path), "/console/contacts/%s", c.id);
	if (carry_out(r, deed, &c, &err))
		page_go(a,
		    deed->verb == PEOPLE_REMOVE ? "/console/contacts" : path);
	else if (err.code == ERROR_INVALID || err.code == ERROR_LIMIT) {
		page_say(r, "Nothing was done: %s", err.text);
		page_go(a, path);
	} else
		answer_error(a, "console", &err);
}
