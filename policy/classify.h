/*
 * classify - what a failure says about the recipient. Pure.
 */
#ifndef POLICY_CLASSIFY_H
#define POLICY_CLASSIFY_H

#include "message/report.h"

enum bounce_class {
	CLASS_BAD_ADDRESS, /* suppresses */
	CLASS_BAD_DOMAIN,  /* suppresses */
	CLASS_FULL,
	CLASS_TEMPORARY,
	CLASS_EXPIRED,
	CLASS_POLICY,
	CLASS_CONTENT,
	CLASS_SENDER,
	CLASS_SIZE,
	CLASS_PROTOCOL,
	CLASS_UNDETERMINED,
};
extern const struct name class_names[];

struct classification {
	enum bounce_class class;
	const char *rule;     /* which row decided */
	struct status status; /* which code it looked at */
	bool suppresses;      /* this class does, and the mail has failed */
	bool own_refusal;     /* our own words have come back */
};

void classify(const struct report_recipient *r, struct classification *out);

#endif
