/*
 * learn - what a report teaches: its claims, whom they mean, whether we
 * believe them, what class they are, and what would be written for that.
 */
#include "policy/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "policy/classify.h"
#include "policy/optout.h"
#include "policy/review.h"
#include "policy/soft.h"
#include "policy/trust.h"
#include "policy/whom.h"

/* Who speaks in the history for what nobody has typed. */
#define OURSELVES "suppressd"

static const struct classification no_basis = { .rule = "",
	.rule_file = "",
	.rule_source = "",
	.rule_text = "",
	.code_from = "",
	.host = "" };

void
lesson_done(struct lesson *l)
{
	report_done(&l->report);
	free(l->findings);
	*l = (struct lesson){ 0 };
}

const char *
engine_spared(const struct conf *conf, const struct addr *a)
{
	if (conf_has_text(&conf->own_domains, a->domain))
		return "a domain of ours";
	if (conf_has_addr(&conf->protected, a))
		return "protected";
	return "";
}

/*
 * The same report again, whether sent twice, tried again after a failure of
 * ours or as a copy for the postmaster, has the same digest. What was only
 * kept before may still suppress when it comes with a proof.
 */
static void
digest(const struct report *r, const struct finding *f, char *out, size_t size)
{
	const struct returned *back = &r->returned;
	uint8_t bytes[HASH_SHORT_BYTES];
	char hex[2 * HASH_SHORT_BYTES + 1];
	struct hash h;

	hash_begin(&h, NULL, sizeof(bytes));
	hash_add_text(&h, names_text(report_type_names, (int)r->type));
	hash_add_text(&h, r->reporting_mta);
	hash_add_text(&h, r->envelope_id);
	hash_add_text(&h, r->arrival);
	hash_add_text(&h,
	    back->message_id[0] != '\0' ? back->message_id : r->message_id);
	hash_add_text(&h, f->value.text);
	hash_add_text(&h, names_text(dsn_action_names, (int)f->action));
	hash_add_text(&h, f->status);
	hash_add_text(&h, f->suppress ? "suppresses" : "kept");
	hash_end(&h, bytes);
	hash_hex(bytes, sizeof(bytes), hex);
	(void)span_copy(span_of(hex), out, size);
}

static void
put_word(char out[LIMIT_WORD_TEXT], const char *word)
{
	(void)span_copy(span_of(word), out, LIMIT_WORD_TEXT);
}

/*
 * A stranger's words as text that fits: UTF-8, cut between characters, "?"
 * for each byte that is none.
 */
static void
put_readable(const char *words, char *out, size_t size)
{
	struct span rest = span_of(words);
	size_t used = 0;

	while (rest.len > 0) {
		uint32_t c;
		size_t n = utf8_next(rest, &c);

		if (used + n >= size)
			break;
		if (c == UTF8_BAD)
			out[used] = '?';
		else
			memcpy(out + used, rest.p, n);
		used += n;
		rest = (struct span){ rest.p + n, rest.len - n };
	}
	out[used] = '\0';
}

/* What will be written: a reason, or a line of the history. */
static void
plan_change(const struct report *r, struct finding *f)
{
	char why[sizeof(f->status) + 1 + sizeof(f->detail)];
	struct change *c = &f->change;

	*c = (struct change){ .op = f->suppress ? CHANGE_ADD : CHANGE_REPORT,
		.value = f->value,
		.source = f->source };
	(void)span_copy(span_of("*"), c->stream, sizeof(c->stream));
	(void)span_copy(span_of(OURSELVES), c->by, sizeof(c->by));
	snprintf(why, sizeof(why), "%s%s%s", f->status,
	    f->status[0] != '\0' && f->detail[0] != '\0' ? " " : "", f->detail);
	(void)span_copy(span_of(why), c->why, sizeof(c->why));
	put_word(c->evidence.report,
	    names_text(report_type_names, (int)r->type));
	put_word(c->evidence.class, f->class);
	put_word(c->evidence.status, f->status);
	put_word(c->evidence.rule, f->rule);
	put_word(c->evidence.trust, f->trust);
	put_word(c->evidence.proof, f->proof);
	digest(r, f, c->evidence.ref, sizeof(c->evidence.ref));
}

/*
 * When it happened, if that was before today: a backlog is read on one day.
 * Who made the report wrote this; so the future is none, and what is older
 * than the window of soft bounces counts nowhere (soft.h).
 */
static void
date(const struct report *r, const struct report_recipient *rcpt, int64_t now,
    struct change *c)
{
	char text[CLOCK_TEXT];
	int64_t at;

	if (!report_date(r, rcpt, &at) || at < 0 ||
	    at / CLOCK_DAY_S >= now / CLOCK_DAY_S)
		return;
	clock_format(at, text);
	put_word(c->evidence.happened, text);
}

/* Settles whether the claim of a finding suppresses its address. */
static void
settle(const struct conf *conf, enum trust trust, bool known, bool bad,
    const struct addr *a, struct finding *f)
{
	f->spared = "";
	if (!known || !bad)
		return;
	f->spared = engine_spared(conf, a);
	if (f->spared[0] == '\0' && trust != TRUST_BELIEVED)
		f->spared = "not proven";
	f->suppress = f->spared[0] == '\0';
}

