#include "base/output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/csv.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"

/* Widths are settled over this many rows; later rows keep to them. */
#define SETTLE_ROWS 1000
#define COLUMN_GAP 2
#define LEAST_WIDTH 12
#define ROW_BYTES_MAX (1024 * 1024)

struct output {
	FILE *file;
	enum output_form form;
	const struct column *columns;
	size_t n;
	char **kept; /* text: rows that wait, n cells each */
	size_t kept_n;
	int *widths; /* 0: not shown */
	bool settled;
	bool began;      /* the CSV header is out */
	struct buf cell; /* CSV: the one that is being printed */
	int error;
};

struct output *
output_open(FILE *file, enum output_form form, const struct column *columns,
    size_t n)
{
	struct output *o = mem_new(1, sizeof(*o));

	o->file = file;
	o->form = form;
	o->columns = columns;
	o->n = n;
	o->widths = mem_new(n, sizeof(*o->widths));
	buf_init(&o->cell, ROW_BYTES_MAX);
	return o;
}

static void
put(struct output *o, const char *text)
{
	if (fputs_unlocked(text, o->file) == EOF && o->error == 0)
		o->error = errno;
}

/* Terminal columns of one character. */
static int
char_width(uint32_t c)
{
	int w = c < 0x80 ? 1 : wcwidth((wchar_t)c);

	return w < 0 ? 1 : w;
}

static int
text_width(const char *text)
{
	struct span s = span_of(text);
	int width = 0;

	while (s.len > 0) {
		uint32_t c;
		size_t n = utf8_next(s, &c);

		width += char_width(c);
		s.p += n;
		s.len -= n;
	}
	return width;
}

/* The cell as people read it. */
static void
add_cell(const struct column *col, const struct cell *cell, struct buf *text)
{
	char time[CLOCK_TEXT] = "";

	switch (col->type) {
	case COLUMN_TEXT:
		log_escape(span_of(cell->text), text);
		break;
	case COLUMN_INT:
		buf_addf(text, "%lld", (long long)cell->number);
		break;
	case COLUMN_TIME:
		if (cell->number != 0)
			clock_format(cell->number, time);
		buf_add_text(text, time);
		break;
	case COLUMN_BOOL:
		buf_add_text(text, cell->number != 0 ? "yes" : "no");
		break;
	}
}

/* The same, heap. */
static char *
cell_text(const struct column *col, const struct cell *cell)
{
	struct buf text;
	char *copy;

	buf_init(&text, ROW_BYTES_MAX);
	add_cell(col, cell, &text);
	copy = mem_dup(buf_text(&text), text.len);
	buf_done(&text);
	return copy;
}

/* 0: not a terminal, nothing is cut. */
static int
terminal_width(FILE *file)
{
	struct winsize size;

	if (!isatty(fileno(file)) ||
	    ioctl(fileno(file), TIOCGWINSZ, &size) != 0)
		return 0;
	return size.ws_col;
}

/* Takes from the widest column that may be cut until the row fits. */
static void
fit(struct output *o, int limit)
{
	for (;;) {
		int total = -COLUMN_GAP, widest = -1;

		for (size_t i = 0; i < o->n; i++) {
			if (o->widths[i] == 0)
				continue;
			total += o->widths[i] + COLUMN_GAP;
			if (o->columns[i].may_cut &&
			    o->widths[i] > LEAST_WIDTH &&
			    (widest < 0 || o->widths[i] > o->widths[widest]))
				widest = (int)i;
		}
		if (total <= limit || widest < 0)
			return;
		o->widths[widest]--;
	}
}

static void
pad(struct output *o, int columns)
{
	for (; columns > 0; columns--)
		put(o, " ");
}

/* Prints a cell in its width; the last one is not padded. */
static void
put_cell(struct output *o, const char *text, int width, bool may_cut, bool last)
{
	struct span s = span_of(text);
	int used = 0;

	if (!may_cut || text_width(text) <= width) {
		put(o, text);
		used = text_width(text);
		s.len = 0;
	}
	while (s.len > 0) {
		uint32_t c;
		size_t n = utf8_next(s, &c);

		if (used + char_width(c) > width - 1)
			break;
		if (fwrite(s.p, 1, n, o->file) != n && o->error == 0)
			o->error = errno;
		used += char_width(c);
		s.p += n;
		s.len -= n;
	}
	if (s.len > 0) {
		put(o, "\xE2\x80\xA6"); /* an ellipsis */
		used++;
	}
	if (!last)
		pad(o, (width > used ? width - used : 0) + COLUMN_GAP);
}

