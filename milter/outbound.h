/*
 * outbound - the recipients of one message on their way out: whose mail is
 * filtered, the verdict for each, and what follows from it.
 *
 * Where a recipient can be refused (RCPT of an SMTP session, and the stream
 * is known by then) it is. Else the verdict is carried out at the end of the
 * message: reject and defer then remove that recipient, and when nobody is
 * left they are the answer to the whole message (sendmail(1) has nobody to
 * answer to: it is discarded, which Postfix logs).
 */
#ifndef MILTER_OUTBOUND_H
#define MILTER_OUTBOUND_H

#include "milter/envelope.h"
#include "milter/sender.h"
#include "policy/decide.h"

/* A recipient whose verdict is not carried out at RCPT. A message may have
 * 50000 of them: it keeps no struct verdict. */
struct late {
	char *argument; /* as it came */
	char *address;  /* the recipient, canonical */
	char *value;    /* what blocks it; NULL: not known yet, or nothing */
	enum verdict_action action;
	enum source source;
	int64_t since;
	struct journal_pos block; /* struct verdict */
};

/* One message; zeroed is empty. */
struct outbound {
	bool filtered;                    /* this mail is outbound */
	const struct conf_stream *stream; /* NULL: its headers will tell */
	struct late *late;
	size_t late_n;
	size_t accepted;      /* recipients that were not refused at RCPT */
	size_t gone;          /* of those, who lose their mail */
	struct verdict first; /* the verdict of the first of them */
	bool cannot_tell;     /* the store failed and on_error is defer */
	struct conf_texts headers; /* kept while stream is NULL */
	size_t header_bytes;
	char **remove;
	size_t remove_n;
	struct stamp stamp;
	struct sender sender;
};

/* At MAIL. */
void outbound_begin(struct outbound *o, const struct envelope *env);

/* a NULL: no address that we understand; nobody can have listed it. */
struct session_reply outbound_rcpt(struct outbound *o,
    const struct envelope *env, const char *argument, const struct addr *a,
    const char *mailer);

void outbound_header(struct outbound *o, const char *name, const char *value);
void outbound_eoh(struct outbound *o, const struct envelope *env);

/* edits are borrowed from o. */
struct session_reply outbound_eom(struct outbound *o,
    const struct envelope *env, struct session_edits *edits);

void outbound_done(struct outbound *o);

#endif
