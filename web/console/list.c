/*
 * The list: search, filters, page by page.
 */
#include "web/console/handlers.h"

#include "base/clock.h"
#include "web/console/page.h"
#include "web/console/rows.h"
#include "web/wanted.h"

struct listing {
	struct view *view;
	const struct filter *filter;
	char place[QUERY_PLACE_TEXT]; /* of the row before */
	size_t n;
};

static bool
add_row(const struct reason_row *row, void *arg)
{
	struct listing *l = arg;

	query_place(l->filter, row, l->place);
	l->n++;
	rows_reason(view_add(l->view, "rows"), row);
	return true;
}

static void
view_date(struct view *v, const char *name, int64_t at)
{
	char text[CLOCK_TEXT];

	clock_format(at, text);
	text[10] = '\0';
	view_text(v, name, at != 0 ? text : "");
}

/* What is asked for, as the form of the filters has it. */
static void
view_filter(struct view *v, const struct filter *f)
{
	view_text(v, "search", f->search);
	view_text(v, "in_stream", f->stream);
	view_text(v, "in_by", f->by);
	view_date(v, "from", f->since);
	view_date(v, "before", f->until);
	view_choices(v, "kinds", kind_names, (int)f->kind);
	view_choices(v, "sources", source_names, (int)f->source);
	view_text(v, "in_kind",
	    f->kind != 0 ? names_text(kind_names, (int)f->kind) : "");
	view_text(v, "in_source",
	    f->source != 0 ? names_text(source_names, (int)f->source) : "");
	view_yes(v, "details",
	    f->stream[0] != '\0' || f->by[0] != '\0' || f->since != 0 ||
		f->until != 0 || f->kind != 0 || f->source != 0);
	view_yes(v, "filtered",
	    view_get(v, span_of("details"))[0] != '\0' || f->search[0] != '\0');
	view_yes(v, "continued", f->after[0] != '\0');
}

void
console_list(const struct request *r, struct answer *a)
{
	struct wanted w;
	struct listing l = { .filter = &w.filter };
	struct error err;
	bool more;

	if (!wanted_read(r,
		"kind source stream by since until search after:place", &w, a))
		return;
	w.filter.limit = PAGE_ROWS;
	l.view = page_new(r, "List", "List");
	if (!query_page(r->web->store, &w.filter, r->now, add_row, &l, &more,
		&err)) {
		view_free(l.view);
		answer_error(a, "console", &err);
		return;
	}
	view_filter(l.view, &w.filter);
	page_view_streams(r, l.view, w.filter.stream);
	if (more)
		view_text(l.view, "next", l.place);
	view_yes(l.view, "rows_there", l.n > 0);
	view_yes(l.view, "several", true);
	page_give("list.html", l.view, a);
}