static void
put_row(struct output *o, char **cells)
{
	bool cut = terminal_width(o->file) > 0;
	size_t last = 0;

	for (size_t i = 0; i < o->n; i++)
		if (o->widths[i] > 0)
			last = i;
	for (size_t i = 0; i < o->n; i++)
		if (o->widths[i] > 0)
			put_cell(o,
			    cells != NULL ? cells[i] : o->columns[i].title,
			    o->widths[i], cut && o->columns[i].may_cut,
			    i == last);
	put(o, "\n");
}

static void
free_row(struct output *o, char **cells)
{
	for (size_t i = 0; i < o->n; i++)
		free(cells[i]);
}

static void
settle(struct output *o)
{
	int limit = terminal_width(o->file);

	o->settled = true;
	for (size_t i = 0; i < o->n; i++) {
		if (o->columns[i].title == NULL)
			continue;
		o->widths[i] = text_width(o->columns[i].title);
		for (size_t row = 0; row < o->kept_n; row++) {
			int w = text_width(o->kept[row * o->n + i]);

			if (w > o->widths[i])
				o->widths[i] = w;
		}
	}
	if (limit > 0)
		fit(o, limit);
	put_row(o, NULL);
	for (size_t row = 0; row < o->kept_n; row++) {
		put_row(o, o->kept + row * o->n);
		free_row(o, o->kept + row * o->n);
	}
	o->kept_n = 0;
}

static void
row_text(struct output *o, const struct cell *cells)
{
	char **row;

	if (o->kept == NULL)
		o->kept = mem_new(SETTLE_ROWS * o->n, sizeof(*o->kept));
	row = o->kept + (o->settled ? 0 : o->kept_n * o->n);
	for (size_t i = 0; i < o->n; i++)
		row[i] = cell_text(&o->columns[i], &cells[i]);
	if (o->settled) {
		put_row(o, row);
		free_row(o, row);
	} else if (++o->kept_n == SETTLE_ROWS) {
		settle(o);
	}
}

static void
row_json(struct output *o, const struct cell *cells)
{
	char time[CLOCK_TEXT];
	struct buf line;

	buf_init(&line, ROW_BYTES_MAX);
	json_begin(&line);
	json_int(&line, "v", 1);
	for (size_t i = 0; i < o->n; i++) {
		const char *name = o->columns[i].name;

		if (o->columns[i].type == COLUMN_TEXT) {
			json_text(&line, name, span_of(cells[i].text));
		} else if (o->columns[i].type == COLUMN_INT) {
			json_int(&line, name, cells[i].number);
		} else if (o->columns[i].type == COLUMN_BOOL) {
			json_bool(&line, name, cells[i].number != 0);
		} else if (cells[i].number == 0) {
			json_null(&line, name);
		} else {
			clock_format(cells[i].number, time);
			json_text(&line, name, span_of(time));
		}
	}
	json_end(&line);
	buf_add_char(&line, '\n');
	if (!line.full)
		put(o, buf_text(&line));
	else if (o->error == 0)
		o->error = EMSGSIZE;
	buf_done(&line);
}

/* RFC 4180: quotes where they are needed, doubled inside. */
static void
put_csv(struct output *o, const char *text, bool quote_formula)
{
	const char *mark =
	    quote_formula && csv_is_formula(span_of(text)) ? "'" : "";

	if (strpbrk(text, ",\"") == NULL) {
		put(o, mark);
		put(o, text);
		return;
	}
	put(o, "\"");
	put(o, mark);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			put(o, "\"");
		if (fputc(*text, o->file) == EOF && o->error == 0)
			o->error = errno;
	}
	put(o, "\"");
}

static void
csv_header(struct output *o)
{
	o->began = true;
	for (size_t i = 0; i < o->n; i++) {
		put(o, i > 0 ? "," : "");
		put(o, o->columns[i].name);
	}
	put(o, "\r\n");
}

static void
row_csv(struct output *o, const struct cell *cells)
{
	if (!o->began)
		csv_header(o);
	for (size_t i = 0; i < o->n; i++) {
		buf_reset(&o->cell);
		add_cell(&o->columns[i], &cells[i], &o->cell);
		put(o, i > 0 ? "," : "");
		put_csv(o, buf_text(&o->cell),
		    o->columns[i].type == COLUMN_TEXT);
	}
	put(o, "\r\n");
}

void
output_row(struct output *o, const struct cell *cells)
{
	if (o->form == OUTPUT_TEXT)
		row_text(o, cells);
	else if (o->form == OUTPUT_JSON)
		row_json(o, cells);
	else
		row_csv(o, cells);
}

bool
output_close(struct output *o)
{
	int error;

	if (o->form == OUTPUT_TEXT && o->kept_n > 0)
		settle(o);
	if (o->form == OUTPUT_CSV && !o->began)
		csv_header(o);
	if (fflush(o->file) != 0 && o->error == 0)
		o->error = errno;
	error = o->error;
	free(o->kept);
	free(o->widths);
	buf_done(&o->cell);
	free(o);
	errno = error;
	return error == 0;
}
