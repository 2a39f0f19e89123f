/*
 * engine - ties the parts together: may this recipient get mail, and what
 * does this report teach. Thread safe: conf is immutable and a parameter,
 * the store and the SPF child guard themselves. Asks no clock.
 */
#ifndef POLICY_ENGINE_H
#define POLICY_ENGINE_H

#include "conf/conf.h"
#include "db/store.h"
#include "message/report.h"
#include "policy/classify.h"
#include "policy/decide.h"
#include "policy/keys.h"
#include "policy/spf.h"

/*
 * Looks the recipient up: address, domain, parents; behind an email-to-SMS
 * gateway its phone number, too. Always gives a verdict:
 * VERDICT_UNKNOWN, with err saying why, when the store can't tell.
 */
void engine_check(const struct conf *conf, struct store *store,
    const struct conf_stream *stream, const struct addr *recipient, int64_t now,
    struct verdict *out, struct error *err);

/* Whose block a verdict's is; "": nobody's, or its event can't be read. One
 * look into the journal, so only for a recipient who is blocked. */
void engine_contact(struct store *store, struct journal_pos block,
    char out[LIMIT_CONTACT_TEXT]);

/* How a report reached us: what trust is made of. */
struct arrival {
	bool own_bounce;       /* through the bounce-only cleanup service */
	bool inside;           /* from our own people: outbound, sendmail(1) */
	bool assume_trust;     /* explain without --trust, ingest by an admin */
	bool backlog;          /* it is read later than it came: what it says
				  of its time counts */
	struct ip client;      /* family 0: not by SMTP */
	const char *helo;      /* "": none */
	const char *mail_from; /* without <>; "": null */
	const struct addr *recipients; /* envelope recipients; may be NULL */
	size_t recipients_n;
	const struct keys *keys; /* of our tokens; NULL: none */
};

/* A proof that was tried, and what it said. */
struct tried {
	const char *proof; /* proof_names */
	char said[128];
};
#define TRIED_MAX 5

/* What a report says of one recipient, and what follows. */
struct finding {
	struct value value; /* the address that WE sent to; text "": unknown */
	enum dsn_action action; /* DSN only */
	char status[STATUS_TEXT];
	const char *class;           /* class_names; "" for complaints */
	const char *rule;            /* which rule decided */
	struct classification basis; /* what it looked at; of a failed
					recipient, else all empty. Borrowed
					from the conf and the lesson */
	const char *whom;            /* which evidence named the address */
	const char *trust;           /* believed, unverified, ignored */
	const char *proof;           /* proof_names: own-bounce, token, ... */
	struct tried tried[TRIED_MAX];
	size_t tried_n;
	bool suppress;        /* a reason will be put */
	bool soft;            /* counts as a soft bounce: its history
				 says whether it suppresses */
	const char *spared;   /* why not, when it otherwise would; "" else */
	enum source source;   /* of that reason */
	struct change change; /* what will be written */
	bool changed;         /* engine_commit(): it was */
	bool dropped;         /* engine_commit(): too many unproven reports
				 have been kept today */
	char detail[512];     /* diagnostic, for people */
};

struct lesson {
	struct report report;
	struct finding *findings; /* heap */
	size_t findings_n;
};

void lesson_done(struct lesson *l);

/* Why this address is never suppressed by a report; "" if it may be. */
const char *engine_spared(const struct conf *conf, const struct addr *a);

/* Judges a mail; writes nothing. spf NULL: no SPF proof is tried. */
void engine_explain(const struct conf *conf, struct spf *spf,
    const struct arrival *arrival, struct span mail, int64_t now,
    struct lesson *out);

/*
 * Weighs lessons of engine_explain(), in their order, by what the store knows
 * and commits them, each all or none. What is written is the same as one by
 * one, but with few syncs: a lesson waits for those before it only where it
 * counts on them. True: all are durable. False: the first *done are; if the
 * error is ERROR_INVALID or ERROR_LIMIT, the next is at fault; it and all
 * behind it wrote nothing, have to come again and may be given as they are.
 */
bool engine_commit(const struct conf *conf, struct store *store,
    struct lesson *lessons, size_t n, int64_t now, size_t *done,
    struct error *err) MUST_CHECK;

/*
 * As engine_explain(), weighs soft bounces and a receiver that fails by what
 * the store knows, and commits the changes, all or none, before it
 * returns. False: nothing was written; the mail has to come again.
 */
bool engine_learn(const struct conf *conf, struct store *store, struct spf *spf,
    const struct arrival *arrival, struct span mail, int64_t now,
    struct lesson *out, struct error *err) MUST_CHECK;

#endif
