/*
 * The list: search, filters, page by page.
 */
#include "web/console/handlers.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "web/console/page.h"
#include "web/console/rows.h"
#include "web/heavy.h"
#include "web/html.h"
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

/* What it can be sorted by, as the form has it. */
static const struct {
	const char *word, *name;
} orders[] = {
	{ "value", "Value, A to Z" },
	{ "-value", "Value, Z to A" },
	{ "-since", "Since, newest first" },
	{ "since", "Since, oldest first" },
	{ "-seen", "Last seen, newest first" },
	{ "expires", "Ends soonest" },
	{ "-count", "Came most often" },
	{ "source", "Source, user to abuse" },
	{ "-source", "Source, abuse to user" },
	{ "stream", "Stream, A to Z" },
	{ "by", "By, A to Z" },
	{ "-by", "By, Z to A" },
};

/* The columns that can be sorted, and which way first: what is newest. */
static const struct {
	const char *name;
	enum sort sort;
	bool descending;
} columns[] = {
	{ "value_order", SORT_VALUE, false },
	{ "source_order", SORT_SOURCE, false },
	{ "since_order", SORT_SINCE, true },
	{ "by_order", SORT_BY, false },
};

/* An order as an address has it: "-since". */
static void
order_word(enum sort sort, bool descending, char out[LIMIT_WORD_TEXT])
{
	snprintf(out, LIMIT_WORD_TEXT, "%s%s", descending ? "-" : "",
	    names_text(sort_names, (int)sort));
}

/* Of each column how it is sorted, and what a click on it sorts by. */
static void
view_columns(struct view *v, const struct filter *f)
{
	char word[LIMIT_WORD_TEXT];

	for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
		struct view *column = view_add(v, columns[i].name);
		bool down = columns[i].descending;

		if (f->sort == columns[i].sort) {
			down = !f->descending;
			view_text(column, "aria",
			    f->descending ? "descending" : "ascending");
		}
		order_word(columns[i].sort, down, word);
		view_text(column, "order", word);
	}
}

static void
view_orders(struct view *v, const struct filter *f)
{
	char word[LIMIT_WORD_TEXT] = "";

	if (f->sort != 0)
		order_word(f->sort, f->descending, word);
	view_text(v, "in_sort", word);
	for (size_t i = 0; i < ARRAY_LEN(orders); i++) {
		struct view *row = view_add(v, "orders");

		view_text(row, "word", orders[i].word);
		view_text(row, "name", orders[i].name);
		view_yes(row, "chosen", strcmp(word, orders[i].word) == 0);
	}
	view_columns(v, f);
}

/* Search and filters as the query of an address, without order and place. */
static void
view_query(struct view *v)
{
	static const char *const fields[][2] = {
		{ "search", "search" },
		{ "kind", "in_kind" },
		{ "source", "in_source" },
		{ "stream", "in_stream" },
		{ "by", "in_by" },
		{ "since", "from" },
		{ "until", "before" },
	};
	struct buf query;

	buf_init(&query, LIMIT_WEB_HEADER_BYTES);
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		const char *text = view_get(v, span_of(fields[i][1]));

		if (text[0] == '\0')
			continue;
		buf_add_text(&query, fields[i][0]);
		buf_add_char(&query, '=');
		html_escape_url(span_of(text), &query);
		buf_add_char(&query, '&');
	}
	view_text(v, "query", buf_text(&query));
	buf_done(&query);
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
	bool more, ok;

	if (!wanted_read(r,
		"kind source stream by since until search sort after:place", &w,
		a) ||
	    !heavy_begin(heavy_list(&w.filter), a))
		return;
	w.filter.limit = PAGE_ROWS;
	l.view = page_new(r, "List", "List");
	ok = query_page(r->web->store, &w.filter, r->now, add_row, &l, &more,
	    &err);
	heavy_end(heavy_list(&w.filter));
	if (!ok) {
		view_free(l.view);
		answer_error(a, "console", &err);
		return;
	}
	view_filter(l.view, &w.filter);
	view_orders(l.view, &w.filter);
	view_query(l.view);
	page_view_streams(r, l.view, w.filter.stream);
	if (more)
		view_text(l.view, "next", l.place);
	view_yes(l.view, "rows_there", l.n > 0);
	view_yes(l.view, "several", true);
	page_give("list.html", l.view, a);
}
