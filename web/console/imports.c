/*
 * Imports: a file of somebody's list, tried or taken, with what became of its
 * lines; and taking a batch back.
 */
#include "web/console/handlers.h"

#include <inttypes.h>

#include "base/log.h"
#include "web/console/page.h"
#include "web/form.h"
#include "web/heavy.h"
#include "web/imports.h"

/* Lines that were not added that are shown. */
#define SHOWN 200

struct importing {
	struct view *view;
	size_t shown;
};

static void
add_line(uint64_t line, struct span value, enum import_verdict verdict,
    const char *why, void *arg)
{
	struct importing *i = arg;
	char text[LIMIT_VALUE_TEXT];
	struct view *row;

	if (verdict == IMPORT_ADDED)
		return;
	if (i->shown == SHOWN) {
		view_yes(i->view, "more_lines", true);
		return;
	}
	i->shown++;
	(void)span_copy(value, text, sizeof(text));
	row = view_add(i->view, "lines");
	view_int(row, "number", (int64_t)line);
	view_text(row, "came", text);
	view_text(row, "verdict",
	    names_text(import_verdict_names, (int)verdict));
	view_yes(row, "bad", verdict == IMPORT_REFUSED);
	view_text(row, "reason", why);
}

/* Batches that are shown. */
#define BATCHES 100

struct batches {
	struct view *view;
	size_t n;
};

static bool
add_batch(const struct imported_batch *b, void *arg)
{
	struct batches *all = arg;
	struct view *row = view_new();

	view_text(row, "name", b->name);
	view_text(row, "by", b->by);
	view_time(row, "at", "at_iso", b->at);
	view_count(row, "n_added", b->added);
	view_count(row, "n_lifted", b->lifted);
	view_yes(row, "some_lifted", b->lifted > 0);
	view_yes(row, "all_lifted", b->lifted >= b->added);
	if (all->n < BATCHES)
		view_put(all->view, "batches", row);
	else
		view_free(row);
	all->n++;
	return all->n <= BATCHES;
}

/* What can't be told now is left out: the forms are of use without. */
static void
view_batches(const struct request *r, struct view *v)
{
	struct batches all = { .view = v };
	bool ok, whole = false;
	struct error err;

	ok = heavy_try(HEAVY_LOOK);
	if (ok) {
		ok = imports_look(r, &whole, &err);
		if (!ok)
			log_error("console: imports: %s", err.text);
		heavy_end(HEAVY_LOOK);
	}
	imported_list(r->web->imported, add_batch, &all);
	view_yes(v, "batches_there", all.n > 0);
	view_yes(v, "batches_more", all.n > BATCHES);
	view_yes(v, "batches_unread", !ok);
	view_yes(v, "batches_reading", ok && !whole);
}

static void
show(const struct request *r, struct view *v, struct answer *a)
{
	view_batches(r, v);
	view_choices(v, "sources", source_names, SOURCE_USER);
	page_view_streams(r, v, "");
	view_int(v, "most_mib", r->web->conf->web_import_max_mib);
	page_give("imports.html", v, a);
}

static void
refuse(const struct request *r, struct view *v, const char *problem,
    struct answer *a)
{
	a->status = 422;
	view_text(v, "problem", problem);
	show(r, v, a);
}

void
console_imports(const struct request *r, struct answer *a)
{
	struct view *v = page_new(r, "Imports", "Imports");
	char batch[LIMIT_BATCH_TEXT];

	page_parameter(r, "batch", batch, sizeof(batch));
	view_text(v, "undo_batch", batch);
	show(r, v, a);
}

static void
read_defaults(const struct request *r, struct import_defaults *d)
{
	char word[LIMIT_WORD_TEXT];
	int source = SOURCE_USER;

	page_field(r, "source", word, sizeof(word));
	(void)names_number(source_names, span_of(word), &source);
	d->source = (enum source)source;
	page_field(r, "stream", d->stream, sizeof(d->stream));
	page_field(r, "why", d->why, sizeof(d->why));
}

static void
view_totals(struct view *v, const struct import *in,
    const struct import_totals *t)
{
	view_yes(v, "done", true);
	view_yes(v, "tried", in->rehearsal);
	view_text(v, "batch", t->added > 0 ? in->defaults.batch : "");
	view_text(v, "format", t->format);
	view_count(v, "n_lines", t->lines);
	view_count(v, "n_added", t->added);
	view_count(v, "n_known", t->known);
	view_count(v, "n_skipped", t->skipped);
	view_count(v, "n_bad", t->bad);
}

static bool
import(const struct request *r, struct span list, struct importing *i,
    struct error *err)
{
	struct import in = { .rehearsal = page_has(r, "try"),
		.report = add_line,
		.arg = i };
	struct import_totals totals;

	if (list.len == 0) {
		error_set(err, ERROR_INVALID,
		    "Choose a file; it has to be text in UTF-8.");
		return false;
	}
	read_defaults(r, &in.defaults);
	if (!imports_take(r, list, &in, &totals, err))
		return false;
	view_totals(i->view, &in, &totals);
	view_yes(i->view, "lines_there", i->shown > 0);
	return true;
}

void
console_import(const struct request *r, struct answer *a)
{
	struct importing i = { .shown = 0 };
	struct span list = { "", 0 };
	struct error err;

	if (!heavy_begin(HEAVY_CHANGE, a))
		return;
	i.view = page_new(r, "Imports", "Imports");
	if (!form_part(r->type, r->body, "file", &list))
		list.len = 0;
	if (import(r, list, &i, &err)) {
		show(r, i.view, a);
	} else if (err.code == ERROR_INVALID) {
		refuse(r, i.view, err.text, a);
	} else {
		view_free(i.view);
		answer_error(a, "console", &err);
	}
	heavy_end(HEAVY_CHANGE);
}

static void
take_back(const struct request *r, const struct undo *u, struct answer *a)
{
	struct imports_undone done;
	struct error err;

	if (!imports_take_back(r, u, &done, &err)) {
		answer_error(a, "console", &err);
		return;
	}
	page_say(r, "%" PRIu64 " reason%s taken back.%s", done.lifted,
	    done.lifted == 1 ? "" : "s",
	    done.kept > 0 ? " What a person wished for (abuse, lead), or a "
			    "contact's block, stays."
			  : "");
	page_go(a, "/console/imports");
}

void
console_import_undo(const struct request *r, struct answer *a)
{
	char why[LIMIT_WHY_TEXT];
	struct undo u = { .by = r->actor, .why = why };
	struct view *v;

	page_field(r, "batch", u.filter.batch, sizeof(u.filter.batch));
	page_field(r, "why", why, sizeof(why));
	u.force = page_has(r, "force") && r->scope == ACCESS_ADMIN;
	if (u.filter.batch[0] != '\0' && why[0] != '\0') {
		if (heavy_begin(HEAVY_CHANGE, a)) {
			take_back(r, &u, a);
			heavy_end(HEAVY_CHANGE);
		}
		return;
	}
	v = page_new(r, "Imports", "Imports");
	view_text(v, "undo_batch", u.filter.batch);
	refuse(r, v,
	    u.filter.batch[0] == '\0' ? "Say which batch to take back."
				      : "Say why these may get mail again.",
	    a);
}
