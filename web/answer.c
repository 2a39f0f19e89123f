#include "web/request.h"

#include <stdio.h>

#include "base/json.h"
#include "base/log.h"
#include "base/names.h"

/* The phrases of RFC 9110 15, of RFC 6585 for 429 and 431. */
static const struct name titles[] = {
	{ 303, "See Other" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 409, "Conflict" },
	{ 413, "Content Too Large" },
	{ 414, "URI Too Long" },
	{ 415, "Unsupported Media Type" },
	{ 422, "Unprocessable Content" },
	{ 429, "Too Many Requests" },
	{ 500, "Internal Server Error" },
	{ 501, "Not Implemented" },
	{ 503, "Service Unavailable" },
	{ 0, NULL },
};

void
answer_init(struct answer *a)
{
	*a = (struct answer){ .status = 200, .type = "application/json" };
	buf_init(&a->body, LIMIT_WEB_ANSWER_BYTES);
	buf_init(&a->location, LIMIT_WEB_HEADER_BYTES);
}

void
answer_done(struct answer *a)
{
	buf_done(&a->body);
	buf_done(&a->location);
}

void
answer_problem(struct answer *a, int status, const char *detail)
{
	a->status = status;
	a->type = "application/problem+json";
	(void)span_copy(span_of(detail), a->problem, sizeof(a->problem));
	buf_reset(&a->body);
	json_begin(&a->body);
	json_text(&a->body, "type", span_of("about:blank"));
	json_text(&a->body, "title", span_of(names_text(titles, status)));
	json_int(&a->body, "status", status);
	json_text(&a->body, "detail", span_of(detail));
	json_end(&a->body);
	buf_add_char(&a->body, '\n');
}

const char *
answer_title(int status)
{
	return names_text(titles, status);
}

void
answer_error(struct answer *a, const char *who, const struct error *err)
{
	switch (err->code) {
	case ERROR_INVALID:
		answer_problem(a, 400, err->text);
		return;
	case ERROR_LIMIT:
		answer_problem(a, 413, err->text);
		return;
	case ERROR_REFUSED:
		answer_problem(a, 403, err->text);
		return;
	default:
		/* Paths and the system's words are for the log alone. */
		answer_problem(a, 503,
		    "The list can't be asked or changed now: try again later.");
		a->retry_after_s = ANSWER_RETRY_S;
		log_error("%s: %s", who, err->text);
	}
}

/* Nothing is loaded from elsewhere, nothing in a page runs. */
#define POLICY                                                                 \
	"default-src 'none'; style-src 'self'; form-action 'self'; "           \
	"base-uri 'none'; frame-ancestors 'none'"

void
answer_headers(const struct answer *a, answer_header_fn *fn, void *arg)
{
	char number[16];

	fn("Cache-Control", "no-store", arg);
	fn("Referrer-Policy", "no-referrer", arg);
	fn("X-Content-Type-Options", "nosniff", arg);
	fn("Content-Security-Policy",
	    a->scripts ? POLICY "; script-src 'self'; img-src 'self'" : POLICY,
	    arg);
	fn("Content-Type", a->type, arg);
	if (a->cookie[0] != '\0')
		fn("Set-Cookie", a->cookie, arg);
	if (a->location.len > 0)
		fn("Location", buf_text(&a->location), arg);
	if (a->allow[0] != '\0')
		fn("Allow", a->allow, arg);
	if (a->challenge != NULL)
		fn("WWW-Authenticate", a->challenge, arg);
	if (a->retry_after_s > 0) {
		snprintf(number, sizeof(number), "%d", a->retry_after_s);
		fn("Retry-After", number, arg);
	}
	if (a->last)
		fn("Connection", "close", arg);
}
