/*
 * Reports: a mail that somebody else has got, handed to the daemon, which has
 * the keys of tokens.
 */
#include "web/handlers.h"

#include "web/wanted.h"

void
handle_report(const struct request *r, struct answer *a)
{
	struct wanted w;
	struct error err;

	if (!wanted_read(r, "believe", &w, a))
		return;
	if (!span_starts_nocase(span_of(r->type), "message/rfc822")) {
		answer_problem(a, 415,
		    "Send message/rfc822: the mail as it is.");
		return;
	}
	if (r->body.len == 0) {
		answer_problem(a, 422, "The body is empty: send the mail.");
		return;
	}
	if ((int64_t)r->body.len > r->web->conf->report_max_bytes) {
		answer_problem(a, 413, "It is larger than report_max_bytes.");
		return;
	}
	if (w.believe && r->scope < ACCESS_ADMIN) {
		answer_problem(a, 403,
		    "believe: wants a token of scope admin.");
		return;
	}
	if (!store_ask(r->web->store, w.believe ? "believe" : "report", r->body,
		&a->body, &err))
		answer_error(a, "api", &err);
}
