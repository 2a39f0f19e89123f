#include "ctl/bars.h"

#include <langinfo.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/log.h"

#define USUAL_WIDTH 80
#define LABEL_WIDTH_MAX 40
#define NUMBER_WIDTH 12
#define LEAST_BAR 10

static int
width_of(FILE *out)
{
	struct winsize size;

	if (!isatty(fileno(out)) ||
	    ioctl(fileno(out), TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return USUAL_WIDTH;
	return size.ws_col;
}

static int
label_width(const struct bar *rows, size_t n)
{
	int most = 0;

	for (size_t i = 0; i < n; i++)
		if ((int)strlen(rows[i].label) > most)
			most = (int)strlen(rows[i].label);
	return most < LABEL_WIDTH_MAX ? most : LABEL_WIDTH_MAX;
}

void
bars_print(FILE *out, const char *title, const struct bar *rows, size_t n)
{
	const char *piece =
	    strcmp(nl_langinfo(CODESET), "UTF-8") == 0 ? "\xE2\x96\x88" : "#";
	int label = label_width(rows, n);
	int room = width_of(out) - label - NUMBER_WIDTH - 6;
	uint64_t most = 1;

	if (n == 0)
		return;
	if (room < LEAST_BAR)
		room = LEAST_BAR;
	for (size_t i = 0; i < n; i++)
		if (rows[i].number > most)
			most = rows[i].number;
	fprintf(out, "\n%s\n", title);
	for (size_t i = 0; i < n; i++) {
		int len = (int)((double)rows[i].number / (double)most * room);
		struct buf safe;

		/* What there is is seen, however little. */
		if (len == 0 && rows[i].number > 0)
			len = 1;
		buf_init(&safe, 4096);
		log_escape(span_of(rows[i].label), &safe);
		fprintf(out, "  %-*.*s %*llu%s", label, LABEL_WIDTH_MAX,
		    buf_text(&safe), NUMBER_WIDTH,
		    (unsigned long long)rows[i].number, len > 0 ? " " : "");
		buf_done(&safe);
		for (int j = 0; j < len; j++)
			fputs(piece, out);
		fputs("\n", out);
	}
}
