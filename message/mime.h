/*
 * mime - a mail as a flat list of its parts; the only file that sees GMime.
 *
 * GMime reads content types, transfer encodings and encoded words. The
 * cutting at boundary lines is ours, because its parser knows no limits:
 * 3 MB of empty parts took 556 MB of memory, and 3 MB within 1000 nested
 * multiparts took four seconds (3.2.13). Here one pass over the lines is
 * all, with at most LIMIT_MIME_DEPTH comparisons for a line.
 *
 * message/rfc822 and the like are leaves: a returned message may be a bounce
 * itself, and what it says is not what this mail says.
 *
 * Thread safe: a struct mime belongs to one thread at a time.
 */
#ifndef MESSAGE_MIME_H
#define MESSAGE_MIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/span.h"

#define MIME_NO_PARENT ((size_t)-1)

struct mime_part {
	size_t parent;        /* the multipart around it, or MIME_NO_PARENT */
	size_t depth;         /* multiparts around it */
	char type[128];       /* "message/rfc822", lower case */
	char report_type[64]; /* parameter of multipart/report, lower case */
	char charset[40];     /* parameter of a text, lower case */
	struct span header;   /* its header fields, raw */
	struct span body;     /* raw; empty for a multipart */
	bool ended;           /* a boundary line follows: all of it came */
};

struct mime {
	struct mime_part *parts; /* in the order of the mail; [0]: the mail */
	size_t parts_n;
	size_t parts_room; /* ours */
	struct buf text;   /* the mail, where its line ends were CRs */
	struct span body;  /* all behind the header of the mail */
	char **decoded;    /* per part, NULL: not asked for, or not encoded */
};

/*
 * Cuts a mail into its parts. Blank lines and an mbox "From " line in front
 * are skipped. The mail is borrowed until mime_done(). ERROR_INVALID: there
 * is nothing in it; ERROR_LIMIT: more bytes, parts, levels or
 * header than base/limits.h allows. On failure nothing has to be freed.
 */
bool mime_open(struct mime *m, struct span mail, struct error *err) MUST_CHECK;
void mime_done(struct mime *m);

/*
 * The content of a part without its transfer encoding, at most
 * LIMIT_PART_BYTES of it, until mime_done(). *whole: nothing is missing at
 * its end.
 */
struct span mime_content(struct mime *m, size_t part, bool *whole);

/* The first part of type below parent, at or after from; parts_n if none. */
size_t mime_find(const struct mime *m, const char *type, size_t parent,
    size_t from);

/*
 * A header value with its encoded words (RFC 2047) decoded to UTF-8, cut to
 * size.
 */
void mime_words(struct span value, char *out, size_t size);

/* A date of RFC 5322 3.3, also in its obsolete forms; false if it is none. */
bool mime_date(struct span value, int64_t *at);

#endif
