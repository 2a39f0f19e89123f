/*
 * gate - what each request to the console passes: who is it, by the cookie of
 * a session, and is a form of a page of ours? Thread safe.
 */
#ifndef WEB_CONSOLE_GATE_H
#define WEB_CONSOLE_GATE_H

#include "web/routes.h"

/* console/routes.c */
extern const struct route console_routes[];
extern const size_t console_routes_n;

/* Is the path of the console? */
bool gate_is_console(struct span path);

/*
 * Finds out who asks, r->session and, where somebody has signed in, r->actor
 * and r->scope; and whether that is enough. False: *a leads to the sign-in
 * page, or says 403 or 503.
 */
bool gate_admits(struct request *r, enum access_scope scope, struct answer *a);

/* May the request change something? Each form brings the mark of its page.
 * False: *a says 403. */
bool gate_takes(const struct request *r, struct answer *a);

/* Makes a page of answer_problem(). */
void gate_problem(const struct request *r, struct answer *a);

/* The cookie from now on; "" takes it away. */
void gate_cookie(const struct request *r, const char *id, struct answer *a);

#endif
