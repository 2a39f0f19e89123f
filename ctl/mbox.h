/*
 * mbox - mails out of a stream of bytes: an mbox, found by its content, or
 * one mail. Memory is bounded by the maximum of one mail, however long the
 * stream is.
 *
 * An mbox begins with a line "From SENDER DATE" (RFC 4155), and so does each
 * mail in it, behind an empty line. Quoting in use: none, ">From " (mboxo),
 * one ">" more (mboxrd), or a Content-Length (mboxcl2). So such a line is an
 * end only with a date in it and the beginning of a header behind it;
 * where the first mail's Content-Length leads to the next one, those that do
 * so in the other mails hold, too; else one ">" is taken off lines of the
 * body. Lines end with LF or CRLF.
 */
#ifndef CTL_MBOX_H
#define CTL_MBOX_H

#include <stdint.h>

#include "base/attr.h"
#include "base/error.h"
#include "base/span.h"

struct mbox;

struct mbox_mail {
	uint64_t number;   /* from 1; 0: the stream is no mbox but one mail */
	struct span bytes; /* without the "From " line; until the next call */
	bool too_large;    /* it passes the maximum; bytes is empty */
};

/* fd is borrowed. single: it is one mail, whatever it begins with. */
struct mbox *mbox_open(int fd, size_t max_bytes, bool single);
void mbox_close(struct mbox *m);

/*
 * The next mail. False at the end, with err->code ERROR_NONE, or ERROR_IO
 * when the stream can't be read on. An empty stream is one empty mail.
 */
bool mbox_next(struct mbox *m, struct mbox_mail *out,
    struct error *err) MUST_CHECK;

/* Bytes that have been read. */
uint64_t mbox_read(const struct mbox *m);

#endif
