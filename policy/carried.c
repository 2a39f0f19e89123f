#include "policy/carried.h"

#include <stdio.h>
#include <string.h>

#include "policy/offer.h"
#include "policy/return_path.h"

#define MISFIT "it was made for somebody else, or forged"

/* Of each kind a report brings one. */
static enum token_form
kind_of(const struct token *t)
{
	return t->form < TOKEN_SHORT ? TOKEN_ONE : t->form;
}

static void
add(struct carried *c, const struct token *t)
{
	for (size_t i = 0; i < c->n; i++) {
		if (token_is_same(&c->tokens[i], t))
			return;
		if (kind_of(&c->tokens[i]) == kind_of(t)) {
			c->why = "several different ones came back";
			return;
		}
	}
	if (c->n++ == 0)
		c->why = "";
	c->tokens[c->n - 1] = *t;
	if (t->addr.text[0] != '\0')
		addr_copy(&c->tokens[c->n - 1].addr, &t->addr);
}

/* expected: nothing else stands there, so that its absence is a fault. */
static void
try(const struct keys *keys, struct span text, bool expected,
    struct carried *out)
{
	enum token_fault fault;
	struct token t;

	if (token_read(keys, text, &t, &fault))
		add(out, &t);
	else if (out->n == 0 && (expected || fault != TOKEN_NO_TOKEN))
		out->why = token_fault_text(fault);
}

/* False: it is none. One for several recipients is neither for nor against
 * what the other tokens say. */
static bool
try_path(const struct keys *keys, const struct addr *a, struct carried *out)
{
	enum token_fault fault;
	struct token t;

	if (!return_path_read(keys, a, &t, &fault)) {
		if (out->n == 0 && fault != TOKEN_NO_TOKEN)
			out->why = token_fault_text(fault);
		return fault != TOKEN_NO_TOKEN;
	}
	if (t.form == TOKEN_PATH)
		add(out, &t);
	else if (out->n == 0)
		out->why = "the return path is that of a mail to several";
	return true;
}

/* "bounces+TOKEN" and "TOKEN"; XVERP puts more behind: "+joe=example.net". */
static void
try_address(const struct keys *keys, const struct addr *a, struct carried *out)
{
	struct span local = addr_local(a);
	struct span first, second;

	if (try_path(keys, a, out) || !span_cut(&local, '+', &first))
		return;
	try(keys, first, false, out);
	if (span_cut(&local, '+', &second))
		try(keys, second, false, out);
}

/* A provider may black out all the rest. */
static void
read_feedback_id(const struct keys *keys, const struct report *report,
    struct carried *out)
{
	size_t before = out->n;
	struct span value;

	if ((report->type == REPORT_COMPLAINT ||
		report->type == REPORT_COMPLAINT_OTHER) &&
	    report_returned_header(report, OFFER_FEEDBACK_ID, 0, &value))
		try(keys, value, false, out);
	out->by_feedback_id = out->n > before;
}

void
carried_read(const struct keys *keys, const struct report *report,
    const struct arrival *arrival, struct carried *out)
{
	struct span value;
	size_t i = 0;

	out->n = 0;
	out->why = CARRIED_NOTHING;
	out->arrival = arrival;
	while (i < LIMIT_TOKENS &&
	       report_returned_header(report, TOKEN_HEADER, i, &value)) {
		try(keys, value, true, out);
		i++;
	}
	for (i = 0; i < arrival->recipients_n && i < LIMIT_TOKENS; i++)
		try_address(keys, &arrival->recipients[i], out);
	if (report->envelope_id[0] != '\0')
		try(keys, span_of(report->envelope_id), false, out);
	read_feedback_id(keys, report, out);
	if (report->wrapped && out->n > 0)
		out->why = "it came in a message that somebody passes on";
}

static bool
fits(const struct carried *c, const struct addr *a)
{
	for (size_t i = 0; i < c->n; i++)
		if (!token_is_for(&c->tokens[i], a->text))
			return false;
	return c->n > 0;
}

/* The address within, if one has it; the other has to fit. */
static const struct addr *
within(const struct carried *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->tokens[i].form == TOKEN_ONE &&
		    fits(c, &c->tokens[i].addr))
			return &c->tokens[i].addr;
	return NULL;
}

