/*
 * In with a token of suppressctl(1), and out.
 */
#include "web/console/handlers.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "web/auth.h"
#include "web/console/gate.h"
#include "web/console/page.h"

#define START "/console/values"

void
console_start(const struct request *r, struct answer *a)
{
	(void)r;
	page_go(a, START);
}

static void
show(const struct request *r, const char *to, const char *problem,
    struct answer *a)
{
	struct view *v = page_new(r, "Sign in", NULL);

	view_text(v, "to", to);
	view_text(v, "problem", problem);
	page_give("sign-in.html", v, a);
}

void
console_sign_in_page(const struct request *r, struct answer *a)
{
	struct request visitor = *r;
	char to[2048];

	if (r->actor[0] != '\0') {
		page_go(a, START);
		return;
	}
	/* A form is known again by the cookie, also when several are open. */
	if (r->session[0] == '\0') {
		session_visit(visitor.session);
		gate_cookie(r, visitor.session, a);
	}
	page_parameter(r, "to", to, sizeof(to));
	show(&visitor, to, "", a);
}

/* 401 is for those who can answer it (RFC 9110 11.6.1): browsers can't. */
static void
refuse(const struct request *r, const char *to, struct answer *a)
{
	char problem[sizeof(a->problem)];
	bool wrong = a->status == 401;

	memcpy(problem, a->problem, sizeof(problem));
	a->problem[0] = '\0';
	buf_reset(&a->body);
	a->challenge = NULL;
	if (wrong)
		a->status = 403;
	show(r, to,
	    wrong ? "That is no valid token: it may have been mistyped, "
		    "revoked, or have expired."
		  : problem,
	    a);
}

void
console_sign_in(const struct request *r, struct answer *a)
{
	char text[ACCESS_TEXT], to[2048], id[SESSION_ID_TEXT];
	struct access_token who;

	page_field(r, "token", text, sizeof(text));
	page_field(r, "to", to, sizeof(to));
	if (!auth_token(r, span_of(text), &who, a)) {
		refuse(r, to, a);
		return;
	}
	session_end(r->web->sessions, r->session);
	session_begin(r->web->sessions, &who, r->now, id);
	gate_cookie(r, id, a);
	hash_wipe(text, sizeof(text));
	log_info("console: %s signed in", who.name);
	page_go(a, page_is_ours(to) ? to : START);
}

void
console_sign_out(const struct request *r, struct answer *a)
{
	session_end(r->web->sessions, r->session);
	gate_cookie(r, "", a);
	page_go(a, "/console/sign-in");
}
