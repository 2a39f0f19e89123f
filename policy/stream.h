/*
 * stream - which class of outbound mail a message belongs to. Pure.
 */
#ifndef POLICY_STREAM_H
#define POLICY_STREAM_H

#include "conf/conf.h"

/* What is known of the sending side; "" or family 0: not known. */
struct sender_facts {
	const char *login;  /* SASL */
	const char *daemon; /* {daemon_name} */
	const char *sender; /* envelope, without <> */
	struct ip client;
	const struct conf_texts *headers; /* "Name: value", unfolded; NULL:
					     not seen yet */
};

/*
 * The first row of conf's streams that matches; the last always does. NULL
 * when that depends on headers that have not been seen yet.
 */
const struct conf_stream *stream_pick(const struct conf *conf,
    const struct sender_facts *facts);

#endif
