/*
 * classify - what a failure says about the recipient. Pure: the rules are
 * data (conf/rules.h) and a parameter.
 */
#ifndef POLICY_CLASSIFY_H
#define POLICY_CLASSIFY_H

#include "conf/rules.h"
#include "message/report.h"

struct classification {
	enum bounce_class class;
	/* Which rule decided, and why it is there; borrowed from the rules. */
	const char *rule;      /* its label; never "" */
	const char *rule_file; /* "": a rule of the program itself */
	size_t rule_line;
	const char *rule_source; /* the comment above it; may be "" */
	const char *rule_text;   /* which of its patterns; "": none */
	/* What it looked at. */
	struct status status;  /* class_digit 0: there was no code */
	const char *code_from; /* "diagnostic", "status" or "" */
	int reply_code;        /* 0: none */
	const char *host;      /* who said it; borrowed from the report */
	bool final;            /* every code that we have is a 5 */
	bool suppresses;  /* this class does, the mail has failed for good */
	bool own_refusal; /* our own words have come back */
};

/*
 * Judges one recipient of a report. operators: the table that comes before
 * ours; NULL: none.
 *
 * The code is the one inside the diagnostic, which is the finer one and the
 * word of the host that refused, else Status. A Status with 4 counts beside
 * it: the reporter gave up (RFC 3464 2.3.3). As long as any code is a 4 the
 * last word is not spoken, and rules whose class suppresses are passed over.
 */
void classify(const struct rules *operators, const struct report *report,
    const struct report_recipient *r, struct classification *out);

#endif
