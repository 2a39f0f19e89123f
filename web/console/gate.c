#include "web/console/gate.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "web/auth.h"
#include "web/console/page.h"
#include "web/form.h"
#include "web/html.h"

#define COOKIE "suppressd-console"

bool
gate_is_console(struct span path)
{
	static const char folder[] = "/console/";

	return span_is(path, "/console") ||
	       (path.len >= sizeof(folder) - 1 &&
		   memcmp(path.p, folder, sizeof(folder) - 1) == 0);
}

/* RFC 6265 5.4. What is not as we make it is none. */
static void
read_cookie(struct request *r)
{
	struct span rest = span_of(r->cookies), pair, name;
	uint8_t bytes[HASH_LONG_BYTES];

	while (span_cut(&rest, ';', &pair)) {
		if (!span_cut(&pair, '=', &name) ||
		    !span_is(span_trim(name), COOKIE))
			continue;
		pair = span_trim(pair);
		if (hash_unhex(pair, bytes, sizeof(bytes)))
			hash_hex(bytes, sizeof(bytes), r->session);
		return;
	}
}

void
gate_cookie(const struct request *r, const char *id, struct answer *a)
{
	snprintf(a->cookie, sizeof(a->cookie),
	    COOKIE "=%s; Path=/console; HttpOnly; SameSite=Strict%s%s", id,
	    r->secure ? "; Secure" : "", id[0] != '\0' ? "" : "; Max-Age=0");
}

/* A token that was revoked ends its sessions, too. */
static bool
find_person(struct request *r, bool *found, struct error *err)
{
	struct sessions *s = r->web->sessions;
	struct access_token who;

	*found = session_find(s, r->session, r->now, &who);
	if (!*found)
		return true;
	if (!access_holds(r->web->conf->web_tokens, &who, r->now, found, err))
		return false;
	if (!*found) {
		session_end(s, r->session);
		return true;
	}
	memcpy(r->actor, who.name, sizeof(who.name));
	r->scope = who.scope;
	return true;
}

/* From where a page was asked for, people come back to it. */
static void
ask_to_sign_in(const struct request *r, struct answer *a)
{
	page_go(a, "/console/sign-in");
	if (strcmp(r->method, "GET") != 0 || span_is(r->path, "/console"))
		return;
	buf_add_text(&a->location, "?to=");
	html_escape_url(r->path, &a->location);
	if (r->query.len == 0)
		return;
	html_escape_url(span_of("?"), &a->location);
	html_escape_url(r->query, &a->location);
}

bool
gate_admits(struct request *r, enum access_scope scope, struct answer *a)
{
	struct error err;
	bool found;

	read_cookie(r);
	if (!find_person(r, &found, &err)) {
		log_error("tokens: %s", err.text);
		answer_problem(a, 503, "Tokens can't be looked at now.");
		return false;
	}
	if (scope == ACCESS_NONE || (found && r->scope >= scope))
		return strcmp(r->method, "GET") == 0 || auth_paces(r, scope, a);
	if (!found)
		ask_to_sign_in(r, a);
	else
		answer_problem(a, 403,
		    "The token with which you signed in does not allow this.");
	return false;
}

bool
gate_takes(const struct request *r, struct answer *a)
{
	char mark[SESSION_MARK_TEXT];

	if (strcmp(r->method, "GET") == 0)
		return true;
	if (form_get(r->type, r->body, "mark", mark, sizeof(mark)) &&
	    session_has_mark(r->web->sessions, r->session, mark))
		return true;
	answer_problem(a, 403,
	    "This form is not from a page of this session, so nothing was "
	    "done. Open the page again, and allow its cookie.");
	return false;
}

void
gate_problem(const struct request *r, struct answer *a)
{
	struct view *v = page_new(r, answer_title(a->status), NULL);

	view_text(v, "problem", a->problem);
	buf_reset(&a->body);
	page_give("problem.html", v, a);
}
