/* freeform_lines - the recipients of one row. See freeform.h. */
#include "message/freeform.h"

#include <string.h>

#include "base/limits.h"
#include "message/notice.h"
#include "message/recipients.h"
#include "message/returned.h"
#include "message/template.h"
#include "message/typed.h"

/* While the lines of a notice are read. */
struct reader {
	const struct freeform_row *row;
	struct report *out;
	struct report_recipient *current; /* gets the lines as its reason */
	enum dsn_action action;
	bool known;   /* the addresses are known: only their reasons */
	bool stopped; /* no more addresses */
};

/* Adds a line to the reason, blanks as one, unless it is a mere rule. */
static void
add_reason(struct report_recipient *r, struct span line)
{
	size_t used = strlen(r->diagnostic), letters = 0, step;
	const size_t room = sizeof(r->diagnostic) - 4;

	for (size_t i = 0; i < line.len; i++)
		letters += strchr("-=*_#<>~. \t\r", line.p[i]) == NULL;
	for (; letters != 0 && line.len > 0 && used < room;
	     line.p += step, line.len -= step) {
		step = notice_white(line);
		if (step == 0) {
			r->diagnostic[used++] = line.p[0];
			step = 1;
		} else if (used != 0 && r->diagnostic[used - 1] != ' ') {
			r->diagnostic[used++] = ' ';
		}
	}
	/* The next line begins behind a blank. */
	if (letters != 0 && used != 0 && r->diagnostic[used - 1] != ' ')
		r->diagnostic[used++] = ' ';
	r->diagnostic[used] = '\0';
}

static void
add_reasons(struct report_recipient *r, struct span lines)
{
	struct span line;

	while (span_line(&lines, &line))
		add_reason(r, line);
}

/*
 * The recipient of an address: a new one, or one that waits for its reason.
 * NULL: it is no address, or one that we have had.
 */
static struct report_recipient *
claim(struct reader *rd, struct span address)
{
	struct report *out = rd->out;
	struct report_recipient *r;
	struct claim_address a;

	typed_address(address, &a);
	if (!a.valid)
		return NULL;
	for (size_t i = 0; i < out->recipients_n; i++) {
		r = &out->recipients[i];
		if (strcmp(r->final.addr.text, a.addr.text) == 0)
			return r->diagnostic[0] == '\0' ? r : NULL;
	}
	r = rd->known ? NULL : recipients_add(out);
	if (r == NULL)
		return NULL;
	typed_address(address, &r->final);
	r->action = rd->action;
	return r;
}

/* A line with an address; false if it has none in the row's form. */
static bool
address_line(struct reader *rd, struct span line)
{
	const struct freeform_row *row = rd->row;
	struct template_found found;
	size_t i = 0;

	while (i < FREEFORM_LINES && row->lines[i] != NULL &&
	       !template_match(row->lines[i], line, &found))
		i++;
	if (i == FREEFORM_LINES || row->lines[i] == NULL)
		return false;
	if (found.address.len == 0 && found.origin.len == 0) {
		rd->current = NULL;
		return true;
	}
	if (found.address.len == 0) {
		/* What it was forwarded from; the target may be secret. */
		if (rd->current != NULL)
			typed_address(found.origin, &rd->current->original);
		else
			rd->current = claim(rd, found.origin);
		return true;
	}
	rd->current = claim(rd, found.address);
	if (rd->current == NULL)
		return true;
	if (found.origin.len != 0)
		typed_address(found.origin, &rd->current->original);
	add_reason(rd->current,
	    row->flags & ROW_WHOLE_LINE ? line : found.rest);
	return true;
}

static void
one_line(struct reader *rd, struct span line)
{
	const char *stop = rd->row->stop;

	if (line.len > LIMIT_NOTICE_LINE_BYTES)
		line.len = LIMIT_NOTICE_LINE_BYTES;
	if (stop != NULL && rd->out->recipients_n != 0 &&
	    span_starts_nocase(span_trim(line), stop))
		rd->stopped = true;
	if (!rd->stopped && address_line(rd, line))
		return;
	if (rd->current != NULL)
		add_reason(rd->current, line);
}

/* Without the blank at its end, and without half a character. */
static void
end_reason(struct report_recipient *r)
{
	char text[sizeof(r->diagnostic)];

	memcpy(text, r->diagnostic, sizeof(text));
	(void)span_copy(span_trim(span_of(text)), r->diagnostic,
	    sizeof(r->diagnostic) - 4);
}

/* Reads the codes; a reason that stands for several is given to each. */
static void
finish_reasons(struct report *out, struct span otherwise)
{
	const char *next = NULL;

	for (size_t i = out->recipients_n; i-- > 0;) {
		struct report_recipient *r = &out->recipients[i];

		if (r->diagnostic[0] == '\0' && next != NULL)
			(void)span_copy(span_of(next), r->diagnostic,
			    sizeof(r->diagnostic));
		if (r->diagnostic[0] == '\0')
			add_reasons(r, otherwise);
		end_reason(r);
		next = r->diagnostic;
		status_find(span_of(r->diagnostic), &r->diagnostic_status,
		    &r->reply_code);
	}
}

/* The reason is the text between the phrase and the first address. */
static void
reason_first(struct report *out, struct span before)
{
	for (size_t i = 0; i < out->recipients_n; i++) {
		out->recipients[i].diagnostic[0] = '\0';
		add_reasons(&out->recipients[i], before);
	}
}

/* Reads the notice from a place in its text on, as the row says. */
bool
freeform_lines(const struct freeform_row *row, const struct notice *n,
    size_t from, enum dsn_action action, struct report *out)
{
	struct reader rd = { .row = row, .out = out, .action = action };
	struct span rest = n->body, line, first = { NULL, 0 };
	size_t had = out->recipients_n;

	rd.known = row->flags & ROW_HEADER;
	if (row->flags & (ROW_ABOVE | ROW_HEADER))
		from = 0;
	/* From the beginning of the line. */
	while (from > 0 && n->text.p[from - 1] != '\n')
		from--;
	rest.p += from;
	rest.len = from < rest.len ? rest.len - from : 0;
	while (span_line(&rest, &line)) {
		one_line(&rd, line);
		if (first.p == NULL && out->recipients_n > had)
			first = line;
	}
	if (out->recipients_n == 0)
		return false;
	if (row->flags & ROW_REASON_FIRST && first.p != NULL)
		reason_first(out, (struct span){ n->text.p + from,
				      (size_t)(first.p - n->text.p) - from });
	finish_reasons(out, n->body);
	out->format = row->name;
	return true;
}

/* The notice names nobody but returns the message. */
bool
freeform_to(const struct freeform_row *row, const struct notice *n,
    enum dsn_action action, struct report *out)
{
	struct reader rd = { .row = row, .out = out, .action = action };
	struct returned back = { 0 };

	returned_message(n->returned, false, &back);
	if (back.to_n == 1)
		(void)claim(&rd, span_of(back.to.text));
	returned_done(&back);
	if (out->recipients_n == 0)
		return false;
	finish_reasons(out, n->body);
	out->format = row->name;
	return true;
}

/* Addresses from the header, reasons from the text (Exim, Google). */
bool
freeform_header(const struct freeform_row *row, const struct notice *n,
    struct span failed, enum dsn_action action, struct report *out)
{
	struct reader rd = { .row = row, .out = out, .action = action };
	struct span address;

	while (span_cut(&failed, ',', &address))
		(void)claim(&rd, span_trim(address));
	return out->recipients_n != 0 && freeform_lines(row, n, 0, action, out);
}
