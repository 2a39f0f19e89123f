#include "policy/whom.h"

#include <string.h>

/* An address of ours in a report is an alias, or our own sender. */
static bool
is_ours(const struct conf *conf, const struct addr *a)
{
	return conf_has_text(&conf->own_domains, a->domain);
}

static bool
usable(const struct conf *conf, const struct claim_address *claim)
{
	return claim->present && claim->valid && !is_ours(conf, &claim->addr);
}

/* The only recipient that the returned message names, if it is not ours. */
static bool
single_to(const struct conf *conf, const struct report *report)
{
	struct span cc;

	return report->returned.present && report->returned.to_n == 1 &&
	       !is_ours(conf, &report->returned.to) &&
	       !report_returned_header(report, "Cc", 0, &cc);
}

static bool
take(const struct claim_address *claim, const char *word, struct addr *out,
    const char **evidence)
{
	addr_copy(out, &claim->addr);
	*evidence = word;
	return true;
}

static bool
by_token(const struct addr *token, struct addr *out, const char **evidence)
{
	addr_copy(out, token);
	*evidence = "token";
	return true;
}

bool
whom_bounced(const struct conf *conf, const struct report *report,
    const struct report_recipient *r, const struct addr *token, bool own,
    struct addr *out, const char **evidence)
{
	if (token != NULL)
		return by_token(token, out, evidence);
	/*
	 * Original-Recipient comes from the ORCPT of whoever submitted the
	 * mail. Our own Postfix knows better to whom it spoke; and a client
	 * must not be able to name somebody else there.
	 */
	if (!own && usable(conf, &r->original))
		return take(&r->original, "original-recipient", out, evidence);
	/* Sendmail puts the alias into Final-Recipient. */
	if (usable(conf, &r->actual) && !usable(conf, &r->final))
		return take(&r->actual, "actual-recipient", out, evidence);
	/* An alias of ours was expanded: To names the alias or a list. */
	if (!own && !r->original.present &&
	    (report->recipients_n == 1 || report->returned.to_sent) &&
	    single_to(conf, report)) {
		addr_copy(out, &report->returned.to);
		*evidence = "returned-to";
		return true;
	}
	if (usable(conf, &r->final))
		return take(&r->final, "final-recipient", out, evidence);
	*evidence = "";
	return false;
}

/* RFC 5965, example B.2: who shall get no more mail; one of the recipients,
 * where these are told. */
static bool
by_removal(const struct conf *conf, const struct feedback *f, struct addr *out,
    const char **evidence)
{
	bool named = f->rcpt_to_n == 0;

	for (size_t i = 0; i < f->rcpt_to_n; i++)
		named =
		    named || strcmp(f->rcpt_to[i].text, f->removal.text) == 0;
	if (!named || f->removal.text[0] == '\0' || is_ours(conf, &f->removal))
		return false;
	addr_copy(out, &f->removal);
	*evidence = "removal-recipient";
	return true;
}

bool
whom_complained(const struct conf *conf, const struct report *report,
    const struct addr *token, struct addr *out, const char **evidence)
{
	const struct feedback *f = &report->feedback;

	if (token != NULL)
		return by_token(token, out, evidence);
	*evidence = "";
	/* RFC 5965 3.3: it is repeated for every recipient of the message.
	 * Several of them don't say who complained, nor does a To then. */
	if (f->rcpt_to_n > 1)
		return by_removal(conf, f, out, evidence);
	/* RFC 5965 2 (g): the returned message first. */
	if (single_to(conf, report)) {
		addr_copy(out, &report->returned.to);
		*evidence = "returned-to";
		return true;
	}
	if (f->rcpt_to_n == 1 && !is_ours(conf, &f->rcpt_to[0])) {
		addr_copy(out, &f->rcpt_to[0]);
		*evidence = "original-rcpt-to";
		return true;
	}
	return f->rcpt_to_n == 0 && by_removal(conf, f, out, evidence);
}
