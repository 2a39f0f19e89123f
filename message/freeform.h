/*
 * freeform - bounces that are not RFC 3464, or not in the right place: the
 * words of MTAs and providers, by rows in tables.
 *
 * A mail is one of these only if its header says that a mail system speaks
 * (one sign of notice.h at least), the notice holds a phrase of the row, and
 * a line behind that phrase has the row's form with an address in it. Nothing
 * is looked for in the returned message.
 */
#ifndef MESSAGE_FREEFORM_H
#define MESSAGE_FREEFORM_H

#include <stdbool.h>

#include "message/mime.h"
#include "message/report.h"

#define FREEFORM_PHRASES 6
#define FREEFORM_LINES 10

enum freeform_flag {
	ROW_DELAYED = 1,      /* a warning, whatever it says */
	ROW_ABOVE = 2,        /* addresses stand before the phrase, too */
	ROW_REASON_FIRST = 4, /* the reason stands before the address */
	ROW_WHOLE_LINE = 8,   /* the line of the address holds the reason */
	ROW_HEADER = 16,      /* addresses from X-Failed-Recipients */
	ROW_SUBJECT = 64,     /* common words: the subject has to fit, too */
	ROW_TO = 32,          /* the address is the To of what is returned */
};

/*
 * A format: one row. The phrases are lower case, with single blanks; one of
 * them has to stand in the notice. The lines are templates (template.h); the
 * first that fits counts. One without an address in it is a recipient that is
 * not named.
 */
struct freeform_row {
	const char *name;   /* the product or provider, a word for explain */
	const char *sender; /* in From, lower case; NULL: any */
	const char *phrases[FREEFORM_PHRASES];
	const char *lines[FREEFORM_LINES];
	const char *stop; /* a line that begins so ends the addresses */
	unsigned flags;
};

/* The tables, in the order in which they are asked; they end with a NULL
 * name. */
extern const struct freeform_row freeform_mtas[];
extern const struct freeform_row freeform_providers[];

/*
 * Reads such a bounce. True if it is one: recipients, type, format and the
 * returned message are set.
 */
bool freeform_read(struct mime *m, struct report *out);

/*
 * Exim and OpenSMTPD write RFC 3464 fields that only say "failed", Status
 * 5.0.0 and no Diagnostic-Code, and the reason into the text for people. Adds
 * it to the recipients of out that have none, by their addresses; nobody new
 * is claimed.
 */
void freeform_reasons(struct mime *m, struct report *out);

/* What the work on one notice knows from the header. */
struct notice;
struct freeform_head {
	unsigned signs;     /* notice.h */
	struct span failed; /* X-Failed-Recipients */
	struct span to;     /* To: whoever sent the message */
};

/* freeform_text.c: finds the row. True: recipients and format are set. */
bool freeform_notice(const struct notice *n, const struct freeform_head *head,
    struct report *out);

/*
 * freeform_lines.c: the recipients as a row says; true if there are some. By
 * the lines from a place in the text on; by X-Failed-Recipients, with their
 * reasons from the lines; by the To of the returned message.
 */
bool freeform_lines(const struct freeform_row *row, const struct notice *n,
    size_t from, enum dsn_action action, struct report *out);
bool freeform_header(const struct freeform_row *row, const struct notice *n,
    struct span failed, enum dsn_action action, struct report *out);
bool freeform_to(const struct freeform_row *row, const struct notice *n,
    enum dsn_action action, struct report *out);

#endif
