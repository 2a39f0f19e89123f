/*
 * Imports: a list of somebody's, line by line, and taking it back.
 */
#include "web/handlers.h"

#include <string.h>

#include "base/json.h"
#include "web/api_rows.h"
#include "web/form.h"
#include "web/heavy.h"
#include "web/imports.h"
#include "web/wanted.h"
#include "web/wish.h"

/* The lines that were not added, as an array that has been begun. */
struct verdicts {
	struct buf *out;
	uint64_t n;
	uint64_t left_out;
};

static void
put_line(uint64_t line, struct span value, enum import_verdict verdict,
    const char *why, void *arg)
{
	struct verdicts *v = arg;

	if (verdict == IMPORT_ADDED)
		return;
	if (v->n == LIMIT_WEB_IMPORT_LINES) {
		v->left_out++;
		return;
	}
	v->n++;
	if (value.len > LIMIT_VALUE_TEXT)
		value.len = LIMIT_VALUE_TEXT;
	json_object_begin(v->out, NULL);
	json_int(v->out, "line", (int64_t)line);
	json_text(v->out, "value", value);
	json_text(v->out, "verdict",
	    span_of(names_text(import_verdict_names, (int)verdict)));
	json_text(v->out, "why", span_of(why));
	json_object_end(v->out);
}

static void
put_totals(const struct import *in, const struct import_totals *t,
    const struct verdicts *v, struct buf *out)
{
	json_array_end(out);
	json_int(out, "lines_left_out", (int64_t)v->left_out);
	json_text(out, "batch", span_of(in->defaults.batch));
	json_text(out, "format", span_of(t->format));
	json_int(out, "lines", (int64_t)t->lines);
	json_int(out, "added", (int64_t)t->added);
	json_int(out, "known", (int64_t)t->known);
	json_int(out, "skipped", (int64_t)t->skipped);
	json_int(out, "bad", (int64_t)t->bad);
	json_bool(out, "dry_run", in->rehearsal);
	json_end(out);
}

static void
run(const struct request *r, const struct wanted *w, struct answer *a)
{
	struct verdicts v = { .out = &a->body };
	struct import in = { .rehearsal = w->dry_run,
		.report = put_line,
		.arg = &v };
	struct import_totals totals;
	struct error err;

	in.defaults.source =
	    w->filter.source != 0 ? w->filter.source : SOURCE_API;
	in.defaults.expires = w->expires;
	memcpy(in.defaults.stream, w->filter.stream,
	    sizeof(in.defaults.stream));
	memcpy(in.defaults.why, w->why, sizeof(in.defaults.why));
	json_begin(&a->body);
	json_array_begin(&a->body, "verdicts");
	if (imports_take(r, r->body, &in, &totals, &err))
		put_totals(&in, &totals, &v, &a->body);
	else if (err.code == ERROR_INVALID)
		answer_problem(a, 422, err.text);
	else
		answer_error(a, "api", &err);
}

void
handle_import(const struct request *r, struct answer *a)
{
	struct wanted w;

	if (!wanted_read(r, "source stream why expires dry_run", &w, a))
		return;
	if (r->body.len == 0)
		answer_problem(a, 422, "The body is empty: send the list.");
	else if (w.expires != 0 && w.expires <= r->now)
		answer_problem(a, 422, "expires: is in the past");
	else if (heavy_begin(HEAVY_CHANGE, a)) {
		run(r, &w, a);
		heavy_end(HEAVY_CHANGE);
	}
}

static bool
put_batch(const struct imported_batch *b, void *arg)
{
	struct buf *out = arg;

	json_object_begin(out, NULL);
	json_text(out, "batch", span_of(b->name));
	api_time(out, "at", b->at);
	json_text(out, "by", span_of(b->by));
	json_int(out, "added", (int64_t)b->added);
	json_int(out, "lifted", (int64_t)b->lifted);
	json_object_end(out);
	return true;
}

void
handle_imports(const struct request *r, struct answer *a)
{
	struct wanted w;
	struct error err;
	bool ok, whole;

	if (!wanted_read(r, "", &w, a) || !heavy_begin(HEAVY_LOOK, a))
		return;
	ok = imports_look(r, &whole, &err);
	heavy_end(HEAVY_LOOK);
	if (!ok) {
		answer_error(a, "api", &err);
		return;
	}
	json_begin(&a->body);
	json_array_begin(&a->body, "imports");
	imported_list(r->web->imported, put_batch, &a->body);
	json_array_end(&a->body);
	json_bool(&a->body, "whole", whole);
	json_end(&a->body);
}

static void
take_back(const struct request *r, const struct undo *u, struct answer *a)
{
	struct imports_undone done;
	struct error err;

	if (!imports_take_back(r, u, &done, &err)) {
		answer_error(a, "api", &err);
		return;
	}
	json_begin(&a->body);
	json_text(&a->body, "batch", span_of(u->filter.batch));
	json_int(&a->body, "lifted", (int64_t)done.lifted);
	json_int(&a->body, "kept", (int64_t)done.kept);
	json_end(&a->body);
}

void
handle_import_undo(const struct request *r, struct answer *a)
{
	struct undo u = { .by = r->actor };
	struct wish w = { 0 };

	if (!form_decode(r->rest, false, u.filter.batch,
		sizeof(u.filter.batch))) {
		answer_problem(a, 422, "That is no batch of an import.");
		return;
	}
	if (wish_read(r, "why force", &w, a) && wish_may_force(r, &w, a)) {
		u.why = w.why;
		u.force = w.force;
		if (w.why[0] == '\0') {
			answer_problem(a, 422,
			    "why: is missing: say why these may get mail "
			    "again");
		} else if (heavy_begin(HEAVY_CHANGE, a)) {
			take_back(r, &u, a);
			heavy_end(HEAVY_CHANGE);
		}
	}
	wish_done(&w);
}
