/*
 * request - what comes over HTTP and what goes back. Knows no type of the
 * HTTP library: only server.c does.
 */
#ifndef WEB_REQUEST_H
#define WEB_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/net.h"
#include "conf/conf.h"
#include "db/query.h"
#include "policy/access.h"

struct auth;
struct counter;
struct hooks;
struct imported;
struct pages;
struct repeats;
struct sessions;

/* How long a restart of the daemon takes, at most, as a rule. */
#define ANSWER_RETRY_S 5

/* What all requests share; immutable, or thread safe by itself. */
struct web {
	const struct conf *conf;
	struct store *store;
	const struct pages *pages; /* pages.h */
	struct auth *auth;         /* auth.h */
	struct counter *counter;   /* numbers.h */
	struct repeats *repeats;   /* repeat.h */
	struct hooks *hooks;       /* hooks.h */
	struct imported *imported; /* db/imported.h */
	struct sessions *sessions; /* console/session.h */
};

/* All of it is borrowed until the answer is given. Headers that did not come
 * are "". */
struct request {
	const struct web *web;
	const char *method; /* "GET" also for HEAD */
	struct span path;   /* as it came, percent-encoded */
	struct span rest;   /* what stood for the "*" of the route */
	struct span query;  /* behind the "?", as it came */
	struct span body;
	const char *type;     /* Content-Type */
	const char *language; /* Accept-Language */
	const char *authorization;
	const char *idempotency; /* Idempotency-Key */
	const char *cookies;     /* Cookie */
	bool secure;             /* came over TLS, as the proxy says */
	struct ip client;        /* family 0: not known */
	int64_t now;
	/* auth.h */
	char actor[LIMIT_KEY_ID_TEXT];
	enum access_scope scope;
	/* console/gate.h */
	bool for_people; /* the answer is a page, also when it is a problem */
	char session[2 * HASH_LONG_BYTES + 1];
};

struct answer {
	int status;
	const char *type; /* Content-Type; static */
	struct buf body;
	char allow[64];        /* Allow (RFC 9110 10.2.1); "": none */
	int retry_after_s;     /* Retry-After; 0: none */
	const char *challenge; /* WWW-Authenticate; static; NULL: none */
	bool last;             /* of its connection, which then ends */
	/* Of pages. */
	char problem[256];   /* the detail of answer_problem() */
	char cookie[192];    /* Set-Cookie; "": none */
	struct buf location; /* Location; empty: none */
	bool scripts;        /* ours may run */
};

/* Empty, 200. The caller: answer_done(). */
void answer_init(struct answer *a);
void answer_done(struct answer *a);

/* Problem details (RFC 9457) in place of what is there. detail: one sentence
 * that says what to do. */
void answer_problem(struct answer *a, int status, const char *detail);

/* Gives each header field of it to fn, but for the length. */
typedef void answer_header_fn(const char *name, const char *value, void *arg);
void answer_headers(const struct answer *a, answer_header_fn *fn, void *arg);

/* What a status is called. */
const char *answer_title(int status);

/*
 * The same for a failure of ours or of the input, by its code: 400, 413, 403,
 * or 503 with Retry-After and a line in the log, that begins with who.
 */
void answer_error(struct answer *a, const char *who, const struct error *err);

#endif
