/*
 * notice - a mail that may report a failure in words: who seems to speak, the
 * text for people in it, and where the message begins that it returns.
 */
#ifndef MESSAGE_NOTICE_H
#define MESSAGE_NOTICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "message/mime.h"
#include "message/report.h"

/* What the header says. None of them proves anything by itself. */
enum notice_sign {
	NOTICE_SYSTEM = 1,   /* From names a mail system, or nobody */
	NOTICE_SUBJECT = 2,  /* Subject says that delivery failed */
	NOTICE_NULL = 4,     /* Return-Path is null or a mail system's */
	NOTICE_FAILED = 8,   /* X-Failed-Recipients (Exim, Google) */
	NOTICE_REPORT = 16,  /* multipart/report of delivery */
	NOTICE_LIST = 32,    /* passed on by a mailing list */
	NOTICE_FORWARD = 64, /* Subject: somebody passes a message on */
	NOTICE_AUTO = 128,   /* Auto-Submitted: auto-replied */
	NOTICE_DELAY = 256,  /* Subject says that it is a warning */
	NOTICE_ROBOT = 512,  /* From names a mail system, and no postmaster */
	NOTICE_REPLY = 1024, /* "Re:" and In-Reply-To: a person answers */
};

/* signs.c: reads the signs. Needs from, subject and auto_submitted of r. */
unsigned notice_signs(const struct mime *m, const struct report *r);

/* True if text (From, a header line) names a mail system. */
bool notice_is_system(struct span text);

struct notice {
	struct buf text;      /* UTF-8, lines end with LF */
	struct span body;     /* in text: up to the returned message */
	struct span returned; /* in text: from its header on; may be empty */
	struct buf flat;      /* body and the line that ends it: lower case,
				 any white space one blank */
	bool whole;           /* body has its end */
	uint32_t *places;     /* for each byte of flat, its place in text */
};

/*
 * The text of a part, of LIMIT_NOTICE_BYTES at most. A last line that isn't
 * ended is left out if the part may be cut off: half an address is another
 * one. m owns what it came from; notice_done().
 */
void notice_open(struct notice *n, struct mime *m, size_t part);

/*
 * The same for text that is known already: of a multipart whose boundaries
 * don't fit, or quoted ("> ") in a forward.
 */
void notice_open_text(struct notice *n, struct span text, bool unquote);
void notice_done(struct notice *n);

/* The length of the white space character at the front of text: blank, tab,
 * line break, U+00A0; 0: there is none. */
size_t notice_white(struct span text);

/*
 * Whether a phrase (lower case, blanks as in flat) stands in the notice, and
 * the place in text where it begins.
 */
bool notice_has(const struct notice *n, const char *phrase, size_t *place);

#endif
