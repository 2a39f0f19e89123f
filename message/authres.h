/*
 * authres - Authentication-Results (RFC 8601): what a host says it has found
 * out about a message that came to it. Pure and thread safe.
 *
 * Anybody can write this field. Whose word counts, and where in a header it
 * has to stand, is for the caller to say: here it is only read. Only what
 * passed is kept, of DKIM and SPF; a field that is not well-formed says
 * nothing, and neither does a result that names one property twice, since a
 * host that does not quote what strangers gave it may be made to write that.
 */
#ifndef MESSAGE_AUTHRES_H
#define MESSAGE_AUTHRES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/domain.h"
#include "base/names.h"
#include "base/span.h"

#define AUTHRES_FIELD "Authentication-Results"

/* Results of one field that are looked at. */
#define AUTHRES_MAX 32

enum authres_method { AUTHRES_DKIM, AUTHRES_SPF, AUTHRES_METHODS };
extern const struct name authres_method_names[];

/* A result "pass", and whom it speaks for. */
struct authres_pass {
	enum authres_method method;
	const char *property;     /* "header.d", "smtp.mailfrom", "smtp.helo" */
	char domain[DOMAIN_TEXT]; /* canonical */
};

struct authres {
	char id[DOMAIN_TEXT]; /* authserv-id, canonical if it is a domain */
	bool tried[AUTHRES_METHODS]; /* there is a result, whatever it is */
	struct authres_pass passes[AUTHRES_MAX];
	size_t n;
};

/*
 * Reads the value of one field, folded or not. False if it is not as RFC 8601
 * 2.2 wants it, has another version than 1, or too many results; then nothing
 * of it counts.
 */
bool authres_parse(struct span value, struct authres *out) MUST_CHECK;

/* The host that a Received field (RFC 5321 4.4) says has received the message,
 * canonical. False: it says none. */
bool authres_received_by(struct span value, char host[DOMAIN_TEXT]) MUST_CHECK;

#endif
