/*
 * inbound - one message that may be a report: mail to one of our report
 * addresses, and the bounces that our own Postfix makes. Its bytes are kept,
 * up to report_max_bytes, and read at the end of the message.
 */
#ifndef MILTER_INBOUND_H
#define MILTER_INBOUND_H

#include "base/buf.h"
#include "milter/sender.h"

/* One message; zeroed is empty. */
struct inbound {
	bool candidate;          /* its content is kept */
	struct addr *recipients; /* report addresses of ours */
	size_t recipients_n;
	size_t others;          /* other recipients */
	struct returns returns; /* of the former, those for others of ours */
	struct buf mail;
};

/* At MAIL. */
void inbound_begin(struct inbound *in, const struct envelope *env);

/* a NULL: no address that we understand. */
void inbound_rcpt(struct inbound *in, const struct envelope *env,
    const char *argument, const struct addr *a);

void inbound_header(struct inbound *in, const char *name, const char *value);
void inbound_eoh(struct inbound *in);

/* False: it wants no more of the body. */
bool inbound_body(struct inbound *in, struct span chunk);

/* Learns from it; the change is durable when this returns. */
struct session_reply inbound_eom(struct inbound *in,
    const struct envelope *env);

void inbound_done(struct inbound *in);

/*
 * Tells how many lines were held back in the minutes that are over: strangers
 * can cause any number. now_s is monotonic; INT64_MAX: all of them. Thread
 * safe.
 */
void inbound_tell_held(int64_t now_s);

#endif
