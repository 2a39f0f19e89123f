/*
 * session - one SMTP session as the milter sees it; knows no libmilter
 * type. Not thread safe: libmilter calls one session's callbacks one at a
 * time (from different threads). States: connected, then per message
 * mail -> rcpt* -> header* -> eoh -> body* -> eom, or abort at any time.
 */
#ifndef MILTER_SESSION_H
#define MILTER_SESSION_H

#include "conf/conf.h"
#include "db/store.h"
#include "policy/engine.h"

/* What all sessions share. */
struct shared {
	struct conf *(*conf)(void); /* the current one, with a reference */
	struct store *store;
	struct spf *spf;
};

enum session_answer {
	SESSION_CONTINUE,
	SESSION_REJECT,	  /* with the reply */
	SESSION_TEMPFAIL, /* with the reply */
	SESSION_DISCARD,
	SESSION_SKIP, /* no more body, please */
};

struct session_reply {
	enum session_answer answer;
	int code; /* 0: no reply text of ours */
	char status[12];
	char text[LIMIT_REPLY_TEXT];
};

/* What the end of message does to it besides the answer. */
struct session_edits {
	char **remove;	 /* recipients exactly as smfi_delrcpt() wants them */
	size_t remove_n;
	const char *quarantine; /* reason for the hold queue; NULL: none */
};

struct session;

/* ip family 0: unknown. port 0: not a socket: made by Postfix itself. */
struct session *session_new(const struct shared *shared, const char *host,
    const struct ip *ip, const char *daemon_name, bool internal);
void session_free(struct session *s);

void session_helo(struct session *s, const char *name);

/* argument as it came, "<>" round it or not. login "": none. */
struct session_reply session_mail(struct session *s, const char *argument,
    const char *login);

/* rcpt_addr and mailer: the macros; NULL when Postfix sent none. */
struct session_reply session_rcpt(struct session *s, const char *argument,
    const char *rcpt_addr, const char *mailer, const char *queue_id);

void session_header(struct session *s, const char *name, const char *value);
struct session_reply session_eoh(struct session *s);
struct session_reply session_body(struct session *s, struct span chunk);

/* edits are borrowed until the next call. */
struct session_reply session_eom(struct session *s, const char *queue_id,
    struct session_edits *edits);

void session_abort(struct session *s);

#endif
