/*
 * envelope - what is known of a connection and of the message on it; what
 * the outbound and the inbound half of a session both look at.
 */
#ifndef MILTER_ENVELOPE_H
#define MILTER_ENVELOPE_H

#include "milter/session.h"

#define QUEUE_ID_TEXT 64

struct envelope {
	const struct shared *shared;
	struct conf *conf; /* one reference, the session's */
	struct keys *keys; /* the same; NULL: none */

	/* of the connection */
	struct ip client; /* family 0: unknown */
	char helo[DOMAIN_TEXT];
	char daemon[LIMIT_WORD_TEXT];
	bool internal;   /* no SMTP client: nobody can be refused at RCPT */
	bool own_bounce; /* from the cleanup service that only bounce(8) uses */

	/* of the message */
	char login[LIMIT_ACTOR_TEXT];  /* SASL; "": none */
	char sender[LIMIT_VALUE_TEXT]; /* without <>; "": null */
	char queue_id[QUEUE_ID_TEXT];  /* "": not known yet */
	bool envid;                    /* it has an ENVID, RFC 3461 4.4 */
	bool verp; /* Postfix will put each recipient into the sender */
};

/* For the log: the queue id, or what Postfix writes when there is none. */
const char *envelope_id(const struct envelope *env);

/* From our own people and programs: outbound, if it has a sender. */
bool envelope_is_inside(const struct envelope *env);

/* The reply that makes the sender bring the message again. */
struct session_reply envelope_later(const char *text);

#endif
