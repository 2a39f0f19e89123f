/*
 * conf - the settings, read once and never changed: a reload makes a new
 * one. The only file that sees libconfig is conf.c. Each setting is one row
 * in the settings table (settings.c), one entry in suppressd.conf(5).
 *
 * Thread safe: conf_ref() and conf_unref() count atomically.
 */
#ifndef CONF_CONF_H
#define CONF_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/attr.h"
#include "base/error.h"
#include "base/match.h"
#include "base/names.h"
#include "base/net.h"
#include "base/phone.h"
#include "conf/rules.h"

#define CONF_PATH_TEXT 512

/* What happens to a suppressed recipient (suppressd.conf(5), action). */
enum action {
	ACTION_REJECT,
	ACTION_REMOVE,
	ACTION_HOLD,
	ACTION_DEFER,
	ACTION_OBSERVE
};

/* When the store can't answer. */
enum on_error { ON_ERROR_DEFER, ON_ERROR_ACCEPT };

/* What the store keeps of values: text, or hashes alone. */
enum conf_privacy { CONF_PLAIN, CONF_HASHED };

/* What happens to a report that was processed. */
enum processed { PROCESSED_DELIVER, PROCESSED_DISCARD, PROCESSED_FILE };

/* What a report can say, by which it is believed; bits are 1 << number. */
enum conf_report {
	CONF_BOUNCE = 1, /* also: it is delayed */
	CONF_COMPLAINT,
	CONF_DELIVERED, /* a proof of life */
	CONF_UNSUBSCRIBE,
};

enum log_to { LOG_TO_STDERR, LOG_TO_SYSLOG };

extern const struct name action_names[];
extern const struct name on_error_names[];
extern const struct name conf_privacy_names[];
extern const struct name processed_names[];
extern const struct name conf_report_names[];

/* The index into replies and the bit in blocks: enum source of db/event.h
 * has the same numbers; policy checks that at compile time. */
#define CONF_SOURCES 6

struct conf_texts {
	char **list; /* n texts */
	size_t n;
};

struct conf_networks {
	struct network *list;
	size_t n;
};

struct conf_matches {
	struct match **list;
	size_t n;
};

/*
 * A row of streams: it matches when each condition that it has does; a
 * condition that is a list matches when one of its entries does.
 */
struct conf_stream {
	char *name;
	struct conf_matches login;   /* SASL login */
	struct conf_networks client; /* client address */
	struct conf_matches daemon;  /* {daemon_name} */
	struct conf_matches sender;  /* envelope sender, no <> */
	struct conf_matches header;  /* "Name: value", unfolded */
	unsigned blocks;             /* bit 1 << source */
	enum action action;
	bool token; /* its mail carries a token */

	/* the sender that its mail leaves with: policy/return_path.h */
	char return_path[LIMIT_OFFER_TEXT]; /* canonical address; "": its own */
	bool envid;                         /* it has a token as ENVID */

	/* what its mail offers the recipient: policy/offer.h; "": nothing */
	char unsubscribe_mailto[LIMIT_OFFER_TEXT]; /* canonical address */
	char unsubscribe_https[LIMIT_OFFER_TEXT];  /* a token is put behind */
	bool unsubscribe_all;        /* who leaves it leaves all streams */
	char cfbl[LIMIT_OFFER_TEXT]; /* canonical address, RFC 9477 */
};

/* How a refusal for a source reads. */
struct conf_reply {
	int code;        /* 400 to 559, neither 421 nor 521 */
	char status[12]; /* "5.7.1", same class as the code */
	char *text;
};

struct conf {
	char path[CONF_PATH_TEXT]; /* where it came from; "": defaults */
	char store[CONF_PATH_TEXT];
	char socket[CONF_PATH_TEXT]; /* as smfi_setconn() wants it */
	enum log_to log_to;
	bool log_debug;
	char user[LIMIT_KEY_ID_TEXT]; /* whom suppressd becomes; "": stays */
	enum on_error on_error;
	enum conf_privacy privacy;
	char phone_region[PHONE_REGION_TEXT]; /* "": none */

	/* which mail is outbound */
	struct conf_matches outbound_daemons; /* {daemon_name} */
	struct conf_networks outbound_networks;
	bool outbound_authenticated;
	struct conf_texts local_daemons;  /* sendmail(1): "LOCAL" */
	struct conf_texts bounce_daemons; /* own bounces only: "BOUNCE" */
	struct conf_texts local_mailers;  /* {rcpt_mailer} of mail that stays */
	bool filter_null_sender;
	struct conf_texts sms_gateways; /* canonical names */

	struct conf_stream *streams; /* in order; the last is the default */
	size_t streams_n;
	bool streams_need_headers; /* one of them has a header condition */
	struct conf_reply replies[CONF_SOURCES]; /* by source; 0: unused */

