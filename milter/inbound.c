#include "milter/inbound.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "milter/flood.h"
#include "milter/maildir.h"
#include "milter/metrics.h"
#include "policy/engine.h"
#include "policy/trust.h"

void
inbound_begin(struct inbound *in, const struct envelope *env)
{
	in->candidate = env->own_bounce;
	buf_init(&in->mail, (size_t)env->conf->report_max_bytes);
}

void
inbound_rcpt(struct inbound *in, const struct envelope *env,
    const char *argument, const struct addr *a)
{
	const struct conf *c = env->conf;

	if (a == NULL || (!conf_has_addr(&c->bounces, a) &&
			     !conf_has_addr(&c->complaints, a) &&
			     !conf_has_addr(&c->unsubscribe, a))) {
		in->others++;
		return;
	}
	in->candidate = true;
	in->recipients = mem_resize(in->recipients, in->recipients_n + 1,
	    sizeof(*in->recipients));
	addr_copy(&in->recipients[in->recipients_n++], a);
	returns_add(&in->returns, env, argument);
}

void
inbound_header(struct inbound *in, const char *name, const char *value)
{
	if (in->candidate)
		buf_addf(&in->mail, "%s: %s\n", name, value);
}

void
inbound_eoh(struct inbound *in)
{
	if (in->candidate)
		buf_add_char(&in->mail, '\n');
}

bool
inbound_body(struct inbound *in, struct span chunk)
{
	if (!in->candidate || in->mail.full)
		return false;
	buf_add_span(&in->mail, chunk);
	return !in->mail.full;
}

static const char *
outcome(const struct finding *f)
{
	if (f->spared[0] != '\0')
		return f->spared;
	if (!f->suppress)
		return f->changed ? "kept" : "nothing";
	return f->changed ? "suppressed" : "known";
}

/* A flood of forged reports must not fill the log, either. */
static struct flood idle = { .most = 60 };    /* lines that tell of no change */
static struct flood dropping = { .most = 1 }; /* of review.per_day */

/* Since the start. */
static atomic_ullong dropped, refused;

static void
tell_dropped(void)
{
	log_warning("more reports without proof than the setting "
		    "review.per_day: %llu were not kept since the start",
	    atomic_load(&dropped));
}

void
inbound_tell_held(int64_t now_s)
{
	unsigned long long held = flood_held(&idle, now_s);

	if (held > 0)
		log_warning("%llu more reports changed nothing and are not "
			    "told here; tokens refused since the start: %llu",
		    held, atomic_load(&refused));
	if (flood_held(&dropping, now_s) > 0)
		tell_dropped();
}

/* May a line be written that anybody could cause? */
static bool
may_tell(struct flood *f)
{
	int64_t now_s = clock_monotonic_ms() / 1000;

	inbound_tell_held(now_s);
	return flood_allows(f, now_s);
}

/* What a token said that came and proved nothing; "" else. */
static const char *
refused_token(const struct finding *f)
{
	if (names_is(trust_names, TRUST_BELIEVED, f->trust))
		return "";
	for (size_t i = 0; i < f->tried_n; i++)
		if (names_is(proof_names, PROOF_TOKEN, f->tried[i].proof) &&
		    strcmp(f->tried[i].said, CARRIED_NOTHING) != 0)
			return f->tried[i].said;
	return "";
}

static void
tell_finding(const struct envelope *env, const char *type,
    const struct finding *f)
{
	const char *token = refused_token(f);
	bool is_news =
	    f->changed && names_is(trust_names, TRUST_BELIEVED, f->trust);

	if (token[0] != '\0')
		atomic_fetch_add(&refused, 1);
	if (f->dropped) {
		atomic_fetch_add(&dropped, 1);
		if (may_tell(&dropping))
			tell_dropped();
	} else if (is_news || may_tell(&idle)) {
		log_info("%s: report=%s recipient=<%s> class=%s status=%s "
			 "rule=%s trust=%s proof=%s outcome=%s%s%s",
		    envelope_id(env), type, f->value.text, f->class, f->status,
		    f->rule, f->trust, f->proof, outcome(f),
		    token[0] != '\0' ? " token=" : "", token);
	}
}

/* One line for each address that a report speaks of. */
static void
tell(const struct envelope *env, const struct lesson *l)
{
	const char *type = names_text(report_type_names, (int)l->report.type);

	if (l->findings_n == 0 && may_tell(&idle))
		log_info("%s: report=%s%s%s", envelope_id(env), type,
		    l->report.note[0] != '\0' ? ": " : "", l->report.note);
	for (size_t i = 0; i < l->findings_n; i++)
		tell_finding(env, type, &l->findings[i]);
}

/*
 * True if the mail has been for us alone, was understood and believed: only
 * then nobody else can miss it.
 */
static bool
is_done_with(const struct inbound *in, const struct envelope *env,
    const struct lesson *l)
{
	if (env->own_bounce || in->others > 0)
		return false;
	for (size_t i = 0; i < l->findings_n; i++)
		if (!names_is(trust_names, TRUST_BELIEVED,
			l->findings[i].trust))
			return false;
	return l->findings_n > 0;
}

static enum session_answer
dispose(const struct inbound *in, const struct envelope *env,
    const struct lesson *l)
{
	const struct conf *c = env->conf;
	struct error err;

	if (c->processed == PROCESSED_DELIVER || !is_done_with(in, env, l))
		return SESSION_CONTINUE;
	if (c->processed == PROCESSED_FILE &&
	    !maildir_put(c->processed_maildir, buf_span(&in->mail), &err)) {
		log_error("%s: delivered instead of filed: %s",
		    envelope_id(env), err.text);
		return SESSION_CONTINUE;
	}
	return SESSION_DISCARD;
}

/* False: it has to come again. */
static bool
learn(struct inbound *in, const struct envelope *env, struct lesson *lesson)
{
	const struct arrival arrival = { .own_bounce = env->own_bounce,
		.inside = envelope_is_inside(env),
		.client = env->client,
		.helo = env->helo,
		.mail_from = env->sender,
		.recipients = in->recipients,
		.recipients_n = in->recipients_n,
		.keys = env->keys };
	struct error err;

	if (engine_learn(env->conf, env->shared->store, env->shared->spf,
		&arrival, buf_span(&in->mail), clock_now(), lesson, &err))
		return true;
	log_error("%s: a report has to come again: %s", envelope_id(env),
	    err.text);
	return false;
}

struct session_reply
inbound_eom(struct inbound *in, const struct envelope *env)
{
	struct session_reply reply = { .answer = SESSION_CONTINUE };
	struct lesson lesson;

	if (!in->candidate)
		return reply;
	if (in->mail.full) {
		log_warning("%s: larger than report_max_bytes: delivered "
			    "without being read",
		    envelope_id(env));
		return reply;
	}
	if (!learn(in, env, &lesson))
		return envelope_later("the report cannot be recorded now");
	metrics_lesson(&lesson);
	tell(env, &lesson);
	reply.answer = dispose(in, env, &lesson);
	lesson_done(&lesson);
	return reply;
}

void
inbound_done(struct inbound *in)
{
	free(in->recipients);
	returns_done(&in->returns);
	buf_done(&in->mail);
	*in = (struct inbound){ 0 };
}