static void
judge_bounced(const struct conf *conf, const struct arrival *arrival,
    const struct report *r, const struct report_recipient *rcpt,
    const struct addr *token, enum trust trust, struct finding *f)
{
	struct classification c;
	struct addr a;
	bool known;

	classify(conf->rules, r, rcpt, &c);
	known = whom_bounced(conf, r, rcpt, token, arrival->own_bounce, &a,
	    &f->whom);
	if (known)
		value_of_addr(&f->value, &a);
	f->action = rcpt->action;
	if (c.status.class_digit != 0)
		status_format(&c.status, f->status);
	f->class = rcpt->action == DSN_FAILED
		       ? names_text(class_names, (int)c.class)
		       : "";
	f->rule = rcpt->action == DSN_FAILED ? c.rule : "";
	if (rcpt->action == DSN_FAILED)
		f->basis = c;
	f->source = SOURCE_BOUNCED;
	put_readable(rcpt->diagnostic, f->detail, sizeof(f->detail));
	settle(conf, trust, known, c.suppresses, &a, f);
	f->soft = known && trust == TRUST_BELIEVED &&
		  rcpt->action == DSN_FAILED && soft_is(c.class) &&
		  engine_spared(conf, &a)[0] == '\0';
	/* Our own words teach us nothing. */
	if (c.own_refusal)
		f->spared = "our own refusal";
	else if (known && trust != TRUST_IGNORED &&
		 (r->type != REPORT_NONE || rcpt->action == DSN_DELIVERED))
		plan_change(r, f);
}

static void
judge_complained(const struct conf *conf, const struct report *r,
    const struct addr *token, enum trust trust, struct finding *f)
{
	char type[sizeof(r->feedback.type) + 16];
	struct addr a;
	bool known = whom_complained(conf, r, token, &a, &f->whom);
	bool opt_out = strcmp(r->feedback.type, "opt-out") == 0;

	if (known)
		value_of_addr(&f->value, &a);
	f->class = "";
	f->rule = opt_out ? RULE_OPT_OUT : "rfc5965-feedback-type";
	f->source = opt_out ? SOURCE_USER : SOURCE_ABUSE;
	snprintf(type, sizeof(type), "feedback type %s", r->feedback.type);
	put_readable(type, f->detail, sizeof(f->detail));
	settle(conf, trust, known,
	    r->type == REPORT_COMPLAINT || (opt_out && conf->opt_out), &a, f);
	if (known && trust != TRUST_IGNORED)
		plan_change(r, f);
}

/* Without a Message-Id two requests can't be told from one that came twice;
 * and somebody may unsubscribe again. */
static void
plan_optout(const struct report *r, const struct optout *o, struct finding *f)
{
	plan_change(r, f);
	(void)span_copy(span_of(o->stream), f->change.stream,
	    sizeof(f->change.stream));
	if (r->message_id[0] == '\0')
		f->change.evidence.ref[0] = '\0';
}

/* A mail that asks to leave a stream. */
static void
judge_unsubscribed(const struct conf *conf, const struct arrival *arrival,
    const struct report *r, const struct request *request, struct finding *f)
{
	const struct optout *o = &request->optout;
	char detail[sizeof(f->detail) + sizeof(r->from)];
	bool known = o->addr.text[0] != '\0';
	enum proof proof = trial_request(arrival, request, f);
	enum trust trust = trust_of(conf, proof, r->type);

	if (known)
		value_of_addr(&f->value, &o->addr);
	f->basis = no_basis;
	f->class = "";
	f->rule = "rfc2369-list-unsubscribe";
	f->whom = request->proven ? "token" : known ? "from" : "";
	f->trust = names_text(trust_names, (int)trust);
	f->proof = names_text(proof_names, (int)proof);
	f->source = SOURCE_LEAD;
	snprintf(detail, sizeof(detail), "unsubscribed by mail%s%s",
	    r->from[0] != '\0' ? " from " : "", r->from);
	put_readable(detail, f->detail, sizeof(f->detail));
	settle(conf, trust, known, true, &o->addr, f);
	if (known && trust != TRUST_IGNORED)
		plan_optout(r, o, f);
}

static bool
is_complaint(const struct report *r)
{
	return r->type == REPORT_COMPLAINT || r->type == REPORT_COMPLAINT_OTHER;
}

/* One claim: rcpt NULL is a complaint. */
static void
judge(struct trial *t, const struct report_recipient *rcpt, struct finding *f)
{
	struct addr named;
	enum proof proof = trial_claim(t, rcpt, &named, f);
	enum trust trust = trust_of(t->conf, proof, t->report->type);
	const struct addr *token = named.text[0] != '\0' ? &named : NULL;

	f->basis = no_basis;
	f->trust = names_text(trust_names, (int)trust);
	f->proof = names_text(proof_names, (int)proof);
	if (rcpt == NULL)
		judge_complained(t->conf, t->report, token, trust, f);
	else
		judge_bounced(t->conf, t->arrival, t->report, rcpt, token,
		    trust, f);
}

void
engine_explain(const struct conf *conf, struct spf *spf,
    const struct arrival *arrival, struct span mail, int64_t now,
    struct lesson *out)
{
	struct report *r = &out->report;
	struct request request;
	struct trial t;
	size_t n;

	*out = (struct lesson){ 0 };
	report_read(mail, r);
	if (optout_mail(conf, arrival, r, mail, &request)) {
		r->type = REPORT_UNSUBSCRIBE;
		r->note[0] = '\0';
		out->findings = mem_new(1, sizeof(*out->findings));
		out->findings_n = 1;
		judge_unsubscribed(conf, arrival, r, &request, out->findings);
		return;
	}
	n = is_complaint(r) ? 1 : r->recipients_n;
	if (n == 0)
		return;
	trial_begin(&t, conf, spf, arrival, r, mail);
	out->findings = mem_new(n, sizeof(*out->findings));
	out->findings_n = n;
	for (size_t i = 0; i < n; i++) {
		const struct report_recipient *rcpt =
		    is_complaint(r) ? NULL : &r->recipients[i];

		judge(&t, rcpt, &out->findings[i]);
		if (arrival->backlog && rcpt != NULL)
			date(r, rcpt, now, &out->findings[i].change);
	}
}