	/* what comes back: canonical values, addresses or @domains */
	struct conf_texts bounces;
	struct conf_texts complaints;
	struct conf_texts unsubscribe;
	struct conf_texts own_domains; /* canonical names */
	struct conf_texts protected;   /* canonical values, never suppressed
					  by a report */
	struct conf_texts trusted_reporters; /* canonical domain names */
	bool opt_out; /* feedback of that type suppresses who asks */
	struct conf_texts authserv_ids; /* the same: policy/vouched.h */
	enum processed processed;
	char processed_maildir[CONF_PATH_TEXT]; /* PROCESSED_FILE */
	int64_t report_max_bytes;
	char rules_path[CONF_PATH_TEXT]; /* "": only the built-in rules */
	struct rules *rules; /* the operator's, of rules_path; NULL: none */

	/* soft bounces: on so many distinct days (0: never) within a window
	 * they suppress, first and at most for so many days */
	int soft_days;
	int soft_window_days;
	int soft_first_days;
	int soft_most_days;

	/* a receiver that fails: struct guard of db/change.h */
	int storm_addresses; /* 0: no guard */
	int storm_percent;

	/* reports that wait for a person: so long, and so many that nobody
	 * has proven are kept in a day */
	int review_days;
	int review_per_day;

	/* who was refused mail: struct refusals_limits of db/refusals.h */
	int refusals_days;
	int refusals_max_mib;

	/* proof that we sent it: policy/token.h */
	char token_keys[CONF_PATH_TEXT];    /* the directory of the keys */
	char token_sign[LIMIT_KEY_ID_TEXT]; /* "": the newest key */
	int token_max_bytes;                /* of its header */
	bool streams_want_token;            /* one of them makes tokens */
	bool streams_offer;                 /* one of them offers something */
	bool streams_want_sender;           /* one of them changes it */

	/* the kinds of reports that are believed, by their proof, and those
	 * that are kept for a person if they are not: policy/trust.h */
	unsigned trust_own_bounce;
	unsigned trust_token;
	unsigned trust_authres;
	unsigned trust_spf;
	unsigned trust_unproven;
	unsigned trust_keep;

	/* suppressd-web */
	char web_listen[CONF_PATH_TEXT]; /* as socket */
	char web_templates[CONF_PATH_TEXT];
	char web_tokens[CONF_PATH_TEXT];       /* policy/access.h */
	char web_user[LIMIT_KEY_ID_TEXT];      /* as user, of suppressd-web */
	int web_connections;                   /* at once */
	int web_timeout_s;                     /* of one that is silent */
	int web_import_max_mib;                /* a list to be imported */
	bool web_metrics_open;                 /* /metrics wants no token */
	int web_writes_per_minute;             /* of one token; 0: any number */
	char webhooks_url[LIMIT_OFFER_TEXT];   /* "": none */
	char webhooks_secret[CONF_PATH_TEXT];  /* file */
	char webhooks_state[CONF_PATH_TEXT];   /* directory */
	char lookup_socketmap[CONF_PATH_TEXT]; /* as socket; "": none */
	char lookup_tcp_table[CONF_PATH_TEXT]; /* the same */

	/* SPF's own DNS; "": the system's */
	char dns_server[IP_TEXT];
	int dns_port;
	int dns_timeout_s;
};

/*
 * Reads path. The result has one reference: conf_unref(). NULL: ERROR_IO;
 * ERROR_LIMIT; or ERROR_INVALID with "FILE:LINE: SETTING: what is wrong and
 * what is right". An unknown setting is an error, and so are @include and a
 * fault in the file of rules, with its own FILE:LINE: FIELD. From then on
 * phone numbers are read by its phone_region, in all of the process.
 */
struct conf *conf_load(const char *path, struct error *err) MUST_CHECK;

/* The file that serves when none is named. */
#define CONF_FILE SYSCONFDIR "/suppressd/suppressd.conf"

/* As conf_load(); path NULL: CONF_FILE, or the defaults where it is not
 * there. */
struct conf *conf_find(const char *path, struct error *err) MUST_CHECK;

/* The defaults, as an empty file. */
struct conf *conf_defaults(void);

struct conf *conf_ref(struct conf *c);
void conf_unref(struct conf *c);

/*
 * True if the canonical address is one of list: the same address, "@domain"
 * for all of a domain, "@.domain" for the names below. A plus-tag of an
 * address in the list does not matter.
 */
bool conf_has_addr(const struct conf_texts *list, const struct addr *a);

/* True if text is one of list, byte for byte. */
bool conf_has_text(const struct conf_texts *list, const char *text);

/* True if the canonical name is one of list, or below one of it. */
bool conf_has_domain(const struct conf_texts *list, const char *name);

/* Is it the address of a feedback loop of one of the streams? */
bool conf_is_cfbl(const struct conf *c, const struct addr *a);

/* The stream of that name; NULL: there is none. */
const struct conf_stream *conf_stream_named(const struct conf *c,
    const char *name);

/* Does mail of this stream offer to unsubscribe, or a feedback loop? */
bool conf_stream_offers(const struct conf_stream *s);

/* Does mail of this stream carry a token, wherever? */
bool conf_stream_makes_tokens(const struct conf_stream *s);

/* True if one of the patterns matches. */
bool conf_matches(const struct conf_matches *list, const char *text);

/* True if one of the networks has the address. */
bool conf_networks(const struct conf_networks *list, const struct ip *ip);

#endif