static const char *
misfit(const struct carried *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->tokens[i].form == TOKEN_PART)
			return "it does not know this recipient: there were "
			       "more than it has room for";
	return MISFIT;
}

static bool
take(const struct addr *a, const char *why, struct addr *out, const char **said)
{
	addr_copy(out, a);
	*said = why;
	return true;
}

/*
 * "user=domain" behind a "+" of an address that the report came to, as XVERP
 * puts it there: whoever sends a report writes there what he likes, so it has
 * to be one whom the tokens are for. Quotes are for the whole.
 */
static bool
hint_in(const struct carried *c, const struct addr *to, struct addr *out)
{
	const char *quote = to->text[0] == '"' ? "\"" : "";
	struct span local = addr_local(to);
	char text[LIMIT_VALUE_TEXT];
	struct error ignored;
	struct span piece;

	local.len -= strlen(quote);
	while (span_cut(&local, '+', &piece)) {
		size_t at = local.len;

		while (at > 0 && local.p[at - 1] != '=')
			at--;
		if (at < 2)
			continue;
		snprintf(text, sizeof(text), "%s%.*s%s@%.*s", quote,
		    (int)at - 1, local.p, quote, (int)(local.len - at),
		    local.p + at);
		if (addr_parse(span_of(text), out, &ignored) && fits(c, out))
			return true;
	}
	return false;
}

static bool
hint(const struct carried *c, struct addr *out)
{
	const struct arrival *a = c->arrival;

	for (size_t i = 0; i < a->recipients_n && i < LIMIT_TOKENS; i++)
		if (hint_in(c, &a->recipients[i], out))
			return true;
	return false;
}

bool
carried_bounced(const struct carried *c, const struct report *report,
    const struct report_recipient *r, struct addr *out, const char **said)
{
	const struct claim_address *const claims[] = { &r->original, &r->final,
		&r->actual };
	bool claimed = false;

	*said = c->why;
	if (c->why[0] != '\0')
		return false;
	for (size_t i = 0; i < ARRAY_LEN(claims); i++) {
		if (!claims[i]->present || !claims[i]->valid)
			continue;
		if (fits(c, &claims[i]->addr))
			return take(&claims[i]->addr,
			    "made for the claimed address", out, said);
		claimed = true;
	}
	if (!claimed && report->recipients_n == 1 && within(c) != NULL)
		return take(within(c), "names whom the report does not", out,
		    said);
	if (report->recipients_n == 1 && hint(c, out)) {
		*said = "made for whom the address that it came to names";
		return true;
	}
	*said = misfit(c);
	return false;
}

static bool
has_list(const struct carried *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->tokens[i].form == TOKEN_LIST ||
		    c->tokens[i].form == TOKEN_PART)
			return true;
	return false;
}

/* Is it among those whom the report names, if it names any? */
static bool
is_claimed(const struct conf *conf, const struct report *report,
    const struct addr *a)
{
	const struct feedback *f = &report->feedback;
	const struct returned *back = &report->returned;

	for (size_t i = 0; i < f->rcpt_to_n; i++)
		if (strcmp(f->rcpt_to[i].text, a->text) == 0)
			return true;
	if (f->rcpt_to_n > 0)
		return false;
	return back->to_n != 1 || strcmp(back->to.text, a->text) == 0 ||
	       conf_has_text(&conf->own_domains, back->to.domain);
}

bool
carried_complained(const struct carried *c, const struct conf *conf,
    const struct report *report, struct addr *out, const char **said)
{
	const struct feedback *f = &report->feedback;
	const struct returned *back = &report->returned;
	const struct addr *a = NULL;

	*said = c->why;
	if (c->why[0] != '\0')
		return false;
	if (within(c) != NULL && is_claimed(conf, report, within(c)))
		return take(within(c), "names who complains", out, said);
	if (f->rcpt_to_n == 1)
		a = &f->rcpt_to[0];
	else if (f->rcpt_to_n == 0 && back->to_n == 1 && !has_list(c))
		a = &back->to;
	if (a != NULL && fits(c, a))
		return take(a, "made for the claimed address", out, said);
	*said = a != NULL || within(c) != NULL
		    ? misfit(c)
		    : "it was made for several, and the report names no one";
	return false;
}
