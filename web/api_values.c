/*
 * The values of the list: added, removed, checked, shown.
 */
#include "web/handlers.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "policy/check.h"
#include "web/api_rows.h"
#include "web/repeat.h"
#include "web/wish.h"

/* All or none. */
static void
commit(const struct request *r, const struct wish *w, const struct change *like,
    struct answer *a)
{
	struct change *changes = mem_new(w->n, sizeof(*changes));
	struct change_result *results = mem_new(w->n, sizeof(*results));
	struct error err;

	for (size_t i = 0; i < w->n; i++) {
		changes[i] = *like;
		changes[i].value = w->values[i];
	}
	if (!store_change(r->web->store, changes, w->n, results, &err)) {
		answer_error(a, "api", &err);
	} else {
		json_begin(&a->body);
		json_array_begin(&a->body, "results");
		for (size_t i = 0; i < w->n; i++) {
			const struct value *v = &w->values[i];

			json_object_begin(&a->body, NULL);
			json_text(&a->body, "value", span_of(v->text));
			json_text(&a->body, "kind",
			    span_of(names_text(kind_names, (int)v->kind)));
			json_bool(&a->body, "changed",
			    results[i].changed || results[i].again);
			json_bool(&a->body, "kept", results[i].kept);
			json_object_end(&a->body);
		}
		json_array_end(&a->body);
		json_end(&a->body);
	}
	free(results);
	free(changes);
}

void
handle_values_add(const struct request *r, struct answer *a)
{
	struct change c = { .op = CHANGE_ADD };
	struct wish w;

	if (wish_read(r, "values source stream why expires", &w, a)) {
		repeat_mark(r, &c.evidence);
		c.source = w.source != 0 ? w.source : SOURCE_API;
		c.expires = w.expires;
		(void)span_copy(span_of(w.stream[0] != '\0' ? w.stream : "*"),
		    c.stream, sizeof(c.stream));
		memcpy(c.why, w.why, sizeof(c.why));
		(void)span_copy(span_of(r->actor), c.by, sizeof(c.by));
		if (w.expires != 0 && w.expires <= r->now)
			answer_problem(a, 422, "expires: is in the past");
		else
			commit(r, &w, &c, a);
	}
	wish_done(&w);
}

void
handle_values_remove(const struct request *r, struct answer *a)
{
	struct change c = { .op = CHANGE_REMOVE };
	struct wish w;

	if (wish_read(r, "values source stream why force", &w, a)) {
		repeat_mark(r, &c.evidence);
		c.source = w.source;
		c.force = w.force;
		memcpy(c.stream, w.stream, sizeof(c.stream));
		memcpy(c.why, w.why, sizeof(c.why));
		(void)span_copy(span_of(r->actor), c.by, sizeof(c.by));
		if (wish_may_force(r, &w, a))
			commit(r, &w, &c, a);
	}
	wish_done(&w);
}

static bool
blocked_row(const struct reason_row *row, void *arg)
{
	struct buf *out = arg;

	json_text(out, "blocked_by", span_of(row->value.text));
	json_object_begin(out, "reason");
	api_reason(row, out);
	json_object_end(out);
	return true;
}

void
handle_values_check(const struct request *r, struct answer *a)
{
	struct error err = { 0 };
	struct check check;
	bool ok, blocked;
	struct wish w;

	ok = wish_read(r, "values stream", &w, a);
	check_init(r->web->conf, w.stream, &check);
	if (ok) {
		json_begin(&a->body);
		json_array_begin(&a->body, "results");
	}
	for (size_t i = 0; ok && i < w.n; i++) {
		json_object_begin(&a->body, NULL);
		json_text(&a->body, "value", span_of(w.values[i].text));
		ok = check_value(&check, r->web->store, &w.values[i], r->now,
		    blocked_row, &a->body, &blocked, &err);
		json_bool(&a->body, "may_be_contacted", !blocked);
		json_object_end(&a->body);
	}
	if (ok) {
		json_array_end(&a->body);
		json_end(&a->body);
	} else if (err.code != ERROR_NONE) {
		answer_error(a, "api", &err);
	}
	wish_done(&w);
}

static bool
reason_row(const struct reason_row *row, void *arg)
{
	struct buf *out = arg;

	json_object_begin(out, NULL);
	api_reason(row, out);
	json_object_end(out);
	return true;
}

static bool
event_row(const struct event *ev, void *arg)
{
	struct buf *out = arg;

	json_object_begin(out, NULL);
	api_event(ev, out);
	json_object_end(out);
	return true;
}

void
handle_value(const struct request *r, struct answer *a)
{
	const struct filter all = { .limit = LIMIT_WEB_ROWS };
	struct error err = { 0 };
	struct value v;
	size_t n;

	if (!wanted_value(r, &v, a))
		return;
	json_begin(&a->body);
	json_text(&a->body, "value", span_of(v.text));
	json_text(&a->body, "kind",
	    span_of(names_text(kind_names, (int)v.kind)));
	json_array_begin(&a->body, "reasons");
	if (!query_value(r->web->store, &v, r->now, reason_row, &a->body, &n,
		&err)) {
		answer_error(a, "api", &err);
		return;
	}
	json_array_end(&a->body);
	json_array_begin(&a->body, "history");
	if (!query_history(r->web->store, &v, &all, event_row, &a->body,
		&err)) {
		answer_error(a, "api", &err);
		return;
	}
	json_array_end(&a->body);
	json_end(&a->body);
}
