/*
 * decide - reasons + stream -> verdict. Pure.
 */
#ifndef POLICY_DECIDE_H
#define POLICY_DECIDE_H

#include "conf/conf.h"
#include "db/record.h"

enum verdict_action {
	VERDICT_PASS,
	VERDICT_REJECT,
	VERDICT_REMOVE,
	VERDICT_HOLD,
	VERDICT_DEFER,
	VERDICT_OBSERVE,
	VERDICT_UNKNOWN, /* the store can't tell: on_error decides */
};
extern const struct name verdict_names[];

struct verdict {
	enum verdict_action action;
	/* not for VERDICT_PASS: */
	const struct conf_stream *stream; /* borrowed from the conf */
	char value[LIMIT_VALUE_TEXT];     /* which value blocked */
	enum source source;
	int64_t since;
	/* the event that put it, where a contact's block did; else 0 */
	struct journal_pos block;
	/* SMTP reply for REJECT and DEFER; text has no CR, LF; "%" single */
	int code;
	char status[12];
	char text[LIMIT_REPLY_TEXT];
};

/* Every refusal of ours has this in its text: it is how we know our own
 * words when they come back in a bounce. */
#define DECIDE_MARK "(suppressd)"

/*
 * Adds what one value's record says: if a live reason of it blocks the
 * stream, fills out and returns true; the strongest reason speaks (abuse,
 * lead, user, api, bounced), then the oldest.
 */
bool decide(const struct conf *conf, const struct conf_stream *stream,
    const struct value *key, const struct record *rec, int64_t now,
    struct verdict *out);

#endif
