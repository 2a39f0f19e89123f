/*
 * session - one SMTP session as the milter sees it; knows no libmilter
 * type. Not thread safe: libmilter calls one session's callbacks one at a
 * time (from different threads). Order: connect, helo, then per message
 * mail -> rcpt* -> header* -> eoh -> body* -> eom, or abort at any time.
 *
 * A session keeps the configuration that it began with: what was negotiated
 * with the mailer depends on it. A reload counts for the sessions after it.
 */
#ifndef MILTER_SESSION_H
#define MILTER_SESSION_H

#include "conf/conf.h"
#include "db/refusals.h"
#include "db/store.h"
#include "policy/keys.h"
#include "policy/spf.h"

/* What all sessions share; lives as long as the program. */
struct shared {
	/* The current configuration and its keys (NULL: none), with a
	 * reference each. */
	void (*current)(struct conf **conf, struct keys **keys);
	struct store *store;
	struct refusals *refusals; /* NULL: they are not kept */
	struct spf *spf;           /* NULL: SPF proves nothing */
};

enum session_answer {
	SESSION_CONTINUE,
	SESSION_REJECT,   /* with the reply */
	SESSION_TEMPFAIL, /* with the reply */
	SESSION_DISCARD,
	SESSION_SKIP, /* no more body, please */
};

struct session_reply {
	enum session_answer answer;
	int code; /* 0: no reply text of ours */
	char status[12];
	char text[LIMIT_REPLY_TEXT]; /* no CR, LF; "%" is a plain one */
};

struct session_header {
	const char *name;
	const char *value; /* folded with LF and white space */
};
#define SESSION_HEADERS 5

/* A recipient exactly as smfi_delrcpt() wants it, and who is to take its
 * place. */
struct session_move {
	char *from;
	char *to;
};

/* What the end of message does to it besides the answer. */
struct session_edits {
	char **remove; /* recipients exactly as smfi_delrcpt() wants them */
	size_t remove_n;
	const char *quarantine; /* reason for the hold queue; NULL: none */
	struct session_header headers[SESSION_HEADERS]; /* to add */
	size_t headers_n;
	const char *sender;      /* as smfi_chgfrom() wants it; NULL: stays */
	const char *sender_args; /* its ESMTP parameters, or NULL */
	const struct session_move *moves; /* recipients that go on to others */
	size_t moves_n;
};

struct session;

/* shared is borrowed for as long as the session lives. */
struct session *session_new(const struct shared *shared);
void session_free(struct session *s);

/* True: it may add headers with a token to a message. */
bool session_wants_token(const struct session *s);

/* True: it may change a sender; move a recipient. */
bool session_wants_sender(const struct session *s);
bool session_wants_moves(const struct session *s);

/* False: neither headers nor body are looked at, whatever comes. */
bool session_wants_content(const struct session *s);

/*
 * ip family 0: unknown. has_port false: nobody has connected to the mailer
 * (the mail was made by it or by sendmail(1)), if ip is a loopback address.
 * daemon: {daemon_name}; NULL when there is none.
 */
void session_connect(struct session *s, const struct ip *ip, bool has_port,
    const char *daemon);

void session_helo(struct session *s, const char *name);

/*
 * argument: as it came, "<>" round it or not. login, queue_id: NULL when
 * there is none (yet).
 */
void session_mail(struct session *s, const char *argument, const char *login,
    const char *queue_id);

/* An ESMTP parameter of MAIL, behind that. */
void session_mail_parameter(struct session *s, const char *text);

/* rcpt_addr and mailer: the macros; NULL when the mailer sent none. */
struct session_reply session_rcpt(struct session *s, const char *argument,
    const char *rcpt_addr, const char *mailer, const char *queue_id);

void session_header(struct session *s, const char *name, const char *value);
void session_eoh(struct session *s);
struct session_reply session_body(struct session *s, struct span chunk);

/* edits are borrowed until the next call. */
struct session_reply session_eom(struct session *s, const char *queue_id,
    struct session_edits *edits);

void session_abort(struct session *s);

#endif
