/*
 * Selected reasons are removed: first the page asks, then it is done. What a
 * person wished for (abuse, lead) stays, unless somebody who may do so says
 * why.
 */
#include "web/console/handlers.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "web/console/page.h"
#include "web/console/rows.h"

struct removal {
	struct change *changes; /* heap, n of them */
	size_t n;
	size_t wishes; /* of them */
	char why[LIMIT_WHY_TEXT];
	bool force;
};

static void
read_removal(const struct request *r, struct removal *m)
{
	char text[ROWS_PICK_TEXT];
	struct span rest = r->body;

	page_field(r, "why", m->why, sizeof(m->why));
	m->force = page_has(r, "force");
	while (m->n < LIMIT_WEB_ROWS &&
	       page_next("reason", &rest, text, sizeof(text))) {
		struct change c = { .op = CHANGE_REMOVE };

		if (!rows_picked(text, &c.source, c.stream, &c.value))
			continue;
		memcpy(c.why, m->why, sizeof(c.why));
		(void)span_copy(span_of(r->actor), c.by, sizeof(c.by));
		c.force = m->force && source_is_wish(c.source);
		m->wishes += source_is_wish(c.source);
		m->changes =
		    mem_resize(m->changes, m->n + 1, sizeof(*m->changes));
		m->changes[m->n++] = c;
	}
}

static void
ask(const struct request *r, const struct removal *m, const char *problem,
    struct answer *a)
{
	struct view *v = page_new(r, "Remove from the list", "List");
	char pick[ROWS_PICK_TEXT];

	page_view_back(r, "/console/values", v);
	for (size_t i = 0; i < m->n; i++) {
		const struct change *c = &m->changes[i];
		struct view *row = view_add(v, "rows");

		rows_pick(c->source, c->stream, c->value.text, pick);
		view_text(row, "pick", pick);
		view_text(row, "value", c->value.text);
		view_text(row, "source",
		    names_text(source_names, (int)c->source));
		view_text(row, "stream",
		    strcmp(c->stream, "*") != 0 ? c->stream : "");
		view_yes(row, "is_wish", source_is_wish(c->source));
	}
	view_int(v, "n", (int64_t)m->n);
	view_yes(v, "several", m->n != 1);
	view_yes(v, "wishes", m->wishes > 0);
	view_text(v, "why", m->why);
	view_yes(v, "force", m->force);
	view_text(v, "problem", problem);
	if (problem[0] != '\0')
		a->status = 422;
	page_give("remove.html", v, a);
}

static void
tell(const struct request *r, const struct removal *m,
    const struct change_result *results)
{
	uint32_t lifted = 0, kept = 0, contact = 0;

	for (size_t i = 0; i < m->n; i++) {
		lifted += results[i].lifted;
		kept += results[i].kept;
		contact += results[i].contact;
	}
	page_say(r, "%u reason%s removed.%s%s", lifted, lifted == 1 ? "" : "s",
	    kept > 0 ? " What a person wished for (abuse, lead) stays." : "",
	    contact > 0 ? " What a contact's block has put stays: unblock the "
			  "contact."
			: "");
}

static void
carry_out(const struct request *r, const struct removal *m, struct answer *a)
{
	struct change_result *results = mem_new(m->n, sizeof(*results));
	struct error err;

	if (store_change(r->web->store, m->changes, m->n, results, &err)) {
		tell(r, m, results);
		page_go_back(r, a, "/console/values");
	} else {
		answer_error(a, "console", &err);
	}
	free(results);
}

void
console_remove(const struct request *r, struct answer *a)
{
	struct removal m = { 0 };

	read_removal(r, &m);
	if (m.n == 0) {
		page_say(r, "Nothing was selected.");
		page_go_back(r, a, "/console/values");
	} else if (!page_has(r, "confirmed")) {
		ask(r, &m, "", a);
	} else if (m.force && r->scope < ACCESS_ADMIN) {
		answer_problem(a, 403,
		    "To remove what a person wished for, sign in with a token "
		    "of scope admin.");
	} else if (m.force && m.why[0] == '\0') {
		ask(r, &m, "Say why these people may get mail again.", a);
	} else {
		carry_out(r, &m, a);
	}
	free(m.changes);
}
