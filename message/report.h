/*
 * report - the one entry of message/: bytes -> what the mail says. Nothing
 * here knows what we sent, whom we believe or what is suppressed: these are
 * claims. Pure and thread safe.
 */
#ifndef MESSAGE_REPORT_H
#define MESSAGE_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/attr.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/names.h"
#include "base/span.h"
#include "base/status.h"

enum report_type {
	REPORT_NONE,            /* no report, or none that we understand */
	REPORT_BOUNCE,          /* at least one recipient failed */
	REPORT_DELAYED,         /* delayed, none failed */
	REPORT_COMPLAINT,       /* feedback type abuse */
	REPORT_COMPLAINT_OTHER, /* any other feedback type */
	REPORT_UNSUBSCRIBE,
	REPORT_AUTO_REPLY, /* says so itself (RFC 3834) and is no DSN */
};
extern const struct name report_type_names[]; /* the words of explain */

/* RFC 3464 2.3.3, any case; anything else is DSN_UNKNOWN. */
enum dsn_action {
	DSN_UNKNOWN,
	DSN_FAILED,
	DSN_DELAYED,
	DSN_DELIVERED,
	DSN_RELAYED,
	DSN_EXPANDED
};
extern const struct name dsn_action_names[];

/* An address field: "rfc822; joe@example.com". */
struct claim_address {
	bool present;
	bool valid; /* addr is set; else only the text */
	struct addr addr;
	char text[LIMIT_VALUE_TEXT]; /* as it came, decoded, without type */
};

struct report_recipient {
	struct claim_address original; /* Original-Recipient */
	struct claim_address final;    /* Final-Recipient */
	struct claim_address actual;   /* X-Actual-Recipient (Sendmail) */
	enum dsn_action action;
	struct status status;            /* Status; class_digit 0: absent */
	char diagnostic[1024];           /* Diagnostic-Code, without its type */
	struct status diagnostic_status; /* the code inside it, if any */
	int reply_code;                  /* 4yz or 5yz inside it, 0: none */
	char remote_mta[256];
	char last_attempt[64]; /* Last-Attempt-Date, as it came */
};

/* The message that the report returns, as far as it came back. */
struct returned {
	bool present;
	struct addr to; /* the single To address; valid when to_n is 1 */
	size_t to_n;    /* entries in To, also such that are no address, if
			   there is an address; Cc is not looked at. 0 as
			   well where the header says that it was sent to
			   somebody else: To names the sender or a list, or
			   the oldest Received another recipient */
	bool to_sent;   /* the oldest Received names that address, too, so that
			   it was the only recipient of the envelope */
	char message_id[512];
	char *headers; /* its header block, unfolded, decoded of transfer
			  encodings, LF lines; heap; NULL: none */
};

/* ARF, RFC 5965. */
struct feedback {
	char type[64];        /* Feedback-Type, lower case */
	struct addr *rcpt_to; /* Original-Rcpt-To, each once; heap; none if
				 one of them is no address, or redacted */
	size_t rcpt_to_n;
	char user_agent[128];
	char source_ip[64];
	struct addr removal; /* Removal-Recipient; text "" when absent,
				redacted, or not always the same */
};

struct report {
	enum report_type type;
	const char *format; /* a word for whose format it is: "rfc3464",
			       "arf", or a row of freeform; "": none */
	struct report_recipient *recipients; /* of a bounce; heap */
	size_t recipients_n;
	size_t recipients_room; /* for message/recipients.c */
	struct feedback feedback;
	struct returned returned;
	char reporting_mta[256];               /* without its type */
	char postfix_sender[LIMIT_VALUE_TEXT]; /* X-Postfix-Sender */
	char envelope_id[256];                 /* Original-Envelope-Id */
	char arrival[128];                     /* Arrival-Date, as it came */
	/* of the outer message */
	char from[LIMIT_VALUE_TEXT];
	char subject[512];
	char message_id[512];
	char date[128]; /* as it came; of the report, if it was wrapped */
	char auto_submitted[64];
	bool wrapped;   /* it was found in an attached message */
	char note[256]; /* why it is no report, or what is odd; may be "" */
};

/*
 * Reads one message (RFC 5322, any line ending; a leading mbox "From " line
 * is skipped). Whatever comes is answered with a report: truncated, binary,
 * empty or hostile mail is REPORT_NONE with a note. The caller owns it:
 * report_done(). Time and memory are bounded by base/limits.h.
 */
void report_read(struct span mail, struct report *out);
void report_done(struct report *r);

/*
 * When it failed, as a recipient of a report or the report says: the last
 * attempt, the report's own Date, or when the MTA had got the message. False
 * if none of them is a date. A claim like all others.
 */
bool report_date(const struct report *r, const struct report_recipient *rcpt,
    int64_t *at);

/*
 * The value of the n-th header field called name of the returned message;
 * false when there is none. Borrowed from r.
 */
bool report_returned_header(const struct report *r, const char *name, size_t n,
    struct span *value);

#endif
