/*
 * spf_wire - what spf.c and its child say to each other: one datagram each
 * way on a SOCK_SEQPACKET pair, in the same build on the same machine.
 */
#ifndef POLICY_SPF_WIRE_H
#define POLICY_SPF_WIRE_H

#include <stdbool.h>

#include "base/domain.h"
#include "base/net.h"

/* The child's end of the pair. */
#define SPF_CHILD_FD 3

struct spf_question {
	char server[IP_TEXT]; /* "": from resolv.conf(5) */
	int port;
	int timeout_s; /* for one query */
	struct ip client;
	char helo[DOMAIN_TEXT];           /* "": none */
	char mail_from[LIMIT_VALUE_TEXT]; /* "": check the HELO name */
};

struct spf_answer {
	int result; /* enum spf_result */
	bool last;  /* the child ends now: start another */
};

#endif
